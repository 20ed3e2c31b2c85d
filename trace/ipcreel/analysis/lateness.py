"""Messages that were waited for, messages that lay waiting, how many lay in a queue."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.keys import first_places, number_keys, run_starts, sort_in_keys
from ipcreel.analysis.waits import Window

Rows = NDArray[np.int64]

_SENDS = ("sysv.queue.send", "posix.queue.send", "mp.queue.put", "mp.simple_queue.put", "queues.queue.put")
_RECEIVES = (
    "sysv.queue.receive", "posix.queue.receive", "mp.queue.get", "mp.queue.take", "mp.queue.take_bytes",
    "mp.simple_queue.get", "queues.queue.get",
)  # fmt: skip


@dataclass(frozen=True)
class Lateness:
    """Messages from one process to another through one object.

    Attributes:
        sender, receiver: rows of processes.
        object: the row that the receiver received from.
        messages: how many.
        late_sends: how many the receiver had begun to wait for before they were sent.
        receiver_waited_ns: for how long in all.
        late_receives: how many were taken only after they had been sent, unasked for.
        message_lay_ns: for how long they lay in all.
    """

    sender: int
    receiver: int
    object: int
    messages: int
    late_sends: int
    receiver_waited_ns: int
    late_receives: int
    message_lay_ns: int


@dataclass(frozen=True)
class Depth:
    """How many messages lay in a queue over time.

    Attributes:
        object: its row.
        at_ns: (n,) when the number changed, ascending.
        messages: (n,) the number from then on.
        row: (n,) the sends and receives that changed it.
    """

    object: int
    at_ns: Rows
    messages: Rows
    row: Rows

    @property
    def most(self) -> int:
        """The most that ever lay in it."""
        return int(self.messages.max(initial=0))

    @property
    def left(self) -> int:
        """What lay in it at last."""
        return int(self.messages[-1]) if len(self.messages) else 0

    def mean(self, window: Window) -> float:
        """The mean over a window of time."""
        at = np.clip(np.concatenate(([window[0]], self.at_ns, [window[1]])), *window)
        return float((np.diff(at) * np.concatenate(([0], self.messages))).sum() / max(window[1] - window[0], 1))

    def sampled(self, window: Window, parts: int) -> Rows:
        """(parts,) the most that lay in it in each part of a window."""
        edges = np.linspace(window[0], window[1], parts + 1)
        before = np.searchsorted(self.at_ns, edges, "right")
        padded = np.concatenate(([0], self.messages))
        return np.array([padded[low : high + 1].max() for low, high in pairwise(before)], np.int64)


def find_lateness(events: Events, flows: Flows, window: Window) -> list[Lateness]:
    """Late senders and late receivers; the pair that lost most time first."""
    carried = np.isin(flows.kind, (KINDS.index("message"), KINDS.index("stream")))
    cause, effect = flows.cause[carried], flows.effect[carried]
    inside = (events.end_ns[effect] >= window[0]) & (events.begin_ns[effect] <= window[1])
    cause, effect = cause[inside], effect[inside]
    waited = np.maximum(events.begin_ns[cause] - events.begin_ns[effect], 0)
    lay = np.maximum(events.begin_ns[effect] - events.end_ns[cause], 0)
    pairs = events.process[cause], events.process[effect], events.object[effect]
    (place,) = number_keys(pairs)
    keys = np.stack(pairs, axis=1)[first_places(place)]
    columns = [np.bincount(place, values, len(keys)) for values in (waited >= 0, waited > 0, waited, lay > 0, lay)]
    rows = [Lateness(*key, *(int(column[number]) for column in columns)) for number, key in enumerate(keys.tolist())]
    return sorted(rows, key=lambda row: -(row.receiver_waited_ns + row.message_lay_ns))


def find_depths(events: Events, flows: Flows) -> list[Depth]:
    """The depth of each queue over time: a message lies there from the end of its send to the end of its receive.

    Where the receive returned before the send did, it never lay there.
    """
    sends, receives = events.rows(*_SENDS), events.rows(*_RECEIVES)
    rows = np.concatenate((sends, receives))
    taken = np.isin(flows.effect, receives)
    moment = events.end_ns.copy()
    moment[flows.cause[taken]] = np.minimum(moment[flows.cause[taken]], moment[flows.effect[taken]])
    at = moment[rows]
    step = np.concatenate((np.ones(len(sends), np.int64), -np.ones(len(receives), np.int64)))
    order = sort_in_keys(events.object[rows], at)  # of one moment the sends come first, as they stand
    rows, at, step = rows[order], at[order], step[order]
    starts = run_starts(events.object[rows])
    objects = events.object[rows[starts]]
    columns = (np.split(column, starts[1:]) for column in (at, step, rows))
    return [
        Depth(object_, moments, np.maximum(np.cumsum(steps), 0), moved)
        for object_, moments, steps, moved in zip(objects.tolist(), *columns, strict=len(starts) > 0)
    ]
