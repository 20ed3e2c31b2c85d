"""Happens-before: program order in each lane, and flows between lanes (Lamport 1978)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import sort_stably

Rows = NDArray[np.int64]
Moments = NDArray[np.signedinteger]  # four bytes each, but where there are too many for that

_AT_ONCE = 1 << 17  # their moments fit a cache


class Arranged(NamedTuple):
    """Flows, lane by lane, by the place at which they touch it.

    place: (m,) that place. other_lane, other_place: (m,) their other end. first: (lanes + 1,) where each lane begins.
    """

    place: Moments
    other_lane: Rows
    other_place: Moments
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
    moment: Moments
    place: Moments
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
        effect, cause = self.effect[self.by_effect], self.cause[self.by_effect]
        return self._flows(effect * 2 + 1, cause * 2)

    def _flows(self, here: Rows, there: Rows) -> Arranged:
        """Arranged by the moments at one end; `here` is almost in order, and nearly so is every lane of it."""
        lane = self.lane[here >> 1]
        order = sort_stably(lane)
        here, there, lane = here[order], there[order], lane[order]
        place = self.place[here]
        again = np.argsort(lane * len(self.moment) + place, kind="stable")
        first = np.searchsorted(lane, np.arange(len(self.first)))
        there = there[again]
        return Arranged(place[again], self.lane[there >> 1], self.place[there], first)


def make_order(lane: Rows, begin_ns: Rows, end_ns: Rows, cause: Rows, effect: Rows, at_once: int = _AT_ONCE) -> Order:
    """Prepare the questions. O((n + m) log n).

    Args:
        lane, begin_ns, end_ns: (n,) columns of the events; a pending one ends with the reel.
        cause, effect: (m,) flows.
        at_once: of how many events the moments are put in order together, but for lanes that have more.
    """
    count = len(lane)
    first = 2 * np.concatenate(([0], np.cumsum(np.bincount(lane)))) if count else np.zeros(1, np.int64)
    by_lane = sort_stably(lane)
    moment: Moments = np.empty(2 * count, np.int32 if count < 1 << 30 else np.int64)
    place = np.empty_like(moment)
    for low, high in _blocks(first, 2 * at_once):
        rows = by_lane[first[low] // 2 : first[high] // 2]
        in_time = _in_time(lane[rows], begin_ns[rows], end_ns[rows])
        here = rows[in_time >> 1] * 2 + (in_time & 1)
        moment[first[low] : first[high]] = here
        place[here] = np.arange(first[low], first[high]) - first[lane[here >> 1]]
    by_cause = sort_stably(cause)
    cause, effect = cause[by_cause], effect[by_cause]
    return Order(lane, begin_ns, end_ns, moment, place, first, cause, effect, sort_stably(effect))


def _blocks(first: Rows, most: int) -> Iterator[tuple[int, int]]:
    """Lanes, from one up to another, that have at most so many moments together, or are one."""
    low, lanes = 0, len(first) - 1
    while low < lanes:
        high = max(int(np.searchsorted(first, first[low] + most, "right")) - 1, low + 1)
        yield low, high
        low = high


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
    flows = order.by_cause_place
    reached = np.diff(order.first)
    done = reached.copy()
    reached[order.lane[row]] = order.place[row * 2 + 1]
    # The begin of the event itself is a cause too: what it lets happen follows it though its own end may be later.
    own = order.effect[_equal(order.cause, row)]
    np.minimum.at(reached, order.lane[own], order.place[own * 2 + 1])
    pending = {int(order.lane[row]), *order.lane[own].tolist()}
    while pending:
        here = pending.pop()
        low, high = _between(flows, here, int(reached[here]), int(done[here]))
        done[here] = reached[here]
        lanes, places = flows.other_lane[low:high], flows.other_place[low:high]
        sooner = places < reached[lanes]
        np.minimum.at(reached, lanes[sooner], places[sooner])
        pending.update(lanes[sooner].tolist())
    return reached


def past(order: Order, row: int) -> Rows:
    """The frontier of what happens before an event: in each lane the number of moments that precede it."""
    flows = order.by_effect_place
    reached = np.zeros(len(order.first) - 1, np.int64)
    done = reached.copy()
    reached[order.lane[row]] = order.place[row * 2]
    own = order.cause[order.by_effect[_equal(order.effect[order.by_effect], row)]]
    np.maximum.at(reached, order.lane[own], order.place[own * 2] + 1)
    pending = {int(order.lane[row]), *order.lane[own].tolist()}
    while pending:
        here = pending.pop()
        low, high = _between(flows, here, int(done[here]), int(reached[here]))
        done[here] = reached[here]
        lanes, places = flows.other_lane[low:high], flows.other_place[low:high] + 1
        later = places > reached[lanes]
        np.maximum.at(reached, lanes[later], places[later])
        pending.update(lanes[later].tolist())
    return reached


def _between(flows: Arranged, lane: int, low: int, high: int) -> tuple[int, int]:
    """From where to where the flows stand that touch a lane from one place up to another."""
    begin = int(flows.first[lane])
    places = flows.place[begin : flows.first[lane + 1]]
    low, high = places.searchsorted(np.array((low, high), places.dtype)).tolist()  # else all are made wider first
    return begin + low, begin + high


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
    flows = order.by_effect_place
    start, goal = int(order.lane[one]), int(order.place[one * 2 + 1])
    own = int(order.place[one * 2])
    reached = {int(order.lane[other]): int(order.place[other * 2 + 1]) + 1}
    done: dict[int, int] = {}
    pending = list(reached)
    while pending:
        here = pending.pop()
        low = done[here] if here in done else _since(order, here, int(order.begin_ns[one]))
        done[here] = max(reached[here], low)
        low, high = _between(flows, here, low, reached[here])
        touched = flows.other_lane[low:high].tolist(), flows.other_place[low:high].tolist()
        for lane, at in zip(*touched, strict=True):
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
