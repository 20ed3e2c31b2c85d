"""Finds what a row of the table names, and replaces it with a wrapper that cannot be told from it by its use."""

from __future__ import annotations

from ipcreel.interpose.builtin import Builtin, also_at_home, stand_for
from ipcreel.interpose.sleep import Sleeper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.operation import Operation

    Wrap = Callable[[Operation, Callable[..., Any]], Callable[..., Any]]

OBJECT_SLOT = "_ipcreel_object"  # the attribute in which an instance of ours keeps its object's number


def dress(wrapper: Callable[..., Any], original: Any) -> None:
    """Give `wrapper` the names, documentation and signature of `original`."""
    function: Any = wrapper
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        value = getattr(original, name, None)
        if value is not None:
            setattr(function, name, value)
    function.__wrapped__ = original


def replace_function(
    module: ModuleType, name: str, row: Operation, wrap: Wrap, call: Callable[..., Any] | None = None
) -> None:
    """Put a wrapper in the place of `module.name`. Where `call` is given, it is called in the place of the original."""
    original = getattr(module, name)
    put(module, name, wrap(row, call or original))


def put(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    """Put `function` in the place of `module.name`, as a builtin where that is one; of `posix.kill` too for `os`."""
    original: Any = getattr(module, name)
    if isinstance(module, Sleeper):
        module.give(name, function)
    elif type(original) is Builtin:
        made = stand_for(original, function)
        also_at_home(name, original, made)
        setattr(module, name, made)
    else:
        dress(function, original)
        setattr(module, name, function)


def install_rows(module: ModuleType, rows: Iterable[Operation], wrap: Wrap) -> None:
    """Replace every target of `rows` that lies in `module`."""
    prefix = module.__name__ + "."
    classes: dict[str, list[tuple[str, Operation]]] = {}
    for row in rows:
        if row.target is None or not row.target.startswith(prefix):
            continue
        owner, _, member = row.target[len(prefix) :].partition(".")
        original = getattr(module, owner, None)
        if original is None:  # this Python, or this build of the package, does not have it
            continue
        if isinstance(original, type):
            if isinstance(module, Sleeper):
                raise TypeError("a class cannot sleep")
            classes.setdefault(owner, []).append((member or "__init__", row))
        else:
            replace_function(module, owner, row, wrap)
    for name, members in classes.items():
        _install_class(module, name, members, wrap)


def _install_class(module: ModuleType, name: str, members: list[tuple[str, Operation]], wrap: Wrap) -> None:
    original = getattr(module, name)
    namespace: dict[str, Any] = {}
    for member, row in members:
        attribute, _, access = member.partition(":")
        plain = getattr(original, attribute, None)
        if plain is None:
            continue
        if access:
            before = namespace.get(attribute) or plain
            namespace[attribute] = _property(before, access, row, wrap)
        else:
            namespace[attribute] = wrap(row, plain)
            dress(namespace[attribute], plain)
    if original.__flags__ & _HEAP_TYPE and not original.__flags__ & _IMMUTABLE:
        for attribute, value in namespace.items():
            setattr(original, attribute, value)
    else:
        setattr(module, name, subclass(original, namespace))


_HEAP_TYPE, _IMMUTABLE = 1 << 9, 1 << 8


def _property(plain: Any, access: str, row: Operation, wrap: Wrap) -> property:
    if access == "get":
        wrapper = wrap(row, plain.__get__)
        return property(wrapper, getattr(plain, "fset", plain.__set__), None, plain.__doc__)
    wrapper = wrap(row, plain.__set__)
    return property(getattr(plain, "fget", plain.__get__), wrapper, None, plain.__doc__)


def subclass(original: type, namespace: dict[str, Any]) -> type:
    """A subclass of a type written in C, to stand in its place: it has its name and no attributes of its own to see."""
    return type(
        original.__name__,
        (original,),
        {
            "__slots__": (OBJECT_SLOT,),
            "__module__": original.__module__,
            "__qualname__": original.__qualname__,
            "__doc__": original.__doc__,
            **namespace,
        },
    )
