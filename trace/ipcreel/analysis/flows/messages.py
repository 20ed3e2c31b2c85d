"""A message and its receive: queues that are first in, first out within a type."""

from __future__ import annotations

from ipcreel.analysis.events import Events, number_keys
from ipcreel.analysis.joins import Joined, join_by_rank

# Of each channel: what puts a message in, what takes one out. In `a` of both stands the type: the kernel keeps the order
# within one (msgop(2)).
_CHANNELS = ((("sysv.queue.send",), ("sysv.queue.receive",)),)


def match(events: Events) -> list[Joined]:
    """Join sends with receives."""
    joined = []
    for sends, receives in _CHANNELS:
        out, into = events.rows(*sends), events.rows(*receives)
        out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[into], events.a[into]))
        joined.append(join_by_rank(events.ends(out, out_key, True), events.ends(into, in_key, True)))
    return joined
