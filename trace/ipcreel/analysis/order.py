"""Happens-before: program order in each lane, and flows between lanes (Lamport 1978)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import sort_in_keys, sort_stably

Rows = NDArray[np.int64]


class Arranged(NamedTuple):
    """Flows, lane by lane, by the place at which they touch it.

    place: (m,) that place. other_lane, other_place: (m,) their other end. first: (lanes + 1,) where each lane begins.
    """

    place: Rows
    other_lane: Rows
    other_place: Rows
    first: Rows


@dataclass(frozen=True)
class Order:
    """The graph that happens-before is the reachability of.

    A flow leads from the begin of its cause to the end of its effect: what a receive's own begin did not wait for, its
    end did. So an event has two moments, and both stand on the line of its lane in the order of time.

    Attributes:
        lane, begin_ns, end_ns: (n,) columns of the events.
        moment: (2n,) the moments in order of time within each lane: row * 2 for a begin, row * 2 + 1 for an end.
        place: (2n,) where each moment stands within its lane.
        first: (lanes + 1,) where each lane's moments begin in `moment`.
        cause, effect: (m,) flows, rows of events, in order of cause.
        by_effect: (m,) the flows in order of effect.
    """

    lane: Rows
    begin_ns: Rows
    end_ns: Rows
    moment: Rows
    place: Rows
    first: Rows
    cause: Rows
    effect: Rows
    by_effect: Rows

    @cached_property
    def by_cause_place(self) -> Arranged:
        """The flows as they leave each lane."""
        return self._flows(self.cause * 2, self.effect * 2 + 1)

    @cached_property
    def by_effect_place(self) -> Arranged:
        """The flows as they arrive in each lane."""
        return self._flows(self.effect * 2 + 1, self.cause * 2)

    def _flows(self, here: Rows, there: Rows) -> Arranged:
        lane, other_lane = self.lane[here >> 1], self.lane[there >> 1]
        order = sort_in_keys(lane, self.place[here])
        first = np.searchsorted(lane[order], np.arange(len(self.first)))
        return Arranged(self.place[here[order]], other_lane[order], self.place[there[order]], first)


def make_order(lane: Rows, begin_ns: Rows, end_ns: Rows, cause: Rows, effect: Rows) -> Order:
    """Prepare the questions. O((n + m) log n).

    Args:
        lane, begin_ns, end_ns: (n,) columns of the events; a pending one ends with the reel.
        cause, effect: (m,) flows.
    """
    count = len(lane)
    first = 2 * np.concatenate(([0], np.cumsum(np.bincount(lane)))) if count else np.zeros(1, np.int64)
    by_lane = sort_stably(lane)
    moment = _in_time(lane[by_lane], begin_ns[by_lane], end_ns[by_lane])
    moment = by_lane[moment >> 1] * 2 + (moment & 1)
    place = np.empty(2 * count, np.int64)
    place[moment] = np.arange(2 * count) - first[lane[moment >> 1]]
    by_cause = sort_stably(cause)
    cause, effect = cause[by_cause], effect[by_cause]
    return Order(lane, begin_ns, end_ns, moment, place, first, cause, effect, sort_stably(effect))


def _in_time(lane: Rows, begin_ns: Rows, end_ns: Rows) -> Rows:
    """(2n,) begins and ends, one after the other, in order of time within each lane; `lane` is ascending.

    At one moment an end stands before a begin, unless both are of one event.
    """
    at_ns = np.stack((begin_ns, end_ns), axis=1)
    at_once = end_ns <= begin_ns
    base = int(at_ns.min()) if len(lane) else 0
    span = 3 * (int(at_ns.max(initial=base)) - base + 1)
    if span * (int(lane.max(initial=0)) + 1) < 1 << 62:
        at_ns -= base
        at_ns *= 3
        at_ns += lane[:, None] * span
        at_ns[:, 0] += 1
        at_ns[at_once, 1] += 2
        # What is almost in order, as events are that seldom lie in one another, is sorted in little more than n steps.
        return np.argsort(at_ns.reshape(-1), kind="stable")
    kind = np.stack((np.ones(len(lane), np.int64), np.where(at_once, 2, 0)), axis=1)
    return np.lexsort((kind.reshape(-1), at_ns.reshape(-1), np.repeat(lane, 2)))


def future(order: Order, row: int) -> Rows:
    """The frontier of what an event happens before: in each lane the place of the first moment that follows it.

    Returns:
        (lanes,) places; a lane's number of moments where nothing in it follows.
    """
    place, other_lane, other_place, first = order.by_cause_place
    reached = np.diff(order.first)
    done = reached.copy()
    reached[order.lane[row]] = order.place[row * 2 + 1]
    # The begin of the event itself is a cause too: what it lets happen follows it though its own end may be later.
    own = order.effect[_equal(order.cause, row)]
    np.minimum.at(reached, order.lane[own], order.place[own * 2 + 1])
    pending = {int(order.lane[row]), *order.lane[own].tolist()}
    while pending:
        here = pending.pop()
        low, high = place[first[here] : first[here + 1]].searchsorted((reached[here], done[here]))
        done[here] = reached[here]
        flows = slice(int(first[here] + low), int(first[here] + high))
        lanes, places = other_lane[flows], other_place[flows]
        sooner = places < reached[lanes]
        np.minimum.at(reached, lanes[sooner], places[sooner])
        pending.update(lanes[sooner].tolist())
    return reached


def past(order: Order, row: int) -> Rows:
    """The frontier of what happens before an event: in each lane the number of moments that precede it."""
    place, other_lane, other_place, first = order.by_effect_place
    reached = np.zeros(len(order.first) - 1, np.int64)
    done = reached.copy()
    reached[order.lane[row]] = order.place[row * 2]
    own = order.cause[order.by_effect[_equal(order.effect[order.by_effect], row)]]
    np.maximum.at(reached, order.lane[own], order.place[own * 2] + 1)
    pending = {int(order.lane[row]), *order.lane[own].tolist()}
    while pending:
        here = pending.pop()
        low, high = place[first[here] : first[here + 1]].searchsorted((done[here], reached[here]))
        done[here] = reached[here]
        flows = slice(int(first[here] + low), int(first[here] + high))
        lanes, places = other_lane[flows], other_place[flows] + 1
        later = places > reached[lanes]
        np.maximum.at(reached, lanes[later], places[later])
        pending.update(lanes[later].tolist())
    return reached


def _equal(values: Rows, wanted: int) -> slice:
    return slice(int(np.searchsorted(values, wanted, "left")), int(np.searchsorted(values, wanted, "right")))


def happens_before(order: Order, one: int, other: int) -> bool:
    """Whether the begin of `one` could have had an influence on the end of `other`, and not only by chance of time."""
    if one == other:
        return False
    if order.lane[one] == order.lane[other]:
        return bool(order.place[one * 2 + 1] <= order.place[other * 2])
    return _reaches(order, one, other)


def _reaches(order: Order, one: int, other: int) -> bool:
    """Whether a path leads from the begin of `one` to the end of `other`, in another lane: a walk back from there.

    What lies on such a path does not lie before the begin of `one`: so far and no further goes the walk.
    """
    place, other_lane, other_place, first = order.by_effect_place
    start, goal = int(order.lane[one]), int(order.place[one * 2 + 1])
    own = int(order.place[one * 2])
    reached = {int(order.lane[other]): int(order.place[other * 2 + 1]) + 1}
    done: dict[int, int] = {}
    pending = list(reached)
    while pending:
        here = pending.pop()
        low = done[here] if here in done else _since(order, here, int(order.begin_ns[one]))
        done[here] = max(reached[here], low)
        low, high = place[first[here] : first[here + 1]].searchsorted((low, reached[here]))
        flows = slice(int(first[here] + low), int(first[here] + high))
        for lane, at in zip(other_lane[flows].tolist(), other_place[flows].tolist(), strict=True):
            if lane == start and (at == own or at >= goal):
                return True
            if at >= reached.get(lane, 0):
                reached[lane] = at + 1
                pending.append(lane)
    return False


def _since(order: Order, lane: int, at_ns: int) -> int:
    """The place of the first moment of a lane that is not before `at_ns`."""
    first = int(order.first[lane])
    low, high = first, int(order.first[lane + 1])
    while low < high:
        middle = (low + high) // 2
        moment = int(order.moment[middle])
        when = order.end_ns[moment >> 1] if moment & 1 else order.begin_ns[moment >> 1]
        low, high = (middle + 1, high) if when < at_ns else (low, middle)
    return low - first


def concurrent(order: Order, one: int, other: int) -> bool:
    """Whether neither happens before the other."""
    return one != other and not happens_before(order, one, other) and not happens_before(order, other, one)


def cone(order: Order, row: int, after: bool) -> Rows:
    """All events that happen after an event, or before it: rows, ascending."""
    frontier = future(order, row) if after else past(order, row)
    parts = []
    for lane, reach in enumerate(frontier.tolist()):
        moments = order.moment[order.first[lane] : order.first[lane + 1]]
        if after:
            kept = moments[reach:]
            parts.append(kept[kept % 2 == 1] // 2)
        else:
            kept = moments[:reach]
            parts.append(kept[kept % 2 == 0] // 2)
    rows = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)  # each event has one begin, and one end
    return np.asarray(rows[rows != row], np.int64)
