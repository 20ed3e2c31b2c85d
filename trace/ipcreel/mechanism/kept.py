"""What is kept of an argument, whatever the program gave: nothing here raises, the original is to complain."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN = (int, float, str, bytes, bool, type(None))
_LEAST, _MOST = -(2**63), 2**63 - 1


def content(value: Any) -> bytes | None:
    """The bytes of a message: of text, of bytes, of whatever has a buffer; None for anything else."""
    if type(value) is bytes:
        return value
    try:
        if isinstance(value, str):
            return str.encode(value, "utf-8", "surrogatepass")
        return memoryview(value).tobytes()
    except (TypeError, ValueError, BufferError, MemoryError):
        return None


def number(value: Any, otherwise: int = 0) -> int:
    """An integer that an event has room for; `otherwise` where it is none."""
    if type(value) is not int:
        if not isinstance(value, int):
            return otherwise
        value = int.__index__(value)
    return value if _LEAST <= value <= _MOST else otherwise


def plain_arguments(names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, object]:
    """The arguments of a method, by name, as far as they are plain values. `names` are those after `self`."""
    given = {**dict(zip(names, args[1:], strict=False)), **kwargs}
    return {name: value for name, value in given.items() if type(value) in _PLAIN}
