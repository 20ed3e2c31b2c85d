"""An event in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipcreel.reel.error import ReelError
from ipcreel.reel.text import payload_text

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

_MOST = 1 << 16


def text_of(reel: Reel, row: int, limit: int = _MOST) -> str:
    """The payload of an event as text; what is wrong with it where it is damaged."""
    try:
        return payload_text(reel.payload(row), limit)
    except ReelError as error:
        return f"({error})"


def message_of(reel: Reel, send: int) -> Any:
    """What a send or put sent: its payload, or that of the thread of the library that carried it on."""
    if reel.operations[int(reel.op[send])]["name"] != "mp.queue.put":
        return reel.payload(send)
    carried = reel.flows.effect[reel.flows.cause == send]
    return reel.payload(int(carried[0])) if len(carried) else None


def message_text(reel: Reel, send: int, limit: int) -> str:
    """`message_of` as text; what is wrong with it where it is damaged."""
    try:
        return payload_text(message_of(reel, send), limit)
    except ReelError as error:
        return f"({error})"


def describe(reel: Reel, row: int) -> str:
    """An event in one line."""
    file, line = reel.sites[int(reel.site[row])][:2]
    at = (int(reel.begin[row]) - reel.begin_ns) / 1e9
    operation, thing = reel.operations[int(reel.op[row])]["name"], reel.objects[int(reel.object[row])][3]
    parts = (f"event {row}", f"{at:.6f} s", reel.lane_name(int(reel.lane[row])), operation, thing, text_of(reel, row))
    return "  ".join(part[:160] for part in parts if part) + (f"  at {file}:{line}" if file else "")
