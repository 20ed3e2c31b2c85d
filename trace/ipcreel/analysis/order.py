"""Happens-before: program order in each lane, and flows between lanes (Lamport 1978)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """The graph that happens-before is the reachability of.

    A flow leads from the begin of its cause to the end of its effect: what a receive's own begin did not wait for, its
    end did. So an event has two moments, and both stand on the line of its lane in the order of time.

    Attributes:
        lane: (n,) the lane of each event.
        moment: (2n,) the moments in order of time within each lane: row * 2 for a begin, row * 2 + 1 for an end.
        place: (2n,) where each moment stands within its lane.
        first: (lanes + 1,) where each lane's moments begin in `moment`.
        cause, effect: (m,) flows, rows of events, in order of cause.
        by_effect: (m,) the flows in order of effect.
    """

    lane: Rows
    moment: Rows
    place: Rows
    first: Rows
    cause: Rows
    effect: Rows
    by_effect: Rows


def make_order(lane: Rows, begin_ns: Rows, end_ns: Rows, cause: Rows, effect: Rows) -> Order:
    """Prepare the questions. O((n + m) log n).

    Args:
        lane, begin_ns, end_ns: (n,) columns of the events; a pending one ends with the reel.
        cause, effect: (m,) flows.
    """
    count = len(lane)
    lanes = int(lane.max()) + 1 if count else 0
    rows = np.arange(count)
    moments = np.concatenate((rows * 2, rows * 2 + 1))
    at_ns = np.concatenate((begin_ns, end_ns))
    both_lanes = np.concatenate((lane, lane))
    # At one moment an end stands before a begin, unless both are of one event.
    is_end = np.concatenate((np.zeros(count, np.int64), np.where(end_ns > begin_ns, -1, 1)))
    order = np.lexsort((moments, is_end, at_ns, both_lanes))
    moment = moments[order]
    first = np.searchsorted(both_lanes[order], np.arange(lanes + 1))
    place = np.empty(2 * count, np.int64)
    place[moment] = np.arange(2 * count) - first[both_lanes[order]]
    by_cause = np.argsort(cause, kind="stable")
    cause, effect = cause[by_cause], effect[by_cause]
    return Order(lane, moment, place, first, cause, effect, np.argsort(effect, kind="stable"))


def future(order: Order, row: int) -> Rows:
    """The frontier of what an event happens before: in each lane the place of the first moment that follows it.

    Returns:
        (lanes,) places; a lane's number of moments where nothing in it follows.
    """
    lanes = len(order.first) - 1
    reached = np.diff(order.first)
    size = reached.copy()
    reached[order.lane[row]] = order.place[row * 2 + 1]
    flow_place, flow_lane, next_place, next_lane = _flow_moments(order)
    by_lane = np.lexsort((flow_place, flow_lane))
    starts = np.searchsorted(flow_lane[by_lane], np.arange(lanes + 1))
    done = size.copy()
    pending = {int(order.lane[row])}
    # The begin of the event itself is a cause too: what it lets happen follows it though its own end may be later.
    own = np.flatnonzero(order.cause == row)
    for flow in own.tolist():
        lane = int(next_lane[flow])
        reached[lane] = min(reached[lane], next_place[flow])
        pending.add(lane)
    while pending:
        lane = pending.pop()
        flows = by_lane[starts[lane] : starts[lane + 1]]
        low = int(np.searchsorted(flow_place[flows], reached[lane]))
        high = int(np.searchsorted(flow_place[flows], done[lane]))
        done[lane] = reached[lane]
        for flow in flows[low:high].tolist():
            other = int(next_lane[flow])
            if next_place[flow] < reached[other]:
                reached[other] = next_place[flow]
                pending.add(other)
    return reached


def past(order: Order, row: int) -> Rows:
    """The frontier of what happens before an event: in each lane the number of moments that precede it."""
    lanes = len(order.first) - 1
    reached = np.zeros(lanes, np.int64)
    flow_place, flow_lane, next_place, next_lane = _flow_moments(order)
    by_lane = np.lexsort((next_place, next_lane))
    starts = np.searchsorted(next_lane[by_lane], np.arange(lanes + 1))
    own_lane = int(order.lane[row])
    reached[own_lane] = order.place[row * 2]
    done = np.zeros(lanes, np.int64)
    pending = {own_lane}
    for flow in order.by_effect[_equal(order.effect[order.by_effect], row)].tolist():
        lane = int(flow_lane[flow])
        reached[lane] = max(reached[lane], flow_place[flow] + 1)
        pending.add(lane)
    while pending:
        lane = pending.pop()
        flows = by_lane[starts[lane] : starts[lane + 1]]
        low = int(np.searchsorted(next_place[flows], done[lane]))
        high = int(np.searchsorted(next_place[flows], reached[lane]))
        done[lane] = reached[lane]
        for flow in flows[low:high].tolist():
            other = int(flow_lane[flow])
            if flow_place[flow] + 1 > reached[other]:
                reached[other] = flow_place[flow] + 1
                pending.add(other)
    return reached


def _equal(values: Rows, wanted: int) -> slice:
    return slice(int(np.searchsorted(values, wanted, "left")), int(np.searchsorted(values, wanted, "right")))


def _flow_moments(order: Order) -> tuple[Rows, Rows, Rows, Rows]:
    """Place and lane of each flow's cause (its begin) and of its effect (its end)."""
    return (
        order.place[order.cause * 2],
        order.lane[order.cause],
        order.place[order.effect * 2 + 1],
        order.lane[order.effect],
    )


def happens_before(order: Order, one: int, other: int) -> bool:
    """Whether the begin of `one` could have had an influence on the end of `other`, and not only by chance of time."""
    if one == other:
        return False
    if order.lane[one] == order.lane[other]:
        return bool(order.place[one * 2 + 1] <= order.place[other * 2])
    return bool(future(order, one)[order.lane[other]] <= order.place[other * 2 + 1])


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
    rows = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return np.asarray(rows[rows != row], np.int64)
