"""Vector clocks: what of every lane each event had seen (Mattern 1989), kept only where a flow arrives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import run_starts
from ipcreel.analysis.order import Order

Rows = NDArray[np.int64]

_AT_ONCE = 1 << 16  # arrivals that are Python's numbers at one time


class Clocks:
    """The clocks of a run, by the order that its flows make.

    Between two arrivals of flows a lane sees nothing new but itself: one row of numbers an arrival is enough.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        other = order.lane[order.cause] != order.lane[order.effect]
        flows = order.by_effect[other[order.by_effect]]
        self._cause, effect = order.cause[flows], order.effect[flows]
        starts = run_starts(effect)
        self._events, self._first = effect[starts], np.append(starts, len(flows))
        self._before = self._arrivals_before()
        self._seen = self._sweep(len(order.first) - 1)

    def _arrivals_before(self) -> NDArray[np.int32]:
        """(2n,) the last arrival before each moment in its lane; -1 where there is none."""
        order = self._order
        ends = self._events * 2 + 1
        standing = np.full(len(order.moment) + 1, -1, order.place.dtype)
        places = order.first[order.lane[self._events]] + order.place[ends]
        standing[places + 1] = places
        np.maximum.accumulate(standing, out=standing)
        standing = standing[:-1]
        standing[standing < np.repeat(order.first[:-1], np.diff(order.first))] = -1
        arrival = np.full(len(order.moment) + 1, -1, np.int32)
        arrival[places] = np.arange(len(places))
        before = np.empty(len(order.moment), np.int32)
        before[order.moment] = arrival[standing]
        return before

    def _sweep(self, lanes: int) -> NDArray[np.int32]:
        """(arrivals + 1, lanes) how many moments of each lane are known after each arrival; the last row is zeros."""
        order, count = self._order, len(self._events)
        seen = np.zeros((count + 1, lanes), np.int32)
        own = self._before[self._events * 2 + 1]
        source = self._before[self._cause * 2]
        source_lane, source_place = order.lane[self._cause], order.place[self._cause * 2] + 1
        by_time = np.argsort(order.end_ns[self._events], kind="stable")
        for begin in range(0, count, _AT_ONCE):
            arrivals = by_time[begin : begin + _AT_ONCE]
            lows, highs = self._first[arrivals], self._first[arrivals + 1]
            columns = (arrivals, own[arrivals], lows, highs, source[lows], source_lane[lows], source_place[lows])
            for arrival, mine, low, high, its, lane, place in zip(*(c.tolist() for c in columns), strict=True):
                clock = seen[arrival]
                if high - low == 1:
                    np.maximum(seen[mine], seen[its], out=clock)
                    clock[lane] = max(clock[lane], place)
                else:
                    np.maximum(seen[mine], seen[source[low:high]].max(axis=0), out=clock)
                    np.maximum.at(clock, source_lane[low:high], source_place[low:high].astype(np.int32))
        return seen

    def seen(self, events: Rows, lanes: Rows) -> Rows:
        """(n,) of each event how many moments of a lane were known at its begin; of its own lane, all before."""
        lane = self._order.lane[events]
        known = self._seen[self._before[events * 2], lanes].astype(np.int64)
        return np.where(lane == lanes, self._order.place[events * 2], known)

    def before(self, one: Rows, other: Rows) -> NDArray[np.bool_]:
        """(n,) whether each event was over before the other began, in every schedule."""
        ended = self._order.place[one * 2 + 1]
        return np.asarray(self.seen(other, self._order.lane[one]) > ended, np.bool_)

    def each_before(self, events: Rows) -> Callable[[int, int], bool]:
        """The same for pairs of some events, of different lanes, by their places: for many questions about few."""
        order = self._order
        arrivals, lanes = self._before[events * 2].tolist(), order.lane[events].tolist()
        ended = order.place[events * 2 + 1].tolist()
        return lambda one, other: bool(self._seen[arrivals[other], lanes[one]] > ended[one])

    def clock(self, event: int) -> Rows:
        """(lanes,) how many moments of each lane had happened before the begin of an event."""
        lanes = np.arange(len(self._order.first) - 1)
        return self.seen(np.full(len(lanes), event), lanes)
