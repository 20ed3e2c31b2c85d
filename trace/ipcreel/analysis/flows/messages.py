"""A message and its receive: queues that are first in, first out within a type."""

from __future__ import annotations

from ipcreel.analysis.events import Events, number_keys
from ipcreel.analysis.joins import Joined, join_by_rank

# Of each channel: what puts a message in, what takes one out, and whether the type or priority in `a` of both keeps an
# order of its own, as the kernel does it (msgop(2), mq_overview(7)).
_CHANNELS = (
    (("sysv.queue.send",), ("sysv.queue.receive",), True),
    (("posix.queue.send",), ("posix.queue.receive",), True),
    (("mp.queue.feed",), ("mp.queue.get", "mp.queue.take", "mp.queue.take_bytes"), False),
    (("mp.simple_queue.put",), ("mp.simple_queue.get",), False),
    (("queues.queue.put",), ("queues.queue.get",), True),  # in `a` the id() of the item: an order for each item
    (("queues.simple.put",), ("queues.simple.get",), True),
)


def match(events: Events) -> list[Joined]:
    """Join sends with receives."""
    joined = []
    for sends, receives, by_type in _CHANNELS:
        out, into = events.rows(*sends), events.rows(*receives)
        types = (events.a[out], events.a[into]) if by_type else (out * 0, into * 0)
        out_key, in_key = number_keys((events.object[out], types[0]), (events.object[into], types[1]))
        tells = not sends[0].startswith("queues.")  # a get inside a process hands on the object itself
        joined.append(join_by_rank(events.ends(out, out_key, tells), events.ends(into, in_key, tells)))
    return [*joined, _fed(events)]


def _fed(events: Events) -> Joined:
    """What a put gave to the feeder thread of its queue, and the feeder sent on: known by its number."""
    out, into = events.rows("mp.queue.put"), events.rows("mp.queue.feed")
    out_key, in_key = number_keys(
        (events.object[out], events.process[out], events.a[out]),
        (events.object[into], events.process[into], events.a[into]),
    )
    return join_by_rank(events.ends(out, out_key), events.ends(into, in_key))
