"""What a program sends, beside what the tape has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import GIVE, OUT, Operation
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying


_COMPARED = frozenset(("sysv", "posix", "socket", "connection", "mp"))
_WITH_DESCRIPTORS = "socket.endpoint.sendmsg"
_WRITES = frozenset(("pipe.end.write", "pipe.end.writev"))


def is_compared(row: Operation) -> bool:
    """Whether an operation sends what the program made. What starts a process holds descriptors; `sendmsg` may."""
    sends = (row.mechanism in _COMPARED and row.name != _WITH_DESCRIPTORS) or row.name in _WRITES
    return sends and row.flow == OUT and row.replay == GIVE


def otherwise(reading: Replaying, row: Operation, event: Event, args: Any, kwargs: Any) -> dict[str, Any]:
    """What is sent where the tape has something else, in plain values; empty where that is equal or cannot be known."""
    if not event.payload_at or event.end_ns <= 0:
        return {}
    taped = reading.script.payload(event)
    here = reading.here
    mark, here.mark = here.mark, -1  # inside
    try:
        given = _content(row, event, args, kwargs)
    finally:
        here.mark = mark
    if given is None or given == taped:
        return {}
    given = _plain(given)
    if _without_addresses(given) == _without_addresses(_plain(taped)):
        return {}
    is_bytes = isinstance(given, bytes)
    if event.row in reading.script.cut and is_bytes and isinstance(taped, bytes) and given.startswith(taped):
        return {}
    return {"event": event.row, "given": given.hex() if is_bytes else repr(given), "is_bytes": is_bytes}


def is_begin(taped: bytes, given: bytes) -> bool:
    """Whether what is written begins with what was, but for addresses."""
    return given.startswith(taped) or _without_addresses(given[: len(taped)]) == _without_addresses(taped)


def _content(row: Operation, event: Event, args: Any, kwargs: Any) -> Any:
    """What an operation sends; None where that cannot be known."""
    try:
        if row.name == "mp.simple_queue.put":
            from multiprocessing.reduction import ForkingPickler

            return bytes(ForkingPickler.dumps(args[1]))
        content = row.before(args, kwargs)[1] if row.before is not None else None
        if content is None and row.after is not None:
            content = row.after(args, kwargs, event.b)[2]
    except Exception:  # the call itself will complain, or what it sends shows only while it is done
        return None
    return content


def _without_addresses(value: Any) -> Any:
    """A text or bytes without what looks like an address: no run has the same.

    A manager calls its objects by them, and a log record holds the ident of its thread, which is one.
    """
    if isinstance(value, list):
        return [_without_addresses(item) for item in value]
    if not isinstance(value, (str, bytes)):
        return value
    import re

    # Of user space, on the 64-bit machines that this runs on. An ident lies in its upper 2**40.
    shapes = r"(?<!\d)1(?:39[6-9]|40[0-7])\d{11}(?!\d)|[0-9a-f]{12}"
    if isinstance(value, str):
        return re.sub(shapes, "", value)
    pickled = rb"(?<=\x8a\x06).{5}[\x7e\x7f]"  # LONG1, of six bytes
    return re.sub(shapes.encode() + b"|" + pickled, b"", value, flags=re.DOTALL)


def _plain(value: Any) -> Any:
    """As msgpack gives it back."""
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value
