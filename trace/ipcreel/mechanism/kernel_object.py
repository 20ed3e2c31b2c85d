"""Instances of C types behind which the kernel keeps an object: their numbers, what they say of themselves."""

from __future__ import annotations

from ipcreel.interpose.targets import OBJECT_SLOT, subclass
from ipcreel.mechanism.kept import plain_arguments
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.operation import After, Give, Identify

_HEAP_TYPE = 1 << 9
_KEY_MASK = 0xFFFFFFFF  # keys are signed in Python, and not in ipcs(1)
_GIVEN = "_ipcreel_given"  # where an instance in a replay keeps what the recorded one said of itself


def identify_by(number_of: Callable[[Any], int]) -> Identify:
    """An `identify` for methods: the number that the instance has, or gets from `number_of` when it is first used.

    `in_slot` says that a wrapper may look into the instance's slot itself, before it asks.
    """

    def identify(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
        try:
            return args[0]._ipcreel_object  # type: ignore[no-any-return]
        except (AttributeError, IndexError):
            return _numbered(args[0], number_of) if args else 0

    identify.in_slot = True  # type: ignore[attr-defined]
    return identify


def _numbered(instance: Any, number_of: Callable[[Any], int]) -> int:
    try:
        number = number_of(instance)
        setattr(instance, OBJECT_SLOT, number)
    except Exception:  # it is no instance, or was never opened: the original complains
        return 0
    return number


def identify_opened(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    """The `identify` of a construction, whose `after` gave the number; 0 where it failed."""
    return getattr(args[0], OBJECT_SLOT, 0) if args else 0


def identify_by_id(kind: str, noun: str) -> Identify:
    """An `identify` for functions that take the kernel's id of a SysV object."""

    def identify(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
        id_ = args[0] if args else kwargs.get("id")
        return object_number(kind, id_, f"{noun} of id {id_}") if type(id_) is int else 0

    return identify


def number_of_sysv(kind: str, instance: Any) -> int:
    """The number of what a SysV object stands for, named as `ipcs` shows it: by its key, a private one by its id."""
    key, id_, noun = attribute(instance, "key"), attribute(instance, "id"), kind.rpartition(".")[2]
    return object_number(kind, id_, f"{noun} {key & _KEY_MASK:#x}" if key else f"private {noun} {id_}")


def identify_by_name(kind: str, noun: str, opened: dict[str, int]) -> Identify:
    """An `identify` for functions that take a name: what this process last opened under it."""

    def identify(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
        name = args[0] if args else None
        if type(name) is not str:
            return 0
        return opened.get(name) or object_number(kind, (name, 0), f"{noun} {name}")

    return identify


def attribute(instance: Any, name: str) -> Any:
    """An attribute as the C type has it, past what a program or we put over it. None where it has none."""
    try:
        return getattr(_plain_type(instance), name).__get__(instance)
    except Exception:
        return None


def _plain_type(instance: Any) -> Any:
    return next(kind for kind in type(instance).__mro__ if not kind.__flags__ & _HEAP_TYPE)


def after_opening(
    number_of: Callable[[Any], int], a: str, b: str | None, attributes: tuple[str, ...], names: tuple[str, ...]
) -> After:
    """The `after` of a construction: numbers the instance, keeps what it says of itself and what it was made with.

    Args:
        number_of: instance → object.
        a, b: the attributes kept there; None for none.
        attributes: those that stay as they are for good; a replay hands them out again.
        names: of the arguments after `self`.
    """

    def after(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
        instance = args[0]
        try:
            del instance._ipcreel_object  # it may have been opened before, on something else
        except AttributeError:
            pass
        _numbered(instance, number_of)
        plain = _plain_type(instance)
        said = plain_arguments(names, args, kwargs)
        said.update({name: attribute(instance, name) for name in attributes})
        said.update(repr=plain.__repr__(instance), str=plain.__str__(instance))
        return attribute(instance, a) or 0, (attribute(instance, b) or 0) if b else 0, said

    return after


OPENED = "what it says of itself (`repr`, `str`, its fixed attributes), and the arguments it was opened with"


def give_opened(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    """The `give` of a construction: the instance is real and inert, and says of itself what the recorded one said."""
    setattr(args[0], _GIVEN, payload)


def given(instance: Any) -> Any:
    """In a replay: what `give_opened` handed to the instance."""
    return getattr(instance, _GIVEN)


def given_attributes(module: ModuleType, name: str, attributes: tuple[str, ...]) -> None:
    """In a replay: let instances of `module.name` answer from what `give_opened` handed them."""
    original = getattr(module, name)
    namespace: dict[str, Any] = {"__slots__": (_GIVEN,)}
    for attribute_name in attributes:
        namespace[attribute_name] = property(_given(attribute_name), doc=getattr(original, attribute_name).__doc__)
    namespace["__repr__"], namespace["__str__"] = _given("repr"), _given("str")
    setattr(module, name, subclass(original, namespace))


def _given(name: str) -> Callable[[Any], Any]:
    return lambda self: getattr(self, _GIVEN)[name]


def give_a(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> int:
    """Hands out `a`."""
    return a


def give_self(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> Any:
    """Hands out the instance, as `__enter__` does."""
    return args[0]


if TYPE_CHECKING:
    _conforms: tuple[Give, Give, Give] = (give_opened, give_a, give_self)
