"""A message and its receive: queues that are first in, first out within a type."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.joins import EXACT, INFERRED, Ends, Joined, join_by_rank
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
    return [*joined, _fed(events), _piped(events), _sent_on(events), _announced(events)]


def _sent_on(events: Events) -> Joined:
    """Messages of a connection: the k-th that one end sent is the k-th that the other received."""
    out, into = events.rows("connection.message.send"), events.rows("connection.message.recv")
    into = into[events.b[into] >= 0]
    out, into = out[events.object[out] > 0], into[events.object[into] > 0]
    # A direction is known by the end that sends. A pipe is one object for both of its ends.
    other = connected(events)[events.object[into]]
    pipe = events.of_kind("pipe")[events.object[into]]
    key = np.where(pipe, events.object[into], np.where(other > 0, other, -events.object[into]))
    return join_by_rank(events.ends(out, events.object[out], True), events.ends(into, key, True))


def _announced(events: Events) -> Joined:
    """The message that a notification tells of: it came when the queue was empty, after it had been asked for.

    A request is for one notification, and they come in the order of the requests. By a signal, the notification is the
    handler's run.
    """
    requests = events.rows("posix.queue.request_notification")
    sends = events.rows("posix.queue.send")
    notified, delivered = events.rows("posix.queue.notified"), events.rows("signal.delivered")
    cause, effect, certainty = [], [], []
    for request in requests[events.a[requests] != 0].tolist():
        queue, signal, since_ns = events.object[request], events.a[request], events.begin_ns[request]
        by_signal = delivered[events.a[delivered] == signal]
        runs = by_signal if signal > 0 else notified[events.object[notified] == queue]
        runs = runs[(events.process[runs] == events.process[request]) & (events.begin_ns[runs] >= since_ns)]
        here = sends[(events.object[sends] == queue) & (events.end_ns[sends] > since_ns)]
        here = here[events.begin_ns[here] <= events.end_ns[runs[0]]] if len(runs) else here[:0]
        if len(here):
            cause.append(int(here[0]))
            effect.append(int(runs[0]))
            certainty.append(EXACT if len(here) == 1 and signal < 0 else INFERRED)
    none = np.empty(0, np.int64)
    effects = np.array(effect, np.int64)
    return Joined(
        np.array(cause, np.int64), effects, np.array(certainty, np.uint8), none, np.setdiff1d(notified, effects)
    )


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
