"""A message and its receive: queues that are first in, first out within a type."""

from __future__ import annotations

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import Ends, Joined, join_by_rank
from ipcreel.analysis.keys import number_keys

# Of each channel: what puts a message in, what takes one out. The type or priority in `a` of both keeps an order of its
# own, as the kernel does it (msgop(2), mq_overview(7)).
_CHANNELS = (
    (("sysv.queue.send",), ("sysv.queue.receive",)),
    (("posix.queue.send",), ("posix.queue.receive",)),
    (("queues.queue.put",), ("queues.queue.get",)),  # in `a` the id() of the item: an order for each item
    (("queues.simple.put",), ("queues.simple.get",)),
)


def match(events: Events) -> list[Joined]:
    """Join sends with receives."""
    joined = []
    for sends, receives in _CHANNELS:
        out, into = events.rows(*sends), events.rows(*receives)
        out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[into], events.a[into]))
        tells = not sends[0].startswith("queues.")  # a get inside a process hands on the object itself
        joined.append(join_by_rank(events.ends(out, out_key, tells), events.ends(into, in_key, tells)))
    return [*joined, _fed(events), _piped(events)]


def _piped(events: Events) -> Joined:
    """The queues of multiprocessing: in `b` stands when the bytes entered the pipe, or left it."""
    out = events.rows("mp.queue.feed", "mp.simple_queue.put")
    into = events.rows("mp.queue.get", "mp.queue.take", "mp.queue.take_bytes", "mp.simple_queue.get")
    sides = [
        Ends(rows, events.object[rows], events.b[rows], events.b[rows], events.content(rows)) for rows in (out, into)
    ]
    return join_by_rank(*sides)


def _fed(events: Events) -> Joined:
    """What a put gave to the feeder thread of its queue, and the feeder sent on: known by its number."""
    out, into = events.rows("mp.queue.put"), events.rows("mp.queue.feed")
    out_key, in_key = number_keys(
        (events.object[out], events.process[out], events.a[out]),
        (events.object[into], events.process[into], events.a[into]),
    )
    return join_by_rank(events.ends(out, out_key), events.ends(into, in_key))
