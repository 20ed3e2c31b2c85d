"""Two locks that are taken in opposite orders: a deadlock that has not happened yet."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.locksets import ACQUIRES, locks_held


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
    rows = events.rows(*ACQUIRES, done=False)
    rows = rows[(events.a[rows] == -1) | (events.b[rows] == 1)]  # one that cannot wait cannot deadlock
    held = locks_held(events, rows)
    row, before = np.repeat(rows, held.count), held.lock
    taken = events.object[row]
    row, before, taken = (column[before != taken] for column in (row, before, taken))
    pairs = zip(before.tolist(), taken.tolist(), row.tolist(), events.lane[row].tolist(), strict=True)
    return {(one, other): (number, lane) for one, other, number, lane in reversed(list(pairs))}
