"""SysV shared memory, through `sysv_ipc`: what its methods do. What goes through its buffer is not seen."""

from __future__ import annotations

import sys

from ipcreel.interpose.adopt import adopt
from ipcreel.interpose.targets import replace_function
from ipcreel.mechanism.attributes import reading_rows, setting_rows
from ipcreel.mechanism.kept import content, number
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    attribute,
    give_a,
    give_opened,
    given_attributes,
    identify_by,
    identify_by_id,
    identify_opened,
    number_of_sysv,
)
from ipcreel.mechanism.operation import IN, OUT, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_CLASS = "sysv_ipc.SharedMemory"
_FIXED = ("key", "id")


def _number_of(memory: Any) -> int:
    return number_of_sysv("sysv.memory", memory)


_memory = identify_by(_number_of)
_of_id = identify_by_id("sysv.memory", "memory")
_opened = after_opening(_number_of, "key", "id", _FIXED, ("key", "flags", "mode", "size", "init_character"))


def _id(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[0]) if args else 0, None


def _attached(args: tuple[Any, ...], kwargs: dict[str, Any], result: None) -> tuple[int, int, object]:
    flags = args[2] if len(args) > 2 else kwargs.get("flags", 0)
    return number(flags), attribute(args[0], "address") or 0, None


def _attached_by_id(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    _, id_, said = _opened((result,), {}, None)
    return id_, attribute(result, "address") or 0, said


def _give_attached(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> Any:
    cls = sys.modules["sysv_ipc"].SharedMemory
    memory = cls.__new__(cls)
    give_opened((memory,), {}, a, b, payload)
    return memory


def _read(args: tuple[Any, ...], kwargs: dict[str, Any], result: bytes) -> tuple[int, int, object]:
    return number(args[2] if len(args) > 2 else kwargs.get("offset", 0)), len(result), result


def _give_read(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return payload


def _written(args: tuple[Any, ...], kwargs: dict[str, Any], result: None) -> tuple[int, int, object]:
    data = content(args[1] if len(args) > 1 else kwargs.get("s"))
    offset = number(args[2] if len(args) > 2 else kwargs.get("offset", 0))
    return offset, len(data) if data is not None else 0, data


def _address(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(result), 0, None


def _is_attached(args: tuple[Any, ...], kwargs: dict[str, Any], result: bool) -> tuple[int, int, object]:
    return int(result), 0, None


def _give_is_attached(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> bool:
    return bool(a)


_ATTACH_BY_ID = Operation(
    0x0308, "sysv.memory.attach_by_id", identify=_of_id, after=_attached_by_id, give=_give_attached,
    a="id in the kernel", b="address", payload=OPENED,
)  # fmt: skip

OPERATIONS = (
    Operation(
        0x0301, "sysv.memory.open", _CLASS, identify=identify_opened, after=_opened, give=give_opened,
        a="key", b="id in the kernel", payload=OPENED,
    ),
    Operation(
        0x0302, "sysv.memory.attach", f"{_CLASS}.attach", identify=_memory, after=_attached, a="flags", b="address",
    ),
    Operation(0x0303, "sysv.memory.detach", f"{_CLASS}.detach", identify=_memory),
    Operation(
        0x0304, "sysv.memory.read", f"{_CLASS}.read", identify=_memory, after=_read, flow=IN, give=_give_read,
        a="offset", b="size in bytes", payload="what was read",
    ),
    Operation(
        0x0305, "sysv.memory.write", f"{_CLASS}.write", identify=_memory, after=_written, flow=OUT,
        a="offset", b="size in bytes", payload="what was written",
    ),
    Operation(0x0306, "sysv.memory.remove", f"{_CLASS}.remove", identify=_memory),
    Operation(
        0x0307, "sysv.memory.remove_by_id", "sysv_ipc.remove_shared_memory", identify=_of_id, before=_id,
        a="id in the kernel",
    ),
    _ATTACH_BY_ID,
    Operation(
        0x0309, "sysv.memory.get_address", f"{_CLASS}.address:get", identify=_memory, after=_address,
        give=give_a, a="the address, 0 for none",
    ),
    Operation(
        0x030A, "sysv.memory.get_attached", f"{_CLASS}.attached:get", identify=_memory, after=_is_attached,
        give=_give_is_attached, a="1 or 0",
    ),
    *reading_rows(
        0x0310, "sysv.memory", _CLASS, _memory,
        (
            "size", "number_attached", "last_attach_time", "last_detach_time", "last_change_time", "creator_pid",
            "last_pid", "mode", "uid", "gid", "cuid", "cgid",
        ),
    ),
    *setting_rows(0x0330, "sysv.memory", _CLASS, _memory, ("mode", "uid", "gid")),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    plain = module.attach

    def attach(*args: Any, **kwargs: Any) -> Any:
        # C makes an instance of its own type: to the program it is to be one of the class that it knows.
        return adopt(plain(*args, **kwargs), module.SharedMemory)

    replace_function(module, "attach", _ATTACH_BY_ID, reading.wrap, attach)
    if reading.replays:
        given_attributes(module, "SharedMemory", _FIXED)
