"""Values, arrays and structures that processes share: each reading and each writing of them, with the value.

With a lock of their own they are seen where the library wraps them, and without, or past the lock through `get_obj()`,
where ctypes reads and writes them: see `mp_rawvalues`. They lie in arenas, files without a name that are mapped by all
processes: the file's inode and the offset in it are what an object is known by, under each start method.
"""

from __future__ import annotations

from ipcreel.interpose.targets import dress
from ipcreel.mechanism import descriptors, inside
from ipcreel.mechanism.mp_identity import named
from ipcreel.mechanism.mp_sharing import kept, number_of, place_of, plain
from ipcreel.mechanism.operation import (
    GET_ITEMS,
    GET_VALUE,
    IN,
    OUT,
    SET_ITEMS,
    SET_VALUE,
    WAIT,
    Operation,
    Shared,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _shared(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._obj._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return number_of(getattr(args[0], "_obj", None)) if args else 0


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    obj = getattr(result, "_obj", result)
    return number_of(obj, named(_noun(obj))) if result is not None else 0


def _noun(obj: Any) -> str:
    return "array" if hasattr(obj, "_length_") else "structure" if hasattr(obj, "_fields_") else "value"


def _creation(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    obj = getattr(result, "_obj", result)
    return len(memoryview(obj).cast("B")), obj is not result, _content(obj)


@inside.of_library
def _content(obj: Any) -> object:
    if hasattr(obj, "_length_"):
        return kept(obj[:])
    return kept(obj.value) if hasattr(obj, "value") else bytes(obj)


def _got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, 0, kept(result)


def _put(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return 0, plain(args[1]) if len(args) > 1 else None


def _was_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return 0, 0, None if plain(args[1]) is not None else _content(args[0]._obj)


def _past_ours(obj: Any) -> Any:
    """The class of a piece of memory without ours, which sees who goes past the lock."""
    return type(obj).__mro__[1]


def _try_get(args: Args, kwargs: Kwargs) -> Any:
    try:
        value = args[0]
        semlock = value._lock._semlock
        if not _acquire(semlock, False):
            return WAIT
        try:
            return _past_ours(value._obj).value.__get__(value._obj)
        finally:
            _release(semlock)
    except Exception:  # the original is to raise its own
        return WAIT


def _try_put(args: Args, kwargs: Kwargs) -> Any:
    try:
        value, new = args
        semlock = value._lock._semlock
        if not _acquire(semlock, False):
            return WAIT
        try:
            _past_ours(value._obj).value.__set__(value._obj, new)
        finally:
            _release(semlock)
    except Exception:  # the original is to raise its own
        return WAIT
    return None


def _try_items_get(args: Args, kwargs: Kwargs) -> Any:
    try:
        array, index = args
        semlock = array._lock._semlock
        if not _acquire(semlock, False):
            return WAIT
        try:
            return _past_ours(array._obj).__getitem__(array._obj, index)
        finally:
            _release(semlock)
    except Exception:  # the original is to raise its own
        return WAIT


def _try_items_put(args: Args, kwargs: Kwargs) -> Any:
    try:
        array, index, new = args
        semlock = array._lock._semlock
        if not _acquire(semlock, False):
            return WAIT
        try:
            _past_ours(array._obj).__setitem__(array._obj, index, new)
        finally:
            _release(semlock)
    except Exception:  # the original is to raise its own
        return WAIT
    return None


def _items_got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return (*place_of(args[1] if len(args) > 1 else kwargs.get("i"), args[0]._obj), kept(result))


def _items_put(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return 0, plain(args[2]) if len(args) > 2 else None


def _items_were_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    if len(args) < 3:  # given by name
        return -1, 0, None
    array = args[0]._obj
    return (*place_of(args[1], array), None if plain(args[2]) is not None else kept(_items(array, args[1])))


@inside.of_library
def _items(array: Any, index: Any) -> Any:
    return array[index]


def _text_got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, 1, kept(result)


def _text_put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return 0, 1, kept(args[1])


def _give(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> object:
    return payload


def _locks() -> tuple[Any, Any]:
    return _acquire, _release


_acquire: Any = None  # those of the semaphores' type in C
_release: Any = None
_INDEX, _STEP = "index, that of the first where there are several", "0 for one item, else the step from item to item"
VALUE_CREATE = Operation(
    0x3301, "mp.value.create", identify=_made, after=_creation, semantic=True, a="size in bytes",
    b="1 where it has a lock", payload="the value; of a structure, its bytes",
)  # fmt: skip
GET = Operation(
    0x3302, "mp.value.get", identify=_shared, attempt=_try_get, after=_got, blocks=True, semantic=True, flow=IN,
    give=_give, payload="the value",
    shared=Shared(GET_VALUE, _locks),
)  # fmt: skip
SET = Operation(
    0x3303, "mp.value.set", identify=_shared, attempt=_try_put, before=_put, after=_was_put, blocks=True,
    semantic=True, flow=OUT, payload="the value",
    shared=Shared(SET_VALUE, _locks),
)  # fmt: skip
ARRAY_CREATE = Operation(
    0x3311, "mp.array.create", identify=_made, after=_creation, semantic=True, a="size in bytes",
    b="1 where it has a lock", payload="the items",
)  # fmt: skip
ITEMS_GET = Operation(
    0x3312, "mp.array.get", identify=_shared, attempt=_try_items_get, after=_items_got, blocks=True, semantic=True,
    flow=IN, give=_give, a=_INDEX, b=_STEP, payload="the item, or the items",
    shared=Shared(GET_ITEMS, _locks),
)  # fmt: skip
ITEMS_SET = Operation(
    0x3313, "mp.array.set", identify=_shared, attempt=_try_items_put, before=_items_put, after=_items_were_put,
    blocks=True, semantic=True, flow=OUT, a=_INDEX, b=_STEP, payload="the item, or the items",
    shared=Shared(SET_ITEMS, _locks),
)  # fmt: skip
FIELD_GET = Operation(
    0x3321, "mp.structure.get", identify=_shared, blocks=True, semantic=True, flow=IN, give=_give,
    a="which field, from 0", payload="its value",
)  # fmt: skip
FIELD_SET = Operation(
    0x3322, "mp.structure.set", identify=_shared, blocks=True, semantic=True, flow=OUT, a="which field, from 0",
    payload="its value",
)  # fmt: skip
OPERATIONS = (VALUE_CREATE, GET, SET, ARRAY_CREATE, ITEMS_GET, ITEMS_SET, FIELD_GET, FIELD_SET)


def install(module: ModuleType, reading: Reading) -> None:
    """Install what targets cannot name: rows that several methods have in common, and the fields of structures."""
    if module.__name__ == "multiprocessing.heap":
        if reading.replays:
            _make_arenas_inert(module)
        return
    for name, row in (
        ("Value", VALUE_CREATE), ("RawValue", VALUE_CREATE), ("Array", ARRAY_CREATE), ("RawArray", ARRAY_CREATE)
    ):  # fmt: skip
        _replace(module, name, row, reading)
    locked: Any = module
    _find_c_type()
    locked.Synchronized.value = both(locked.Synchronized.value, GET, SET, reading)
    _replace(locked.SynchronizedArray, "__getitem__", ITEMS_GET, reading)
    _replace(locked.SynchronizedArray, "__setitem__", ITEMS_SET, reading)
    text_get, text_set = _text_rows()
    for name in ("value", "raw"):
        original = getattr(locked.SynchronizedString, name)
        setattr(locked.SynchronizedString, name, both(original, text_get, text_set, reading))
    locked.make_property = _property_of_field(locked.make_property, reading)


def _text_rows() -> tuple[Operation, Operation]:
    return ITEMS_GET.like(attempt=None, after=_text_got), ITEMS_SET.like(attempt=None, before=None, after=_text_put)


def _find_c_type() -> None:
    global _acquire, _release
    import _multiprocessing  # type: ignore[import-not-found]

    c_type = _multiprocessing.SemLock.__mro__[-2]
    _acquire, _release = c_type.acquire, c_type.release


def _replace(owner: Any, name: str, row: Operation, reading: Reading) -> None:
    original = getattr(owner, name)
    if reading.replays and row not in (ITEMS_GET, GET):
        done = inside.of_library(original)
        row = row.like(give=lambda args, kwargs, a, b, payload: done(*args, **kwargs))
    wrapper = reading.wrap(row, original)
    dress(wrapper, original)
    setattr(owner, name, wrapper)


def both(original: property, get: Operation, set_: Operation, reading: Reading) -> property:
    """`original` with its two sides wrapped. In a replay what is set is set in the inert memory."""
    if reading.replays:
        put = inside.of_library(original.__set__)
        set_ = set_.like(give=lambda args, kwargs, a, b, payload: put(*args))
    return property(reading.wrap(get, original.__get__), reading.wrap(set_, original.__set__), None, original.__doc__)


def _property_of_field(make_property: Any, reading: Reading) -> Any:
    """`make_property`, which the library calls with the name of each field of a structure that gets a lock."""
    made: dict[str, property] = {}

    def wrapper(name: str) -> property:
        known = made.get(name)
        if known is None:
            known = made[name] = both(make_property(name), *field_rows(FIELD_GET, FIELD_SET, name), reading)
        return known

    dress(wrapper, make_property)
    return wrapper


def field_rows(get: Operation, set_: Operation, name: str) -> tuple[Operation, Operation]:
    """The two rows for the field `name`."""

    def place(structure: Any) -> int:
        fields = getattr(structure, "_obj", structure)._fields_
        return next((index for index, field in enumerate(fields) if field[0] == name), -1)

    def got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
        return place(args[0]), 0, kept(result)

    def put(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
        return place(args[0]), 0, kept(args[1])

    return get.like(after=got), set_.like(after=put)


def _make_arenas_inert(heap: Any) -> None:
    """In a replay the memory is the process's own, under the descriptors that it had."""
    import posix
    import tempfile

    @inside.of_library
    def __init__(self: Any, size: int, fd: int = -1) -> None:  # noqa: N807
        self.size, self.fd = size, fd
        memory = posix.memfd_create("arena")
        if fd == -1:
            next(tempfile._get_candidate_names())  # type: ignore[attr-defined]  # it draws its seed once
            self.fd = memory
            heap.util.Finalize(self, posix.close, (memory,))
        else:
            descriptors.replayed(fd)
            if memory != fd:
                posix.dup2(memory, fd, inheritable=False)
                posix.close(memory)
        posix.ftruncate(self.fd, size)
        self.buffer = heap.mmap.mmap(self.fd, size)

    heap.Arena.__init__ = __init__
