"""`multiprocessing.shared_memory`: segments, from their making to their removal, and the items of shared lists.

What is read and written through `SharedMemory.buf` is memory, and is not seen: that it was asked for is.
"""

from __future__ import annotations

import posix

from ipcreel.mechanism.mp_sharing import kept, plain
from ipcreel.mechanism.operation import FENCE, IN, OUT, Operation
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]

_fstat = posix.fstat


def _memory(args: Args, kwargs: Kwargs, result: Any) -> int:
    """Known by its name and its inode: a segment that is made again under a name is another one."""
    try:
        memory = args[0]
        try:
            return memory._ipcreel_object  # type: ignore[no-any-return]
        except AttributeError:
            name = memory._name
            number = object_number("mp.shared_memory", (name, _fstat(memory._fd).st_ino), f"memory {name}")
            memory._ipcreel_object = number
            return number
    except (AttributeError, IndexError, TypeError, OSError):  # it could not be made
        return 0


def _list(args: Args, kwargs: Kwargs, result: Any) -> int:
    return _memory((getattr(args[0], "shm", None),), kwargs, None) if args else 0


def _opened(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    memory = args[0]
    create = args[2] if len(args) > 2 else kwargs.get("create", False)
    return memory._size, bool(create), memory._name


def _got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return _index(args, kwargs), 0, kept(result)


def _put(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return _index(args, kwargs), plain(args[2]) if len(args) > 2 else None


def _index(args: Args, kwargs: Kwargs) -> int:
    index = args[1] if len(args) > 1 else kwargs.get("position")
    return index if type(index) is int and abs(index) < 2**63 else -1


def _length(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    return result, 0, None


def _give(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> object:
    return payload


def _give_a(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    return a


def _give_opened(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> None:
    import mmap

    memory = args[0]
    memory._name, memory._size, memory._fd = payload, a, -1
    memory._mmap = mmap.mmap(-1, a)
    memory._buf = memoryview(memory._mmap)


def _give_closed(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> None:
    memory = args[0]
    if memory._buf is not None:
        memory._buf.release()
        memory._buf = None
    if memory._mmap is not None:
        memory._mmap.close()
        memory._mmap = None


def _made(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    made = args[0]
    return made._list_len, made.shm._size, made.shm._name


def _give_made(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> None:
    import sys

    made = args[0]
    segment = sys.modules["multiprocessing.shared_memory"].SharedMemory
    made.shm = segment.__new__(segment)
    _give_opened((made.shm,), {}, b, 0, payload)
    made._list_len, made._allocated_offsets = a, [0] * (a + 1)  # its items come from the tape


_SEGMENT, _ITEMS = (f"multiprocessing.shared_memory.{name}" for name in ("SharedMemory", "ShareableList"))

OPERATIONS = (
    Operation(
        0x3401, "mp.shared_memory.open", _SEGMENT, identify=_memory, after=_opened, semantic=True, give=_give_opened,
        a="size in bytes", b="1 where it was to be made", payload="its name in the kernel",
    ),
    Operation(
        0x3402, "mp.shared_memory.close", f"{_SEGMENT}.close", identify=_memory, semantic=True, give=_give_closed
    ),
    Operation(0x3403, "mp.shared_memory.unlink", f"{_SEGMENT}.unlink", identify=_memory, semantic=True),
    Operation(0x3404, "mp.shared_memory.buf", f"{_SEGMENT}.buf:get", identify=_memory, replay=FENCE),
    Operation(
        0x3411, "mp.shareable_list.open", _ITEMS, identify=_list, after=_made, semantic=True, give=_give_made,
        a="how many items it has", b="size in bytes", payload="its name in the kernel",
    ),
    Operation(
        0x3412, "mp.shareable_list.get", f"{_ITEMS}.__getitem__", identify=_list, after=_got, semantic=True, flow=IN,
        give=_give, a="index", payload="the item",
    ),
    Operation(
        0x3413, "mp.shareable_list.set", f"{_ITEMS}.__setitem__", identify=_list, before=_put, semantic=True,
        flow=OUT, a="index", payload="the item",
    ),
    Operation(
        0x3414, "mp.shareable_list.length", f"{_ITEMS}.__len__", identify=_list, after=_length, semantic=True,
        give=_give_a, a="how many items it has",
    ),
)  # fmt: skip
