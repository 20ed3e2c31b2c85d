"""POSIX message queues, through `posix_ipc`."""

from __future__ import annotations

import _thread
import posix

from ipcreel.interpose.builtin import original_of
from ipcreel.interpose.targets import dress
from ipcreel.mechanism import descriptors
from ipcreel.mechanism.attributes import reading_rows
from ipcreel.mechanism.kept import content, number
from ipcreel.mechanism.kernel_object import (
    OPENED,
    after_opening,
    attribute,
    give_a,
    give_opened,
    given,
    given_attributes,
    identify_by,
    identify_by_name,
    identify_opened,
)
from ipcreel.mechanism.operation import IN, OUT, Operation
from ipcreel.mechanism.timeouts import FOREVER, IN_WORDS, of_timeout
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_CLASS = "posix_ipc.MessageQueue"
_start_thread = original_of(_thread.start_new_thread)
_FIXED = ("name", "mode", "max_messages", "max_message_size")
_BY_THREAD = -1
_names: dict[str, int] = {}  # name: the object that was last opened under it


def _number_of(queue: Any) -> int:
    # The inode tells a queue from an earlier one of its name.
    name = attribute(queue, "name")
    number_ = _names[name] = object_number(
        "posix.queue", (name, posix.fstat(attribute(queue, "mqd")).st_ino), f"queue {name}"
    )
    return number_


_queue = identify_by(_number_of)
_of_name = identify_by_name("posix.queue", "queue", _names)


def _sent(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    if len(args) == 2 and not kwargs:
        message = args[1]
        return FOREVER, message if type(message) is bytes else content(message)
    message = args[1] if len(args) > 1 else kwargs.get("message")
    return of_timeout(args, kwargs, 2), message if type(message) is bytes else content(message)


def _was_sent(args: tuple[Any, ...], kwargs: dict[str, Any], result: None) -> tuple[int, int, object]:
    if len(args) == 2 and not kwargs:
        return 0, FOREVER, None
    priority = args[3] if len(args) > 3 else kwargs.get("priority", 0)
    return number(priority), of_timeout(args, kwargs, 2), None


def _wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return of_timeout(args, kwargs), None


def _received(args: tuple[Any, ...], kwargs: dict[str, Any], result: tuple[bytes, int]) -> tuple[int, int, object]:
    message, priority = result
    return priority, len(message), message


def _give_received(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return payload, a


def _requested(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    wanted = args[1] if len(args) > 1 else kwargs.get("notification")
    return _BY_THREAD if isinstance(wanted, tuple) else number(wanted), None


def _descriptor(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return number(result), 0, None


def _waits(args: tuple[Any, ...], kwargs: dict[str, Any], result: bool) -> tuple[int, int, object]:
    return int(result), 0, None


def _give_waits(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> bool:
    return bool(a)


def _set_waiting(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    value = args[1] if len(args) > 1 else 0
    return int(value) if type(value) is bool else number(value), None


_REQUEST = Operation(
    0x0407, "posix.queue.request_notification", identify=_queue, before=_requested,
    a="number of the signal asked for, -1 for a call in a new thread, 0 for none any more",
)  # fmt: skip
_NOTIFIED = Operation(0x0408, "posix.queue.notified", flow=IN)


def _give_opened(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    give_opened(args, kwargs, a, b, {**payload, "descriptor": a})
    descriptors.reserve(a)


def _give_closed(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    descriptors.vacate(given(args[0])["descriptor"])


OPERATIONS = (
    Operation(
        0x0401, "posix.queue.open", _CLASS, identify=identify_opened, give=_give_opened,
        after=after_opening(
            _number_of, "mqd", "max_messages", _FIXED,
            ("name", "flags", "mode", "max_messages", "max_message_size", "read", "write"),
        ),
        a="descriptor", b="how many messages it can hold", payload=OPENED,
    ),
    Operation(
        0x0402, "posix.queue.send", f"{_CLASS}.send", identify=_queue, before=_sent, after=_was_sent, blocks=True,
        flow=OUT, a=f"priority; while pending, and where it raised, {IN_WORDS}",
        b="timeout in ns, likewise", payload="the message",
    ),
    Operation(
        0x0403, "posix.queue.receive", f"{_CLASS}.receive", identify=_queue, before=_wanted, alone=FOREVER,
        after=_received, blocks=True, flow=IN, give=_give_received,
        a=f"priority; while pending, and where it raised, {IN_WORDS}", b="size in bytes", payload="the message",
    ),
    Operation(0x0404, "posix.queue.close", f"{_CLASS}.close", identify=_queue, give=_give_closed),
    Operation(0x0405, "posix.queue.unlink", f"{_CLASS}.unlink", identify=_queue),
    Operation(0x0406, "posix.queue.unlink_by_name", "posix_ipc.unlink_message_queue", identify=_of_name),
    _REQUEST,
    _NOTIFIED,
    Operation(
        0x0409, "posix.queue.fileno", f"{_CLASS}.fileno", identify=_queue, after=_descriptor, give=give_a,
        a="descriptor",
    ),
    Operation(
        0x040A, "posix.queue.get_block", f"{_CLASS}.block:get", identify=_queue, after=_waits, give=_give_waits,
        a="1 where it waits, 0 where it does not",
    ),
    Operation(
        0x040B, "posix.queue.set_block", f"{_CLASS}.block:set", identify=_queue, before=_set_waiting,
        a="1 for waiting, 0 for not",
    ),
    *reading_rows(0x0410, "posix.queue", _CLASS, _queue, ("current_messages", "mqd")),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    cls: Any = getattr(module, "MessageQueue", None)
    if cls is None:  # a system without them
        return
    plain = cls.request_notification

    def request_notification(self: Any, *args: Any, **kwargs: Any) -> Any:
        wanted = args[0] if args else kwargs.get("notification")
        if not (type(wanted) is tuple and len(wanted) == 2 and callable(wanted[0])):
            return plain(self, *args, **kwargs)
        wanted = (_announced(wanted[0], _queue((self,), {}, None), reading), wanted[1])
        return plain(self, wanted, *args[1:]) if args else plain(self, **{**kwargs, "notification": wanted})

    cls.request_notification = reading.wrap(_REQUEST, request_notification)
    dress(cls.request_notification, plain)
    if reading.replays:
        _REQUEST.give = _give_request(reading)
        given_attributes(module, "MessageQueue", _FIXED)


def _give_request(reading: Reading) -> Callable[..., None]:
    """In a replay: the thread that C makes for a notification goes on where it did so, and nowhere else."""

    def give(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
        wanted: Any = args[1] if len(args) > 1 else kwargs.get("notification")
        if a == _BY_THREAD:
            _start_thread(_announced(wanted[0], 0, reading), (wanted[1],))

    return give


def _announced(callback: Callable[[Any], Any], queue: int, reading: Reading) -> Callable[[Any], Any]:
    """`callback`, which C calls in a thread of its own making, with a note of it on the tape."""

    def notified(parameter: Any) -> Any:
        reading.note(_NOTIFIED, queue)
        return callback(parameter)

    return notified
