"""What a piece of memory that processes share is known by, and its content as a payload."""

from __future__ import annotations

import posix

from ipcreel.tape.process import object_number
from ipcreel.tape.writer import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_fstat = posix.fstat


def number_of(obj: Any, name: str = "") -> int:
    """The number of a ctypes object in an arena; 0 for anything else.

    Args:
        obj: what `multiprocessing.sharedctypes.rebuild_ctype` returned, here or in a process before.
        name: for people, where it is made now.
    """
    try:
        (arena, start, _), _ = obj._wrapper._state
        status = _fstat(arena.fd)
        kind = "mp.array" if hasattr(obj, "_length_") else "mp.structure" if hasattr(obj, "_fields_") else "mp.value"
        number = obj._ipcreel_object = object_number(kind, (status.st_dev, status.st_ino, start), name)
    except (AttributeError, TypeError, ValueError, OSError):
        return 0
    return number


def plain(value: Any) -> Any:
    """`value` where it can be kept as it is, None where it has to be read back from the memory once it is there."""
    return value if is_plain(value) else None


def kept(value: Any) -> object:
    """A value read from the memory as a payload: a structure or an array inside an array is kept as its bytes."""
    if is_plain(value):
        return value
    if type(value) is list:
        return [kept(item) for item in value]
    try:
        return bytes(memoryview(value))
    except TypeError:
        return None


def place_of(index: Any, array: Any) -> tuple[int, int]:
    """The index into `array` as an integer, and the step, which is 0 for a single item."""
    if type(index) is int:
        return index, 0
    if isinstance(index, slice):
        if index.start is None and index.step is None:
            return 0, 1
        start, _, step = index.indices(len(array))
        return start, max(min(step, 2**62), -(2**62))
    try:
        return int(index.__index__()), 0
    except (AttributeError, TypeError, ValueError):
        return -1, 0
