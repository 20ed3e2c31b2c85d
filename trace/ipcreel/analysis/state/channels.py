"""What was sent and not yet received at a moment: messages in queues, bytes in connections."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.streams import READS, RECEIVES, WRITES, connected
from ipcreel.analysis.flows.streams import SENDS as SENDS_OF_STREAMS
from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.running import Latest, running

Rows = NDArray[np.int64]

SENDS = (
    "sysv.queue.send", "posix.queue.send", "mp.queue.put", "mp.simple_queue.put", "queues.queue.put",
    "queues.simple.put",
)  # fmt: skip
_REMOVES = ("sysv.queue.remove", "posix.queue.unlink")
_PEEK = 2


def messages(events: Events, flows: Flows, last_ns: int) -> Intervals:
    """Each message while it is in its queue: `send` the row of its send, `object` the queue.

    It is in the queue from the end of its send, or from the end of its receive where that was earlier, until it is
    received, until the queue is removed, or until the run ends. What a feeder thread passed on is followed through it.
    """
    sends = events.rows(*SENDS)
    until = np.full(len(events.begin_ns), last_ns + 1, np.int64)
    for name in _REMOVES:
        for row in events.rows(name).tolist():
            same = sends[events.object[sends] == events.object[row]]
            until[same] = np.minimum(until[same], events.end_ns[row])
    feeds = np.isin(events.op[flows.effect], [events.codes[n] for n in ("mp.queue.feed",) if n in events.codes])
    received = np.full(len(events.begin_ns), last_ns + 1, np.int64)
    received[flows.cause[~feeds]] = events.end_ns[flows.effect[~feeds]]
    until[sends] = np.minimum(until[sends], received[sends])
    fed = flows.cause[feeds]
    until[fed] = np.minimum(until[fed], received[flows.effect[feeds]])
    begin = np.minimum(events.end_ns[sends], until[sends])
    return Intervals(begin, until[sends], send=sends, object=events.object[sends])


class InFlight:
    """Bytes that one end of a connection has sent and the other has not received."""

    def __init__(self, events: Events) -> None:
        self._peer = connected(events)
        pipes = np.flatnonzero(events.of_kind("pipe"))
        self._peer[pipes] = pipes  # one object for both of its ends
        received = events.rows(*RECEIVES)
        received = received[events.a[received] & _PEEK == 0]
        of_messages = events.rows("connection.message.send")
        sent = np.concatenate((events.rows(*SENDS_OF_STREAMS, *WRITES), of_messages))
        size = np.where(np.isin(sent, of_messages), events.a[sent], events.b[sent])
        received = np.concatenate((received, events.rows(*READS, "connection.message.recv")))
        here = self._peer[events.object[sent]] > 0
        self._sent = _sum(events, sent[here], size[here])
        received = received[self._peer[events.object[received]] > 0]
        self._received = _sum(events, received, events.b[received])
        self.ends: Rows = self._sent.keys
        # The place among those that received of the other end of each that sent, one more than there are for none.
        wanted = self._peer[self._sent.keys]
        place = np.searchsorted(self._received.keys, wanted)
        known = np.append(self._received.keys, -1)[place] == wanted
        self._place = np.where(known, place, len(self._received.keys))

    def all_at(self, at_ns: int) -> Rows:
        """(ends,) how many bytes of each end that ever sent, or of a pipe, are under way."""
        received = np.append(self._received.all_at(at_ns), 0)[self._place]
        return np.asarray(np.maximum(self._sent.all_at(at_ns) - received, 0), np.int64)


def _sum(events: Events, rows: Rows, size: Rows) -> Latest:
    return running(events.object[rows], events.end_ns[rows], np.maximum(size, 0))
