"""Makes an instance of a C type that was replaced into one of the class that stands in its place."""

from __future__ import annotations

import _ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Char(_ctypes._SimpleCData):  # type: ignore[type-arg]
    _type_ = "c"


def adopt(instance: Any, cls: type) -> Any:
    """An instance of `cls` with all that the C type of `instance` keeps.

    For what C itself makes, without asking the module for its class. The fields are copied as they are, so the type
    must not own memory or references through them.

    Args:
        instance: of a type written in C.
        cls: a subclass of that type.
    """
    plain: Any = type(instance)
    size, head = plain.__basicsize__, object.__basicsize__
    body = type("Body", (_ctypes.Array,), {"_type_": _Char, "_length_": size - head})
    new = plain.__new__(cls)
    _bytes_at(body, id(new) + head)[:] = _bytes_at(body, id(instance) + head)
    return new


def _bytes_at(body: Any, address: int) -> memoryview:
    return memoryview(body.from_address(address)).cast("B")
