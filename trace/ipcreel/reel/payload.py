"""The value behind an event's payload: decoded, never executed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel.tape import pack


@dataclass(frozen=True)
class Opaque:
    """An object of the program that msgpack has no form for: its repr is all that was kept."""

    text: str

    def __repr__(self) -> str:
        return self.text


def decode(data: bytes | memoryview) -> Any:
    """The first value in `data`.

    Raises:
        ValueError: it is not msgpack, or ends too early.
    """
    unpacker = msgpack.Unpacker(
        ext_hook=_extension, strict_map_key=False, unicode_errors="surrogatepass", max_buffer_size=0
    )
    unpacker.feed(data)
    try:
        return unpacker.unpack()
    except msgpack.OutOfData:
        raise ValueError("the payload ends too early") from None
    except (msgpack.UnpackException, TypeError, RecursionError) as error:
        raise ValueError(f"the payload cannot be read: {error}") from None


def _extension(kind: int, data: bytes) -> Any:
    if kind == pack.TUPLE:
        return tuple(decode(data))
    if kind == pack.BIG:
        return int(data, 16)
    if kind == pack.BYTEARRAY:
        return bytearray(data)
    if kind == pack.REPR:
        return Opaque(data.decode("utf-8", "replace"))
    return msgpack.ExtType(kind, data)


_BIN = {0xC4: 1, 0xC5: 2, 0xC6: 4}  # marker of msgpack bytes: how many bytes hold their length


def sizes(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) how many bytes the value at each offset takes; 0 where the offset is 0.

    Args:
        data: the whole file.
        offsets: (n,) where values begin.
    """
    found = np.zeros(len(offsets), np.int64)
    marker = data[offsets]
    known = offsets == 0
    for code, width in _BIN.items():
        at = np.flatnonzero((marker == code) & ~known)
        length = np.zeros(len(at), np.int64)
        for place in range(width):
            length = (length << 8) | data[offsets[at] + 1 + place]
        found[at] = length + 1 + width
        known[at] = True
    for row in np.flatnonzero(~known).tolist():
        unpacker = msgpack.Unpacker(max_buffer_size=0, strict_map_key=False)
        unpacker.feed(data[offsets[row] :][: 1 << 20].tobytes())
        unpacker.skip()
        found[row] = unpacker.tell()
    return found
