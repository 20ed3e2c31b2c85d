"""Floats in the fields of an event, which are whole numbers: by their bits."""

from __future__ import annotations

from ipcreel.tape.writer import bits_of_float, float_of_bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def bits_of(value: object) -> int:
    """The bits of a float, so that the very same one comes back from an integer field."""
    return bits_of_float(value) if isinstance(value, (float, int)) else 0


def float_in_b(args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> tuple[int, int, object]:
    """An `after` that keeps a float."""
    return 0, bits_of(result), None


def give_float(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> float:
    """A `give` for `float_in_b`."""
    return float_of_bits(b)
