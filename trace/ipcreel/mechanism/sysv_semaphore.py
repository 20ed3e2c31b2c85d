"""SysV semaphores, through `sysv_ipc`."""

from __future__ import annotations

from ipcreel.mechanism.attributes import reading_rows, setting_rows
from ipcreel.mechanism.kept import number
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    give_opened,
    give_self,
    given_attributes,
    identify_by,
    identify_by_id,
    identify_opened,
    number_of_sysv,
)
from ipcreel.mechanism.operation import ANYTHING, IN, NOTHING, NUMBER, OUT, Native, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_CLASS = "sysv_ipc.Semaphore"
_FIXED = ("key", "id")
_TIMEOUT = "the timeout in seconds, where one was given"


def _number_of(semaphore: Any) -> int:
    return number_of_sysv("sysv.semaphore", semaphore)


_semaphore = identify_by(_number_of)
_of_id = identify_by_id("sysv.semaphore", "semaphore")


def _id(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[0]) if args else 0, None


def _timeout(value: Any) -> float | None:
    return value if type(value) in (float, int) else None


def _taken(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    count = len(args)
    delta = args[2] if count > 2 else kwargs.get("delta", 1)
    return abs(number(delta)), _timeout(args[1] if count > 1 else kwargs.get("timeout"))


def _given_back(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return abs(number(args[1] if len(args) > 1 else kwargs.get("delta", 1))), None


def _awaited_zero(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, _timeout(args[1] if len(args) > 1 else kwargs.get("timeout"))


def _one(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 1, None


_LOWERED = Native(("timeout", NOTHING), ("delta", NUMBER), a=1)
_RAISED = Native(("delta", NUMBER), a=1)
_LEFT = Native(("kind", ANYTHING), ("exception", ANYTHING), ("traceback", ANYTHING), a=1)


def _acquire(code: int, verb: str, method: str) -> Operation:
    return Operation(
        code, f"sysv.semaphore.{verb}", f"{_CLASS}.{method}", identify=_semaphore, before=_taken, alone=1, blocks=True,
        flow=IN, a="by how much the value is lowered", payload=_TIMEOUT, native=_LOWERED,
    )  # fmt: skip


def _release(code: int, verb: str, method: str) -> Operation:
    return Operation(
        code, f"sysv.semaphore.{verb}", f"{_CLASS}.{method}", identify=_semaphore, before=_given_back, alone=1,
        flow=OUT, a="by how much the value is raised", native=_RAISED,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        0x0201, "sysv.semaphore.open", _CLASS, identify=identify_opened, give=give_opened,
        after=after_opening(_number_of, "key", "id", _FIXED, ("key", "flags", "mode", "initial_value")),
        a="key", b="id in the kernel", payload=OPENED,
    ),
    _acquire(0x0202, "acquire", "acquire"),
    _release(0x0203, "release", "release"),
    _acquire(0x0204, "p", "P"),
    _release(0x0205, "v", "V"),
    Operation(
        0x0206, "sysv.semaphore.z", f"{_CLASS}.Z", identify=_semaphore, before=_awaited_zero, blocks=True, flow=IN,
        payload=_TIMEOUT,
    ),
    Operation(
        0x0207, "sysv.semaphore.enter", f"{_CLASS}.__enter__", identify=_semaphore, before=_one, alone=1, blocks=True,
        flow=IN, give=give_self, a="by how much the value is lowered: 1", native=Native(a=1),
    ),
    Operation(
        0x0208, "sysv.semaphore.exit", f"{_CLASS}.__exit__", identify=_semaphore, before=_one, flow=OUT,
        a="by how much the value is raised: 1", native=_LEFT,
    ),
    Operation(0x0209, "sysv.semaphore.remove", f"{_CLASS}.remove", identify=_semaphore),
    Operation(
        0x020A, "sysv.semaphore.remove_by_id", "sysv_ipc.remove_semaphore", identify=_of_id, before=_id,
        a="id in the kernel",
    ),
    *reading_rows(
        0x0210, "sysv.semaphore", _CLASS, _semaphore,
        (
            "value", "waiting_for_nonzero", "waiting_for_zero", "last_pid", "o_time", "mode", "uid", "gid", "cuid",
            "cgid",
        ),
    ),
    *setting_rows(0x0230, "sysv.semaphore", _CLASS, _semaphore, ("value", "mode", "uid", "gid")),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    # `block` and `undo` need no row: C keeps them in the instance, in a replay too.
    if reading.replays:
        given_attributes(module, "Semaphore", _FIXED)
