"""Maps part of a file as writable memory, and keeps no descriptor.

`mmap.mmap` would keep a copy of the descriptor, on the lowest free number: a recorded program's own files would get
other numbers than without the recorder.
"""

from __future__ import annotations

import os

from ipcreel.interpose.outside import map_memory
from ipcreel.tape.layout import CHUNK

_NO_MEMORY = 12  # ENOMEM: errno would be one more import at every start
_zeros = memoryview(b"")
_open, _close, _write, _fstat = os.open, os.close, os.write, os.fstat


def map_file(path: str, begin: int, size: int) -> memoryview:
    """Map `size` bytes of the file at `path` from `begin` on, having made sure that the disk holds them.

    On a sparse file a full disk would be a SIGBUS in the program that writes. So zeros are written: pages that are in
    memory already take a quarter of the time to be written to first that reserved ones take, and a file that is gone
    before it was ever put on the disk is removed in a fiftieth of the time.

    Raises:
        OSError: no room, no such file, a limit reached, no memory to map.
    """
    descriptor = _open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        have = _fstat(descriptor).st_size
        if begin + size > have:
            _append_zeros(descriptor, have, begin + size)
        return _mapped(descriptor, begin, size)
    finally:
        _close(descriptor)


def _append_zeros(descriptor: int, have: int, wanted: int) -> None:
    """Make a file at least `wanted` bytes long. Another thread may do so too, and write to its part already.

    So they are appended: no byte lies there that anybody has mapped.
    """
    global _zeros  # noqa: PLW0603
    if len(_zeros) < min(wanted - have, CHUNK):
        _zeros = memoryview(bytes(min(wanted - have, CHUNK)))  # kept: new memory costs more than to write it
    while have < wanted:
        _write(descriptor, _zeros[: wanted - have])
        have = _fstat(descriptor).st_size


def map_nothing(size: int) -> memoryview:
    """Memory behind which there is no file: a place to write where nothing is kept."""
    return _mapped(-1, 0, size)


def _mapped(descriptor: int, begin: int, size: int) -> memoryview:
    try:
        return map_memory(descriptor, begin, size)
    except OSError:
        raise OSError(_NO_MEMORY, "a tape could not be mapped into memory") from None
