"""Shared values read and written without their lock: ctypes objects whose class is replaced by one that is seen.

The class is a subclass with the same name: ctypes takes its instances wherever it takes the original's.
"""

from __future__ import annotations

from ipcreel.interpose.targets import dress
from ipcreel.mechanism.mp_sharedvalues import (
    FIELD_GET,
    FIELD_SET,
    GET,
    ITEMS_GET,
    ITEMS_SET,
    SET,
    both,
    field_rows,
)
from ipcreel.mechanism.mp_sharing import kept, number_of, place_of, plain
from ipcreel.mechanism.operation import GET_ITEMS, GET_VALUE, SET_ITEMS, SET_VALUE, Operation, Shared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _raw(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return number_of(args[0]) if args else 0


def _was_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    if plain(args[1]) is not None:
        return 0, 0, None
    original: Any = type(args[0]).__mro__[1]  # past our own class
    return 0, 0, kept(original.value.__get__(args[0]))


def _items_were_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    place = place_of(args[1], args[0])
    if plain(args[2]) is not None:
        return (*place, None)
    original: Any = type(args[0]).__mro__[1]
    return (*place, kept(original.__getitem__(args[0], args[1])))


def _items_got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return (*place_of(args[1], args[0]), kept(result))


def _text_got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, 1, kept(result)


def _text_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return 0, 1, kept(args[1])


def _unlocked(row: Operation, code: int, **changes: Any) -> Operation:
    return row.like(
        code=code, name=f"{row.name}_unlocked", identify=_raw, blocks=False, semantic=False, attempt=None, **changes
    )


RAW_GET = _unlocked(GET, 0x3304, shared=Shared(GET_VALUE))
RAW_SET = _unlocked(SET, 0x3305, after=_was_put, shared=Shared(SET_VALUE))
RAW_ITEMS_GET = _unlocked(ITEMS_GET, 0x3314, after=_items_got, shared=Shared(GET_ITEMS))
RAW_ITEMS_SET = _unlocked(ITEMS_SET, 0x3315, after=_items_were_put, shared=Shared(SET_ITEMS))
RAW_FIELD_GET = _unlocked(FIELD_GET, 0x3323)
RAW_FIELD_SET = _unlocked(FIELD_SET, 0x3324)
OPERATIONS = (RAW_GET, RAW_SET, RAW_ITEMS_GET, RAW_ITEMS_SET, RAW_FIELD_GET, RAW_FIELD_SET)


def install(module: ModuleType, reading: Reading) -> None:
    """Give each object in shared memory its class when it is made or unpickled."""
    shared: Any = module
    ctypes, rebuild, register = shared.ctypes, shared.rebuild_ctype, shared._ForkingPickler.register
    seen: dict[type, type] = {}
    originals: dict[type, type] = {}

    def rebuild_ctype(type_: Any, wrapper: Any, length: int | None) -> Any:
        obj = rebuild(originals.get(type_, type_), wrapper, length)
        original = type(obj)
        if original not in seen:
            seen[original] = kind = _seen_class(ctypes, original, reading)
            originals[kind] = original
            ctypes._pointer_type_cache[kind] = ctypes.POINTER(original)
            register(kind, reduce_ctype)
        obj.__class__ = seen[original]
        return obj

    def reduce_ctype(obj: Any) -> Any:
        _, (type_, *rest) = shared.reduce_ctype(obj)
        return rebuild_ctype, (originals.get(type_, type_), *rest)

    dress(rebuild_ctype, rebuild)
    shared.rebuild_ctype = rebuild_ctype


def _seen_class(ctypes: Any, original: Any, reading: Reading) -> Any:
    def __reduce__(self: Any) -> Any:  # noqa: N807
        function, (_, *rest) = original.__reduce__(self)
        return function, (original, *rest)

    names = {
        "__module__": original.__module__, "__qualname__": original.__qualname__, "__doc__": original.__doc__,
        "__reduce__": __reduce__,
    }  # fmt: skip
    if issubclass(original, ctypes.Array):
        members = _array_members(original, reading)
    elif issubclass(original, ctypes.Structure | ctypes.Union):
        members = {
            name: both(getattr(original, name), *field_rows(RAW_FIELD_GET, RAW_FIELD_SET, name), reading)
            for kind in original.__mro__
            for name, *_ in kind.__dict__.get("_fields_", ())
        }
    elif issubclass(original, ctypes._SimpleCData):
        value = original.value

        def __repr__(self: Any) -> str:  # noqa: N807
            return f"{original.__name__}({value.__get__(self)!r})"  # ctypes has another for subclasses

        members = {"value": both(value, RAW_GET, RAW_SET, reading)}
        if original.__base__ is ctypes._SimpleCData:
            members["__repr__"] = __repr__
    else:
        members = {}
    return type(original)(original.__name__, (original,), {**names, **members})


def _array_members(original: Any, reading: Reading) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, row in (("__getitem__", RAW_ITEMS_GET), ("__setitem__", RAW_ITEMS_SET)):
        plain_method = getattr(original, name)
        members[name] = reading.wrap(row, plain_method)
        dress(members[name], plain_method)
    get, set_ = RAW_ITEMS_GET.like(after=_text_got), RAW_ITEMS_SET.like(before=None, after=_text_put)
    for name in ("value", "raw"):
        if hasattr(original, name):  # an array of characters
            members[name] = both(getattr(original, name), get, set_, reading)
    return members
