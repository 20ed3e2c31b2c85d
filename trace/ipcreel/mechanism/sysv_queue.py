"""SysV message queues, through `sysv_ipc`."""

from __future__ import annotations

from ipcreel.mechanism.operation import IN, OUT, Operation
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any



def _number_of(queue: Any) -> int:
    # The id holds a sequence number of the kernel's: a queue removed and made again under its key has another one.
    return object_number("sysv.queue", (queue.key, queue.id), f"queue {queue.key:#x}")


def _queue(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    queue = args[0]
    try:
        return queue._ipcreel_object  # type: ignore[no-any-return]
    except AttributeError:
        number = queue._ipcreel_object = _number_of(queue)
        return number


def _made(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    try:
        return _queue(args, kwargs, result)
    except Exception:  # it could not be opened: it has no id
        return 0


def _sent(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    message = args[1] if len(args) > 1 else kwargs.get("message")
    kind = args[3] if len(args) > 3 else kwargs.get("type", 1)
    if type(message) is str:
        message = message.encode()
    return (kind if type(kind) is int else 0), bytes(message) if message is not None else None


def _wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    kind = args[2] if len(args) > 2 else kwargs.get("type", 0)
    return (kind if type(kind) is int else 0), None


def _received(args: tuple[Any, ...], kwargs: dict[str, Any], result: tuple[bytes, int]) -> tuple[int, int, object]:
    message, kind = result
    return kind, len(message), message


def _opened(args: tuple[Any, ...], kwargs: dict[str, Any], result: None) -> tuple[int, int, object]:
    queue = args[0]
    return queue.key, queue.id, None


def _give_received(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return payload, a


OPERATIONS = (
    Operation(
        0x0101, "sysv.queue.open", "sysv_ipc.MessageQueue", identify=_made, after=_opened,
        a="key", b="id in the kernel",
    ),
    Operation(
        0x0102, "sysv.queue.send", "sysv_ipc.MessageQueue.send", identify=_queue, before=_sent, blocks=True, flow=OUT,
        a="type of the message", payload="the message",
    ),
    Operation(
        0x0103, "sysv.queue.receive", "sysv_ipc.MessageQueue.receive", identify=_queue, before=_wanted,
        after=_received, blocks=True, flow=IN, give=_give_received,
        a="type of the message; while pending, the type asked for", b="size in bytes", payload="the message",
    ),
    Operation(0x0104, "sysv.queue.remove", "sysv_ipc.MessageQueue.remove", identify=_queue),
)  # fmt: skip

