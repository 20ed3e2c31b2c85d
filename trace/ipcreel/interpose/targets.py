"""Finds what a row of the table names, and replaces it with a wrapper that cannot be told from it by its use."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import BuiltinFunctionType, FunctionType, ModuleType
    from types import MethodType as MethodType  # noqa: PLC0414 — the mechanisms take it from here
    from typing import Any

    from ipcreel.mechanism.operation import Operation

    # (row, original, bound): a bound wrapper takes an `Origin` before the arguments of the original
    Wrap = Callable[[Operation, Callable[..., Any], bool], FunctionType]
else:  # `types` would be one more import at every start
    BuiltinFunctionType, MethodType = type(len), type(sys.modules["_frozen_importlib"].BuiltinImporter.find_spec)

OBJECT_SLOT = "_ipcreel_object"  # the attribute in which an instance of ours keeps its object's number


class Origin:
    """What a wrapped builtin is bound to. Pickled, it is the module, so that the builtin pickles by its name."""

    __slots__ = ("module",)

    def __init__(self, module: str) -> None:
        self.module = module

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return _import_module, (self.module,)


def _import_module(name: str) -> ModuleType:
    __import__(name)
    return sys.modules[name]


def dress(wrapper: Callable[..., Any], original: Any) -> None:
    """Give `wrapper` the names, documentation and signature of `original`."""
    function: Any = getattr(wrapper, "__func__", wrapper)
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        value = getattr(original, name, None)
        if value is not None:
            setattr(function, name, value)
    function.__wrapped__ = original


def replace_function(
    module: ModuleType, name: str, row: Operation, wrap: Wrap, call: Callable[..., Any] | None = None
) -> None:
    """Put a wrapper in the place of `module.name`. Where `call` is given, it is called in the place of the original.

    A builtin becomes a method bound to an `Origin`, because that does not become a method again when a class holds it:
    `class Clock: now = time.monotonic` must go on working. A Python function becomes a function.
    """
    original = getattr(module, name)
    wrapper: Any = wrap(row, call or original, isinstance(original, BuiltinFunctionType))
    if isinstance(original, BuiltinFunctionType):
        wrapper = MethodType(wrapper, Origin(module.__name__))
        _replaced[id(original)] = (original, wrapper)
    dress(wrapper, original)
    setattr(module, name, wrapper)


_replaced: dict[int, tuple[Any, Any]] = {}  # id of an original: it, so that its id stays its own, and its wrapper


def rebind(modules: dict[str, ModuleType]) -> None:
    """Put our functions in the place of those that modules took, `from os import urandom`, before ours were there."""
    for name, module in list(modules.items()):
        if name.startswith("ipcreel") or not (getattr(module, "__file__", None) or "").endswith(".py"):
            continue
        for attribute, value in list(module.__dict__.items()):
            if type(value) is BuiltinFunctionType and id(value) in _replaced:
                setattr(module, attribute, _replaced[id(value)][1])


def replace_builtin(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    """Put `function`, which does all that the builtin `module.name` does, in its place; nothing is recorded of it."""
    original = getattr(module, name)
    dress(function, original)  # for the errors that it raises itself

    def call(_: object, /, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    wrapper = MethodType(call, Origin(module.__name__))
    dress(wrapper, original)
    setattr(module, name, wrapper)


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
            namespace[attribute] = wrap(row, plain, False)
            dress(namespace[attribute], plain)
    if original.__flags__ & _HEAP_TYPE and not original.__flags__ & _IMMUTABLE:
        for attribute, value in namespace.items():
            setattr(original, attribute, value)
    else:
        setattr(module, name, subclass(original, namespace))


_HEAP_TYPE, _IMMUTABLE = 1 << 9, 1 << 8


def _property(plain: Any, access: str, row: Operation, wrap: Wrap) -> property:
    if access == "get":
        wrapper = wrap(row, plain.__get__, False)
        return property(wrapper, getattr(plain, "fset", plain.__set__), None, plain.__doc__)
    wrapper = wrap(row, plain.__set__, False)
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
