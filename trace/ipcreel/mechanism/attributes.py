"""Rows for attributes of an instance whose value the kernel keeps."""

from __future__ import annotations

from ipcreel.mechanism.kept import number
from ipcreel.mechanism.kernel_object import give_a
from ipcreel.mechanism.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ipcreel.mechanism.operation import Identify


def reading_rows(
    first: int, noun: str, target: str, identify: Identify, attributes: tuple[str, ...]
) -> tuple[Operation, ...]:
    """A row for the reading of each of `attributes`, with codes from `first` on: `noun.get_attribute`."""
    return tuple(
        Operation(
            first + place, f"{noun}.get_{name}", f"{target}.{name}:get", identify=identify, after=_value, give=give_a,
            a="the value",
        )
        for place, name in enumerate(attributes)
    )  # fmt: skip


def setting_rows(
    first: int, noun: str, target: str, identify: Identify, attributes: tuple[str, ...]
) -> tuple[Operation, ...]:
    """A row for the setting of each of `attributes`, with codes from `first` on: `noun.set_attribute`."""
    return tuple(
        Operation(
            first + place, f"{noun}.set_{name}", f"{target}.{name}:set", identify=identify, before=_assigned,
            a="the value",
        )
        for place, name in enumerate(attributes)
    )  # fmt: skip


def _value(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(result), 0, None


def _assigned(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[1]) if len(args) > 1 else 0, None
