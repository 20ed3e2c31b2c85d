"""Makes a builtin function that calls a function of ours, and cannot be told from the builtin that it stands for.

A Python function in the place of `time.sleep` would show: by its type, its repr, its pickle, its signature, and by
becoming a method where a class holds it. So what stands there is a builtin too. Its definition in C (PyMethodDef: name,
function, flags, documentation) is a copy of the original's, but for the function: that is `PyObject_Call`, whose
arguments (callable, args, kwargs) are those with which a builtin is called, the first being what the builtin belongs
to. There an `Origin` is given: a module to whoever asks for `__self__`, and callable.
"""

from __future__ import annotations

import _ctypes
import sys

from ipcreel.interpose.clibrary import Size, address_of, function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import BuiltinFunctionType, ModuleType
    from typing import Any
else:  # `types` would be one more import at every start
    BuiltinFunctionType, ModuleType = type(len), type(sys)

_VARIABLE_ARGUMENTS_AND_KEYWORDS = 1 | 2  # METH_VARARGS, METH_KEYWORDS
_WORD = _ctypes.sizeof(Size)
_DEFINITION_AT = object.__basicsize__  # m_ml, the first field of a PyCFunctionObject


class Origin(ModuleType):
    """What a replaced builtin belongs to. The slot holds what is called."""

    __slots__ = ("__call__",)


class _Object(_ctypes._SimpleCData):  # type: ignore[type-arg]
    _type_ = "O"


class _PythonFunction(_ctypes.CFuncPtr):
    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
    _restype_ = _Object


class _Words(_ctypes.Array):  # type: ignore[type-arg]
    _type_, _length_ = Size, 4


_copy, _allocate = function("memcpy", Size, Size, Size), function("malloc", Size)
_call = address_of("PyObject_Call")
_make: Any = _PythonFunction(address_of("PyCFunction_NewEx"))
_make.argtypes = (Size, _Object, _Object)
_words: Any = _Words()
_words_at = _ctypes.addressof(_words)

# By the id of the first of each pair, which is kept alive by it: an original and what stands for it, and vice versa.
replacements: dict[int, tuple[Any, Any]] = {}
_originals: dict[int, tuple[Any, Any]] = {}


def stand_for(original: Callable[..., Any], called: Callable[..., Any]) -> BuiltinFunctionType:
    """A builtin function that is like `original`, a function of a module, and calls `called`."""
    origin: Any = Origin(original.__module__)
    origin.__call__ = called
    _copy(_words_at, id(original) + _DEFINITION_AT, _WORD)
    _copy(_words_at, _words[0], 4 * _WORD)
    _words[1], _words[2] = _call, _VARIABLE_ARGUMENTS_AND_KEYWORDS
    definition = _allocate(4 * _WORD)  # never given back: the function may be used until the process ends
    _copy(definition, _words_at, 4 * _WORD)
    made: BuiltinFunctionType = _make(definition, origin, original.__module__)
    replacements[id(original)] = original, made
    _originals[id(made)] = made, original
    return made


def original_of(value: Any) -> Any:
    """What `value` was made to stand for; itself where it stands for nothing."""
    found = _originals.get(id(value))
    return found[1] if found else value
