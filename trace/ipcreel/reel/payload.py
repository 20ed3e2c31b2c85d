"""How long payloads are, and which of them are equal; their values are those of `tape.unpack`."""

from __future__ import annotations

import mmap
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel.tape.unpack import Opaque, decode

__all__ = ["Opaque", "decode", "hashes", "read", "sizes"]

Rows = NDArray[np.int64]


def _layout() -> tuple[Rows, Rows]:
    """(256,) by the first byte of a msgpack value: its size without what a length adds; bytes of that length.

    The size is 0 for arrays and maps: theirs is only known by going through them (github.com/msgpack/msgpack, spec.md).
    """
    size, width = np.zeros(256, np.int64), np.zeros(256, np.int64)
    size[:0x80] = size[0xE0:] = 1
    size[0xA0:0xC0] = 1 + np.arange(32)
    size[[0xC0, 0xC1, 0xC2, 0xC3]] = 1
    for first, count in ((0xC4, 3), (0xD9, 3)):  # bytes, texts: marker, length
        width[first : first + count] = (1, 2, 4)
        size[first : first + count] = 1 + width[first : first + count]
    width[0xC7:0xCA] = (1, 2, 4)
    size[0xC7:0xCA] = (3, 4, 6)
    size[0xCA:0xD4] = (5, 9, 2, 3, 5, 9, 2, 3, 5, 9)
    size[0xD4:0xD9] = (3, 4, 6, 10, 18)
    return size, width


def _short_containers() -> Rows:
    """(256,) by the first byte: how many values an array or a map of up to 15 holds; -1 for all else."""
    children = np.full(256, -1, np.int64)
    children[0x80:0x90] = 2 * np.arange(16)
    children[0x90:0xA0] = np.arange(16)
    return children


_SIZE, _WIDTH = _layout()
_CHILDREN = _short_containers()
_NEVER_USED = 0xC1
_MOST_VALUES = 40  # in a container that is gone through together with others
_SIZES, _WIDTHS = _SIZE.tolist(), _WIDTH.tolist()


def sizes(data: NDArray[np.uint8], offsets: Rows) -> Rows:
    """(n,) how many bytes the value at each offset takes; 0 where the offset is 0, and where it does not end.

    Args:
        data: the file up to the end of its payloads.
        offsets: (n,) where values begin.
    """
    found = _own_sizes(data, offsets)
    containers = np.flatnonzero((found == 0) & (offsets > 0))
    found[containers] = _sizes_of_containers(data, offsets[containers])
    found[(offsets == 0) | (offsets + found > len(data))] = 0
    return found


def _own_sizes(data: NDArray[np.uint8], offsets: Rows) -> Rows:
    """(n,) the size of each value, as far as its first bytes tell it; 0 for arrays and maps."""
    marker = data[offsets]
    found, width = _SIZE[marker], _WIDTH[marker]
    for wide in (1, 2, 4):
        at = np.flatnonzero(width == wide)
        length = np.zeros(len(at), np.int64)
        for place in range(wide):
            length = (length << 8) | data[np.minimum(offsets[at] + 1 + place, len(data) - 1)]
        found[at] += length
    return found


def _sizes_of_containers(data: NDArray[np.uint8], offsets: Rows) -> Rows:
    """(n,) the sizes of arrays and maps: a value of each at a time, of all at once, as long as they are short."""
    found = np.zeros(len(offsets), np.int64)
    rows, place, left = np.arange(len(offsets)), offsets, np.ones(len(offsets), np.int64)
    one_by_one = []
    for _ in range(_MOST_VALUES):
        if not len(rows):
            break
        inside = place < len(data)
        place = np.where(inside, place, len(data) - 1)
        marker = data[place]
        size = np.where(_CHILDREN[marker] >= 0, 1, _own_sizes(data, place))
        left = left - 1 + np.maximum(_CHILDREN[marker], 0)
        place = place + size
        known = inside & (size > 0) & (marker != _NEVER_USED)
        one_by_one.append(rows[~known])
        done = known & (left == 0)
        found[rows[done]] = place[done] - offsets[rows[done]]
        goes_on = known & (left > 0)
        rows, place, left = rows[goes_on], place[goes_on], left[goes_on]
    for row in np.concatenate((*one_by_one, rows)).tolist():
        found[row] = _size_of_container(data.data, int(offsets[row]), len(data))
    return found


def _size_of_container(data: memoryview | mmap.mmap, at: int, end: int) -> int:
    room = 1 << 10
    while True:
        unpacker = msgpack.Unpacker(max_buffer_size=0, strict_map_key=False)
        unpacker.feed(data[at : min(at + room, end)])
        try:
            unpacker.skip()
            return int(unpacker.tell())
        except msgpack.OutOfData:
            if at + room >= end:
                return 0
            room *= 8
        except (ValueError, msgpack.UnpackException):
            return 0


def read(data: mmap.mmap, at: int, end: int) -> Any:
    """The value at an offset, decoded and never executed.

    Raises:
        ValueError: it is not msgpack, or does not end before `end`.
    """
    marker = data[at]
    width = _WIDTHS[marker]
    if width and at + 1 + width <= end:
        size = _SIZES[marker] + int.from_bytes(data[at + 1 : at + 1 + width], "big")
    else:
        size = _SIZES[marker] or _size_of_container(data, at, end) or end - at
    if at + size > end:
        raise ValueError("the payload ends too early")
    if width and marker <= _LAST_OF_BYTES:
        return data[at + 1 + width : at + size]
    return decode(data[at : at + size])


_LAST_OF_BYTES = 0xC6


_SHORT = 256  # bytes: longer ones are hashed one by one
_MIX = np.uint64(0x9E3779B97F4A7C15)


def hashes(data: mmap.mmap, offsets: Rows, end: int) -> Rows:
    """(n,) a hash of the value at each offset, 0 where there is none: equal bytes have equal hashes.

    Args:
        data: the file.
        offsets: (n,) where values begin, 0 where there is none.
        end: of the payloads; what lies behind it is none.
    """
    bytes_ = np.frombuffer(data, np.uint8, count=end)
    offsets = np.where((offsets < 0) | (offsets >= end), 0, offsets)
    length = sizes(bytes_, offsets)
    found = _hashes_of_short(bytes_, offsets, np.where(length <= _SHORT, length, 0))
    for row in np.flatnonzero(length > _SHORT).tolist():
        found[row] = hash(data[offsets[row] : offsets[row] + length[row]])
    found[length == 0] = 0
    return found


def _hashes_of_short(data: NDArray[np.uint8], offsets: Rows, length: Rows) -> Rows:
    """Eight bytes after the other are mixed in, of all values at once; the last are filled up with zeros."""
    found = length.astype(np.uint64) * _MIX
    if len(data) < 16:
        return found.astype(np.int64)
    # Overlapping words, one at each byte: no copy of the file.
    words = np.ndarray((len(data) - 7,), "<u8", data.data, strides=(1,))
    for done in range(0, int(length.max(initial=0)), 8):
        rows = np.flatnonzero(length > done)
        at = offsets[rows] + done
        # At the end of the payloads a word reaches over: it is read from earlier on, and moved.
        over = np.maximum(at - (len(words) - 1), 0)
        word = words[at - over] >> (over * 8).astype(np.uint64)
        spare = np.maximum(8 - (length[rows] - done), 0).astype(np.uint64) * np.uint64(8)
        word = (word << spare) >> spare
        mixed = (found[rows] ^ word) * _MIX
        found[rows] = mixed ^ (mixed >> np.uint64(29))
    return found.view(np.int64)
