"""POSIX shared memory, through `posix_ipc`: its life. What is written and read through a mapping of it is not seen."""

from __future__ import annotations

import posix

from ipcreel.mechanism.attributes import reading_rows
from ipcreel.mechanism.kept import number
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    attribute,
    give_a,
    give_opened,
    given_attributes,
    identify_by,
    identify_by_name,
    identify_opened,
)
from ipcreel.mechanism.operation import Operation
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_CLASS = "posix_ipc.SharedMemory"
_FIXED = ("name", "mode")
_names: dict[str, int] = {}  # name: the object that was last opened under it


def _number_of(memory: Any) -> int:
    # The inode tells a segment from an earlier one of its name.
    name = attribute(memory, "name")
    number_ = _names[name] = object_number(
        "posix.memory", (name, posix.fstat(attribute(memory, "fd")).st_ino), f"memory {name}"
    )
    return number_


_memory = identify_by(_number_of)
_of_name = identify_by_name("posix.memory", "memory", _names)


def _descriptor(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return number(result), 0, None


OPERATIONS = (
    Operation(
        0x0601, "posix.memory.open", _CLASS, identify=identify_opened, give=give_opened,
        after=after_opening(_number_of, "fd", "size", _FIXED, ("name", "flags", "mode", "size", "read_only")),
        a="descriptor", b="size in bytes", payload=OPENED,
    ),
    Operation(0x0602, "posix.memory.close_fd", f"{_CLASS}.close_fd", identify=_memory),
    Operation(0x0603, "posix.memory.unlink", f"{_CLASS}.unlink", identify=_memory),
    Operation(0x0604, "posix.memory.unlink_by_name", "posix_ipc.unlink_shared_memory", identify=_of_name),
    Operation(
        0x0605, "posix.memory.fileno", f"{_CLASS}.fileno", identify=_memory, after=_descriptor, give=give_a,
        a="descriptor",
    ),
    *reading_rows(0x0610, "posix.memory", _CLASS, _memory, ("size", "fd")),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    if reading.replays:
        given_attributes(module, "SharedMemory", _FIXED)
