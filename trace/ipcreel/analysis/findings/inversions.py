"""Two locks that are taken in opposite orders: a deadlock that has not happened yet."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.flows.semaphores import KINDS


def find_inversions(run: Run) -> list[Finding]:
    """Pairs of locks of which one lane took the second while it held the first, and another the other way round."""
    taken = _orders(run.events)
    found = []
    for (first, second), (row, lane) in sorted(taken.items()):
        opposite = taken.get((second, first))
        if first < second and opposite is not None and opposite[1] != lane:
            names = [run.events.objects[number][3] for number in (first, second)]
            found.append(
                Finding(
                    "lock-order",
                    int(run.events.begin_ns[max(row, opposite[0])]),
                    (row, opposite[0]),
                    f"{run.lane_names[lane]} takes {names[0]} and then {names[1]}, "
                    f"{run.lane_names[opposite[1]]} {names[1]} and then {names[0]}.",
                    "When both are between their two locks, neither goes on: one order for all mends it.",
                )
            )
    return found


def _orders(events: Events) -> dict[tuple[int, int], tuple[int, int]]:
    """(lock held, lock taken) → the first acquire that did so, and its lane."""
    kinds = [kind for kind in KINDS if not kind.creates and kind.answers]
    acquires = np.array([events.codes[n] for kind in kinds for n in kind.acquires if n in events.codes], np.int64)
    rows = events.rows(*(name for kind in kinds for name in kind.acquires + kind.releases), done=False)
    is_acquire = np.isin(events.op[rows], acquires)
    held: dict[int, list[int]] = {}
    orders: dict[tuple[int, int], tuple[int, int]] = {}
    for row, acquires_it in zip(rows.tolist(), is_acquire.tolist(), strict=True):
        lane, number = int(events.lane[row]), int(events.object[row])
        here = held.setdefault(lane, [])
        if not acquires_it:
            if number in here:
                here.remove(number)
            continue
        if events.a[row] == -1 or events.b[row] == 1:  # one that cannot wait cannot deadlock
            for other in here:
                if other != number:
                    orders.setdefault((other, number), (row, lane))
        if events.b[row] == 1:
            here.append(number)
    return orders
