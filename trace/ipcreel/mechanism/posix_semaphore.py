"""POSIX semaphores, through `posix_ipc`."""

from __future__ import annotations

import posix

from ipcreel.mechanism.attributes import reading_rows
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    attribute,
    give_opened,
    give_self,
    given_attributes,
    identify_by,
    identify_by_name,
    identify_opened,
)
from ipcreel.mechanism.operation import ANYTHING, IN, OUT, Native, Operation
from ipcreel.mechanism.timeouts import FOREVER, IN_WORDS, of_timeout
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_CLASS = "posix_ipc.Semaphore"
_FIXED = ("name", "mode")
_names: dict[str, int] = {}  # name: the object that was last opened under it


def _number_of(semaphore: Any) -> int:
    # The inode, where Linux shows it, tells a semaphore from an earlier one of its name.
    name = attribute(semaphore, "name")
    try:
        inode = posix.stat(f"/dev/shm/sem.{name.lstrip('/')}").st_ino
    except OSError:
        inode = 0
    number = _names[name] = object_number("posix.semaphore", (name, inode), f"semaphore {name}")
    return number


_semaphore = identify_by(_number_of)
_of_name = identify_by_name("posix.semaphore", "semaphore", _names)


def _awaited(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return of_timeout(args, kwargs), None


_WAITED_FOR = Native(a=FOREVER)
_LEFT = Native(("kind", ANYTHING), ("exception", ANYTHING), ("traceback", ANYTHING))
OPERATIONS = (
    Operation(
        0x0501, "posix.semaphore.open", _CLASS, identify=identify_opened, give=give_opened,
        after=after_opening(_number_of, "mode", None, _FIXED, ("name", "flags", "mode", "initial_value")),
        a="mode", payload=OPENED,
    ),
    Operation(
        0x0502, "posix.semaphore.acquire", f"{_CLASS}.acquire", identify=_semaphore, before=_awaited, alone=FOREVER,
        blocks=True, flow=IN, a=IN_WORDS, native=_WAITED_FOR,
    ),
    Operation(
        0x0503, "posix.semaphore.release", f"{_CLASS}.release", identify=_semaphore, flow=OUT, native=Native()
    ),
    Operation(
        0x0504, "posix.semaphore.enter", f"{_CLASS}.__enter__", identify=_semaphore, before=_awaited, alone=FOREVER,
        blocks=True, flow=IN, give=give_self, a=IN_WORDS, native=_WAITED_FOR,
    ),
    Operation(0x0505, "posix.semaphore.exit", f"{_CLASS}.__exit__", identify=_semaphore, flow=OUT, native=_LEFT),
    Operation(0x0506, "posix.semaphore.close", f"{_CLASS}.close", identify=_semaphore),
    Operation(0x0507, "posix.semaphore.unlink", f"{_CLASS}.unlink", identify=_semaphore),
    Operation(0x0508, "posix.semaphore.unlink_by_name", "posix_ipc.unlink_semaphore", identify=_of_name),
    *reading_rows(0x0510, "posix.semaphore", _CLASS, _semaphore, ("value",)),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    if reading.replays:
        given_attributes(module, "Semaphore", _FIXED)
