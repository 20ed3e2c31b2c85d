"""What one event is: the single definition of its sixty-four bytes.

An event is a msgpack array of nine integers, each written at full width, so that every event has the same length:
any msgpack library reads a stream of them, numpy maps the same bytes as a structured array, and
`struct.Struct.pack_into` writes one in a single call.

Nothing here imports numpy before it is asked to: this module is loaded into every recorded process.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# name, msgpack marker, struct code. The order is that of the bytes.
FIELDS = (
    ("begin_ns", 0xCF, "Q"),  # CLOCK_MONOTONIC
    ("lane", 0xCE, "I"),  # row in the table of lanes
    ("op", 0xCD, "H"),  # code in the table of operations
    ("object", 0xCE, "I"),  # row in the table of objects, 0 where there is none
    ("site", 0xCE, "I"),  # row in the table of call sites, 0 where there is none
    ("a", 0xD3, "q"),  # what it is, the table of operations says
    ("b", 0xD3, "q"),  # likewise
    ("payload", 0xCF, "Q"),  # offset of the payload in the file, 0 where there is none
    ("end_ns", 0xD3, "q"),  # 0: has not returned. Above 0: returned then. Below 0: raised at -end_ns
)
ARRAY_MARKER = 0x90 | len(FIELDS)

# `end_ns` stands last: a process killed in the middle of writing an event leaves it pending, never half complete.
WHOLE = ">B" + "".join("B" + code for _, _, code in FIELDS)  # as struct has it
_BYTES = {"Q": 8, "q": 8, "I": 4, "H": 2}
SIZE = 1 + sum(1 + _BYTES[code] for _, _, code in FIELDS)

# On a tape an event is a structure of the machine's own, in the order of bytes and with the gaps that C would give it,
# without markers: to write one takes half the time. `begin_ns` says that it is there: no clock shows 0 any more. The
# payload is left zero. Whoever reads a tape makes the bytes above of it.
TAPE = [code if name != "payload" else "8x" for name, _, code in FIELDS]  # as struct has it, behind "@"

MAX_OBJECTS = 2**32 - 1


def dtype() -> np.dtype[np.void]:
    """The structured dtype of one event: big-endian, with the msgpack markers as unnamed gaps."""
    import numpy as np

    names, formats, offsets, at = [], [], [], 1
    for name, _, code in FIELDS:
        names.append(name)
        formats.append(">" + {"Q": "u8", "q": "i8", "I": "u4", "H": "u2"}[code])
        offsets.append(at + 1)
        at += 1 + _BYTES[code]
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": SIZE})


def markers() -> NDArray[np.uint8]:
    """The sixty-four bytes of an event with every value zero: what a reader checks, what those of a tape are given."""
    import struct

    import numpy as np

    zeros = [part for _, marker, _ in FIELDS for part in (marker, 0)]
    return np.frombuffer(struct.pack(WHOLE, ARRAY_MARKER, *zeros), np.uint8)


def tape_dtype() -> np.dtype[np.void]:
    """The structured dtype of one event on a tape."""
    from struct import calcsize

    import numpy as np

    kinds = {"Q": "u8", "q": "i8", "I": "u4", "H": "u2"}
    names, formats = [name for name, _, _ in FIELDS], [kinds[code] for _, _, code in FIELDS]
    offsets = [calcsize("@" + "".join(TAPE[:at]) + "0" + code) for at, (_, _, code) in enumerate(FIELDS)]
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": SIZE})


def from_tape(taped: NDArray[np.void]) -> NDArray[np.void]:
    """(n,) dtype() of (n,) tape_dtype()."""
    import numpy as np

    events: NDArray[np.void] = np.tile(markers(), len(taped)).view(dtype())
    for name, _, _ in FIELDS:
        events[name] = taped[name]
    return events
