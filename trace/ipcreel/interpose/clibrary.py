"""Functions of C, called through `_ctypes` itself: its import takes half a millisecond, that of ctypes three."""

from __future__ import annotations

import _ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Size(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """A `size_t`, or the address of something."""

    _type_ = "L"


class Int(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """An `int`."""

    _type_ = "i"


class Char(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """A byte."""

    _type_ = "c"


class Text(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """Bytes that end with a zero."""

    _type_ = "z"


class _Function(_ctypes.CFuncPtr):
    _flags_ = _ctypes.FUNCFLAG_CDECL
    _restype_ = Size


_process = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]


def address_of(name: str) -> int:
    """Where a function of the C library or of Python itself is."""
    return _ctypes.dlsym(_process, name)


def function(name: str, *arguments: type) -> Any:
    """A function that returns a whole number."""
    made: Any = _Function(address_of(name))
    made.argtypes = arguments
    return made
