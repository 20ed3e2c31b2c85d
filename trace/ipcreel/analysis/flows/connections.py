"""Who connected and who accepted: the two ends of a connection come about together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.joins import EXACT, Ends, Joined, join_by_rank

Rows = NDArray[np.int64]

# What connects, and what accepts, of which `b` is the inode of the new socket.
_PAIRS = (
    (("socket.endpoint.connect", "socket.endpoint.connect_ex"), ("socket.endpoint.accept",)),
    (("connection.client.connect",), ("connection.listener.accept",)),
)


def match(events: Events) -> list[Joined]:
    """Join each connect with the accept of its other end. The client may know of it before: it is in the backlog."""
    other, ends = connected(events), _ends(events)
    return [_pair(events, other, ends, *names) for names in _PAIRS]


def _pair(
    events: Events, other: Rows, ends: dict[int, int], connects: tuple[str, ...], accepts: tuple[str, ...]
) -> Joined:
    # A connect that does not wait raises, and has connected all the same.
    out, into = events.rows(*connects, done=False), events.rows(*accepts)
    caller = np.array([int(events.object[row]) or ends.get(int(events.b[row]), 0) for row in out.tolist()], np.int64)
    out, caller = out[other[caller] > 0], caller[other[caller] > 0]
    accepted = np.array([ends.get(inode, 0) for inode in events.b[into].tolist()], np.int64)
    into, accepted = into[accepted > 0], accepted[accepted > 0]
    # Of several tries with one socket the first counts.
    _, first = np.unique(caller, return_index=True)
    causes = events.ends(out[first], caller[first])
    effects = Ends(into, other[accepted], events.begin_ns[into], events.end_ns[into])
    joined = join_by_rank(causes, effects)
    certainty = np.full(len(joined.cause), EXACT, np.uint8)  # known by the addresses of both ends
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, certainty, none, none)


def _ends(events: Events) -> dict[int, int]:
    """Inode → the socket that it stands for."""
    return {
        key: number
        for number, (kind, _, key, _) in enumerate(events.objects)
        if kind in ("tcp.socket", "unix.stream") and isinstance(key, int)
    }
