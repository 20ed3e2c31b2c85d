"""Fills instances of C types with fields that C would have set: where its own way of doing so would show."""

from __future__ import annotations

from ipcreel.interpose.clibrary import Size, function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_copy = function("memcpy", Size, Size, Size)
_HEAD = object.__basicsize__
_BYTES_AT = bytes.__basicsize__ - 1  # where a bytes object keeps its bytes


def adopt(instance: Any, cls: type) -> Any:
    """An instance of `cls` with all that the C type of `instance` keeps.

    For what C itself makes, without asking the module for its class. The fields are copied as they are, so the type
    must not own memory or references through them.

    Args:
        instance: of a type written in C.
        cls: a subclass of that type.
    """
    plain: Any = type(instance)
    new = plain.__new__(cls)
    _copy(id(new) + _HEAD, id(instance) + _HEAD, plain.__basicsize__ - _HEAD)
    return new


def fill(instance: Any, fields: bytes) -> None:
    """Set the first fields of an instance of a C type, which own nothing, to `fields`."""
    _copy(id(instance) + _HEAD, id(fields) + _BYTES_AT, len(fields))
