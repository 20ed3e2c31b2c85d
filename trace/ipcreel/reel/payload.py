"""How long payloads are; their values are those of `tape.unpack`."""

from __future__ import annotations

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel.tape.unpack import Opaque, decode

__all__ = ["Opaque", "decode", "sizes"]

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
