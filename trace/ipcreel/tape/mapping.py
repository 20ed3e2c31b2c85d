"""Maps part of a file as writable memory, and keeps no descriptor.

`mmap.mmap` would keep a copy of the descriptor, on the lowest free number: a recorded program's own files would get
other numbers than without the recorder. The C function is called through `_ctypes` itself, whose import costs half a
millisecond where the ctypes package costs three.
"""

from __future__ import annotations

import _ctypes
import errno
import os

from ipcreel.interpose.clibrary import Char, Int, Size, function

_PROT_READ_WRITE, _MAP_SHARED, _MAP_PRIVATE_ANONYMOUS = 3, 1, 0x22
_open, _close, _write, _fallocate, _fstat = os.open, os.close, os.write, os.posix_fallocate, os.fstat
_FAILED = 2**64 - 1


_mmap = function("mmap", Size, Size, Int, Int, Int, Size)
_munmap = function("munmap", Size, Size)


def _unmap(self: object, munmap: object = _munmap, address_of: object = _ctypes.addressof) -> None:
    munmap(address_of(self), len(self))  # type: ignore[operator, arg-type]


_array_types: dict[int, type] = {}


def _memory(address: int, size: int) -> memoryview:
    """`size` bytes at `address`, unmapped when the last view of them is gone: a thread that still holds one is safe."""
    kind = _array_types.get(size)
    if kind is None:
        kind = type("Memory", (_ctypes.Array,), {"_type_": Char, "_length_": size, "__del__": _unmap})
        _array_types[size] = kind
    return memoryview(kind.from_address(address)).cast("B")  # type: ignore[attr-defined]


def map_file(path: str, begin: int, size: int) -> memoryview:
    """Map `size` bytes of the file at `path` from `begin` on, having made sure that the disk holds them.

    On a sparse file a full disk would be a SIGBUS in the program that writes. What most tapes never fill is reserved;
    further on zeros are written: pages that are in memory already take a quarter of the time to be written to first.

    Raises:
        OSError: no room, no such file, a limit reached, no memory to map.
    """
    descriptor = _open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        have = _fstat(descriptor).st_size
        if begin == 0:
            _fallocate(descriptor, 0, size)
        elif begin + size > have:
            _append_zeros(descriptor, have, begin + size)
        address = _mmap(0, size, _PROT_READ_WRITE, _MAP_SHARED, descriptor, begin)
    finally:
        _close(descriptor)
    return _checked(address, size)


def _append_zeros(descriptor: int, have: int, wanted: int) -> None:
    """Make a file at least `wanted` bytes long. Another thread may do so too, and write to its part already.

    So they are appended: no byte lies there that anybody has mapped.
    """
    while have < wanted:
        _write(descriptor, bytes(wanted - have))
        have = _fstat(descriptor).st_size


def map_nothing(size: int) -> memoryview:
    """Memory behind which there is no file: a place to write where nothing is kept."""
    return _checked(_mmap(0, size, _PROT_READ_WRITE, _MAP_PRIVATE_ANONYMOUS, -1, 0), size)


def _checked(address: int, size: int) -> memoryview:
    if address == _FAILED:
        raise OSError(errno.ENOMEM, "a tape could not be mapped into memory")
    return _memory(address, size)
