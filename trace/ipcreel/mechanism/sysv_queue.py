"""SysV message queues, through `sysv_ipc`."""

from __future__ import annotations

import _warnings

from ipcreel.interpose.targets import replace_function
from ipcreel.mechanism.attributes import reading_rows, setting_rows
from ipcreel.mechanism.kept import content, number
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    give_a,
    give_opened,
    given_attributes,
    identify_by,
    identify_by_id,
    identify_opened,
    number_of_sysv,
)
from ipcreel.mechanism.operation import ANYTHING, BYTES, GAVE_MESSAGE, IN, NUMBER, OUT, Native, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_FIXED = ("key", "id")


def _number_of(queue: Any) -> int:
    # The id holds a sequence number of the kernel's: a queue removed and made again under its key has another one.
    return number_of_sysv("sysv.queue", queue)


_queue = identify_by(_number_of)
_of_id = identify_by_id("sysv.queue", "queue")


def _id(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[0]) if args else 0, None


def _sent(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    if len(args) == 2 and not kwargs:
        message = args[1]
        return 1, message if type(message) is bytes else content(message)
    count = len(args)
    message = args[1] if count > 1 else kwargs.get("message")
    kind = args[3] if count > 3 else kwargs.get("type", 1)
    return number(kind), message if type(message) is bytes else content(message)


def _wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[2] if len(args) > 2 else kwargs.get("type", 0)), None


def _received(args: tuple[Any, ...], kwargs: dict[str, Any], result: tuple[bytes, int]) -> tuple[int, int, object]:
    message, kind = result
    return kind, len(message), message


def _give_received(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return payload, a


def _found_key(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return result, 0, {"path": str(args[0] if args else kwargs.get("path"))}


_FTOK = Operation(0x0106, "sysv.key.ftok", after=_found_key, give=give_a, a="the key", payload="the path")

OPERATIONS = (
    Operation(
        0x0101, "sysv.queue.open", "sysv_ipc.MessageQueue", identify=identify_opened, give=give_opened,
        after=after_opening(_number_of, "key", "id", _FIXED, ("key", "flags", "mode", "max_message_size")),
        a="key", b="id in the kernel", payload=OPENED,
    ),
    Operation(
        0x0102, "sysv.queue.send", "sysv_ipc.MessageQueue.send", identify=_queue, before=_sent, blocks=True, flow=OUT,
        a="type of the message", payload="the message",
        native=Native(("message", BYTES), ("block", ANYTHING), ("type", NUMBER), a=1, sends=True),
    ),
    Operation(
        0x0103, "sysv.queue.receive", "sysv_ipc.MessageQueue.receive", identify=_queue, before=_wanted, alone=0,
        after=_received, blocks=True, flow=IN, give=_give_received,
        a="type of the message; while pending, and where it raised, the type asked for", b="size in bytes",
        payload="the message",
        native=Native(("block", ANYTHING), ("type", NUMBER), gave=GAVE_MESSAGE),
    ),
    Operation(0x0104, "sysv.queue.remove", "sysv_ipc.MessageQueue.remove", identify=_queue),
    Operation(
        0x0105, "sysv.queue.remove_by_id", "sysv_ipc.remove_message_queue", identify=_of_id, before=_id,
        a="id in the kernel",
    ),
    _FTOK,
    *reading_rows(
        0x0110, "sysv.queue", "sysv_ipc.MessageQueue", _queue,
        (
            "current_messages", "max_size", "last_send_time", "last_receive_time", "last_change_time",
            "last_send_pid", "last_receive_pid", "mode", "uid", "gid", "cuid", "cgid",
        ),
    ),
    *setting_rows(
        0x0130, "sysv.queue", "sysv_ipc.MessageQueue", _queue, ("max_size", "mode", "uid", "gid"),
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    plain = module.ftok

    def ftok(*args: Any, **kwargs: Any) -> Any:
        # C warns in the name of the frame that calls it, which would be one of ours.
        if len(args) + len(kwargs) == 2 and not kwargs.get("silence_warning"):
            _warnings.warn("Use of ftok() is not recommended; see sysv_ipc documentation", Warning, 2)
            kwargs = {**kwargs, "silence_warning": 1}
        return plain(*args, **kwargs)

    replace_function(module, "ftok", _FTOK, reading.wrap, ftok)
    if reading.replays:
        given_attributes(module, "MessageQueue", _FIXED)
