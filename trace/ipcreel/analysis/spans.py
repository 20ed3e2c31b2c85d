"""Each event as it is drawn: an interval on a lane, in others, a part of it blocked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.keys import dense, each_once, latest_so_far
from ipcreel.analysis.waits import ends_of, find_waits

Rows = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Spans:
    """The spans of a run, one an event.

    Attributes:
        lane: (n,) where each is drawn.
        begin_ns, end_ns: (n,) from when to when; a pending one ends with the reel.
        depth: (n,) in how many others of its lane it lies.
        blocked_ns: (n,) for how long of it its lane waited; of nested ones the outermost waits.
    """

    lane: Rows
    begin_ns: Rows
    end_ns: Rows
    depth: Rows
    blocked_ns: Rows

    def __len__(self) -> int:
        return len(self.lane)

    def __repr__(self) -> str:
        lanes, deepest = len(each_once(self.lane)), int(self.depth.max(initial=0))
        waits, blocked_s = int((self.blocked_ns > 0).sum()), self.blocked_ns.sum() / 1e9
        return f"<Spans: {len(self):,} in {lanes:,} lanes, at most {deepest} deep; {waits:,} waited, {blocked_s:.3f} s>"


def find_spans(events: Events, flows: Flows, window: tuple[int, int]) -> Spans:
    """The spans of a run; what was waited for is counted within a window of time."""
    waits = find_waits(events, ends_of(events, flows), window)
    blocked = np.zeros(len(events.lane), np.int64)
    blocked[waits.row] = waits.wait_ns
    depth = nesting(events.lane, events.begin_ns, events.end_ns)
    return Spans(events.lane, events.begin_ns, events.end_ns, depth, blocked)


def nesting(lane: Rows, begin_ns: Rows, end_ns: Rows) -> Rows:
    """(n,) in how many others of its lane each event lies: it ends with or before them, and begins after they did.

    Only what lies in others, and what they lie in, is gone through.
    """
    depth = np.zeros(len(lane), np.int64)
    order = np.lexsort((-end_ns, begin_ns, lane))
    group, _ = dense(lane[order])
    latest, begin = latest_so_far(np.stack((end_ns[order], begin_ns[order])), group)
    within = np.concatenate(([False], (group[1:] == group[:-1]) & (begin[1:] < latest[:-1])))[: len(order)]
    gone_through = order[within | np.append(within[1:], False)] if len(order) else order
    open_: list[int] = []
    columns = (gone_through, lane[gone_through], begin_ns[gone_through], end_ns[gone_through])
    last = -1
    for place, here, begun, ended in zip(*(column.tolist() for column in columns), strict=True):
        if here != last:
            open_, last = [], here
        while open_ and open_[-1] <= begun:
            open_.pop()
        depth[place] = len(open_)
        open_.append(ended)
    return depth
