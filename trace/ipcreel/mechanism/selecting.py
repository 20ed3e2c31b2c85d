"""Selectors, which wait through `select`: what they do is at the line that asked them to."""

from __future__ import annotations

from ipcreel.mechanism.operation import Operation
from ipcreel.tape.process import passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from ipcreel.mechanism.reading import Reading

OPERATIONS: tuple[Operation, ...] = ()


def install(module: ModuleType, reading: Reading) -> None:
    """Nothing is patched: one wait is one event, that of `select`."""
    passed.add(str(module.__file__))
