"""Fills instances of C types with fields that C would have set: where its own way of doing so would show."""

from __future__ import annotations

from ipcreel.interpose.outside import copy_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEAD = object.__basicsize__


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
    copy_fields(new, instance, plain.__basicsize__ - _HEAD)
    return new


def fill(instance: Any, fields: bytes) -> None:
    """Set the first fields of an instance of a C type, which own nothing, to `fields`."""
    copy_fields(instance, fields, len(fields))
