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


class Byte(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """A byte as a number."""

    _type_ = "B"


class Text(_ctypes._SimpleCData):  # type: ignore[type-arg]
    """Bytes that end with a zero."""

    _type_ = "z"


class _Function(_ctypes.CFuncPtr):
    _flags_ = _ctypes.FUNCFLAG_CDECL
    _restype_ = Size


class _KeptLockFunction(_ctypes.CFuncPtr):
    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
    _restype_ = Size


_process = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]


def address_of(name: str) -> int:
    """Where a function of the C library or of Python itself is."""
    return _ctypes.dlsym(_process, name)


def function(name: str, *arguments: type) -> Any:
    """A function that returns a whole number."""
    return _made(_Function, name, arguments)


def kept_lock_function(name: str, *arguments: type) -> Any:
    """Such a function, during which no other thread of Python runs."""
    return _made(_KeptLockFunction, name, arguments)


def _made(kind: Any, name: str, arguments: tuple[type, ...]) -> Any:
    made = kind(address_of(name))
    made.argtypes = arguments
    return made
