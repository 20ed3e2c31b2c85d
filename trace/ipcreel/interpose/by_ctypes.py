"""What Python cannot do by itself, or only so that it shows: as `c/outside.c` does it, where that was not compiled."""

from __future__ import annotations

import _ctypes
import sys

from ipcreel.interpose.clibrary import Byte, Char, Int, Size, Text, address_of, function, kept_lock_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import BuiltinFunctionType, ModuleType
    from typing import Any

_HEAD = object.__basicsize__
_BYTES_AT = bytes.__basicsize__ - 1  # where a bytes object keeps its bytes
_WORD = _ctypes.sizeof(Size)
_VARIABLE_ARGUMENTS_AND_KEYWORDS = 1 | 2  # METH_VARARGS, METH_KEYWORDS
_DEFINITION_AT = _HEAD  # m_ml, the first field of a PyCFunctionObject
_PROT_READ_WRITE, _MAP_SHARED, _MAP_PRIVATE_ANONYMOUS = 3, 1, 0x22
_FAILED = 2**64 - 1
_SIG_BLOCK, _SIG_SETMASK = 0, 2
_SET_SIZE = 128  # a `sigset_t`
# Those that the processor raises are not blocked: they cannot wait (pthread_sigmask(3)).
_OF_THE_PROCESSOR = (4, 5, 6, 7, 8, 11)  # SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV
_WAITING = (1 << 64) - 1 - sum(1 << number - 1 for number in _OF_THE_PROCESSOR)


class _Object(_ctypes._SimpleCData):  # type: ignore[type-arg]
    _type_ = "O"


class _PythonFunction(_ctypes.CFuncPtr):
    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
    _restype_ = _Object


class _Words(_ctypes.Array):  # type: ignore[type-arg]
    _type_, _length_ = Size, 4


class _Set(_ctypes.Array):  # type: ignore[type-arg]
    _type_, _length_ = Byte, _SET_SIZE


_copy, _allocate = function("memcpy", Size, Size, Size), function("malloc", Size)
_mmap, _munmap = function("mmap", Size, Size, Int, Int, Int, Size), function("munmap", Size, Size)
_mask, _setenv = kept_lock_function("pthread_sigmask", Int, Size, Size), function("setenv", Text, Text, Int)
_call = address_of("PyObject_Call")
_make: Any = _PythonFunction(address_of("PyCFunction_NewEx"))
_make.argtypes = (Size, _Object, _Object)
_words: Any = _Words()
_words_at = _ctypes.addressof(_words)
_waiting, _before = _Set(*_WAITING.to_bytes(8, sys.byteorder)), _Set()
_waiting_at, _before_at = _ctypes.addressof(_waiting), _ctypes.addressof(_before)


def stand_in(original: Callable[..., Any], origin: ModuleType) -> BuiltinFunctionType:
    """A builtin that is like `original` and calls `origin`.

    Its definition in C (PyMethodDef: name, function, flags, documentation) is a copy of the original's, but for the
    function: that is `PyObject_Call`, whose arguments (callable, args, kwargs) are those with which a builtin is
    called, the first being what it belongs to.
    """
    _copy(_words_at, id(original) + _DEFINITION_AT, _WORD)
    _copy(_words_at, _words[0], 4 * _WORD)
    _words[1], _words[2] = _call, _VARIABLE_ARGUMENTS_AND_KEYWORDS
    definition = _allocate(4 * _WORD)  # never given back: the function may be used until the process ends
    _copy(definition, _words_at, 4 * _WORD)
    made: BuiltinFunctionType = _make(definition, origin, original.__module__)
    return made


def map_memory(descriptor: int, begin: int, size: int) -> memoryview:
    """`size` bytes of a file, or of none where `descriptor` is -1. Unmapped when the last view of them is gone.

    Raises:
        OSError: they cannot be mapped.
    """
    kind = _MAP_SHARED if descriptor >= 0 else _MAP_PRIVATE_ANONYMOUS
    address = _mmap(0, size, _PROT_READ_WRITE, kind, descriptor, begin)
    if address == _FAILED:
        raise OSError(12, "Cannot allocate memory")
    return _memory(address, size)


def _unmap(self: object, munmap: object = _munmap, address_of: object = _ctypes.addressof) -> None:
    munmap(address_of(self), len(self))  # type: ignore[operator, arg-type]


_array_types: dict[int, type] = {}


def _memory(address: int, size: int) -> memoryview:
    kind = _array_types.get(size)
    if kind is None:
        kind = type("Memory", (_ctypes.Array,), {"_type_": Char, "_length_": size, "__del__": _unmap})
        _array_types[size] = kind
    return memoryview(kind.from_address(address)).cast("B")  # type: ignore[attr-defined]


def hold_signals() -> None:
    """Let those that come wait, but for those that the processor raises."""
    _mask(_SIG_BLOCK, _waiting_at, _before_at)


def let_signals_come() -> None:
    """As before `hold_signals`."""
    _mask(_SIG_SETMASK, _before_at, 0)


def copy_fields(instance: Any, source: Any, size: int) -> None:
    """Set the first fields of an instance of a C type, `size` bytes that own nothing: to bytes, or to another's."""
    at = id(source) + (_BYTES_AT if type(source) is bytes else _HEAD)
    _copy(id(instance) + _HEAD, at, size)


def set_variable(name: bytes, value: bytes) -> None:
    """In the environment of C: a program's audit hooks would see a call of `os.putenv`."""
    _setenv(name, value, 1)
