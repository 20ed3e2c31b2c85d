"""Signals sent through `os`."""

from __future__ import annotations

from ipcreel.mechanism.keeping import number
from ipcreel.mechanism.operation import OUT, Operation
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def process_object(pid: object) -> int:
    """The object that stands for a process, or for a group of them, as an argument of kill(2) names it."""
    pid = number(pid)
    if pid > 0:
        return object_number("process", pid, f"process {pid}")
    return object_number("process group", -pid, f"process group {-pid}" if pid else "own process group")


def _target(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return process_object(args[0] if args else None)


def _group(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return process_object(-number(args[0]) if args else None)


def _signal(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[1] if len(args) > 1 else None), None


def _sent(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(args[1]), number(args[0]), None


OPERATIONS = (
    Operation(
        0x4010, "signal.kill", "os.kill", identify=_target, before=_signal, after=_sent, blocks=True, flow=OUT,
        a="signal", b="pid as it was given: 0 and below are groups",
    ),
    Operation(
        0x4011, "signal.killpg", "os.killpg", identify=_group, before=_signal, after=_sent, blocks=True, flow=OUT,
        a="signal", b="process group",
    ),
    Operation(0x4012, "signal.abort", "os.abort", blocks=True),
)  # fmt: skip
