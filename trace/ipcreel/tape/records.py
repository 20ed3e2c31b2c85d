"""The records of a stream: where payloads lie in it, and where what defines things does.

In C where that was compiled (`c/records.c`): a stream holds a payload for nearly every message of a program.
"""

from __future__ import annotations

import msgpack
import numpy as np

from ipcreel.compiled import is_compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD = 7  # [PAYLOAD, slot: array marker, tag, marker of the slot and its four bytes
_HEADS = (b"\x93\x00\xce", b"\x94\x00\xce")
_ARRAYS = frozenset((*range(0x90, 0xA0), 0xDC, 0xDD))


def end_of(stream: bytes | memoryview) -> int:
    """Where the zeros begin that a stream ends in."""
    return _end(stream)


def find_records(
    stream: bytes | memoryview, begin: int, until: int, over_zeros: bool
) -> tuple[NDArray[np.int64], list[tuple[int, int]], int]:
    """Find the records that begin at `begin`, where one does, or after it and before `until`.

    Args:
        stream: with room reserved and not written to in it as zeros.
        over_zeros: go on where such a zero stands; or else it is the end.

    Returns:
        The payloads: (slot, offset in the stream, size in the stream, size the payload had or -1), in their order; from
        where to where the other records go; where it ended: at `until` or after it, at a zero, or at what is not whole.
    """
    rows, others, end = _find(stream, begin, until, over_zeros)
    return np.frombuffer(rows, np.int64).reshape(-1, 4), others, end


def find_in_python(
    stream: bytes | memoryview, begin: int, until: int, over_zeros: bool
) -> tuple[bytes, list[tuple[int, int]], int]:
    """As `core.find_records`, which gives the rows as bytes of the machine's own integers."""
    unpacker = msgpack.Unpacker(max_buffer_size=2**31 - 1)
    unpacker.feed(stream[begin:])
    rows: list[tuple[int, int, int, int]] = []
    others: list[tuple[int, int]] = []
    at = begin
    while at < until and (over_zeros or stream[at]):
        try:
            unpacker.skip()
        except (ValueError, msgpack.UnpackException):
            break
        end = begin + unpacker.tell()
        if stream[at : at + 3] in _HEADS:
            rows.append(_row(stream, at, end))
        elif stream[at] in _ARRAYS:
            others.append((at, end))
        at = end
    return np.array(rows, np.int64).tobytes(), others, at


def _row(stream: bytes | memoryview, at: int, end: int) -> tuple[int, int, int, int]:
    slot, value_at = int.from_bytes(stream[at + 3 : at + _HEAD], "big"), at + _HEAD
    if stream[at] == _HEADS[0][0]:
        return slot, value_at, end - value_at, -1
    unpacker = msgpack.Unpacker(max_buffer_size=2**31 - 1)
    unpacker.feed(stream[value_at:end])
    unpacker.skip()
    size = unpacker.tell()
    return slot, value_at, size, unpacker.unpack()


def _end_in_python(stream: bytes | memoryview) -> int:
    return len(bytes(stream).rstrip(b"\0"))


if is_compiled:
    from ipcreel.core import end_of as _end
    from ipcreel.core import find_records as _find
else:
    _end, _find = _end_in_python, find_in_python
