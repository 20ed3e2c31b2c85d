"""Shared values that are read while they are written, with no order and no lock between."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.locksets import locks_held
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.order import Order, concurrent, make_order

_LOCKED = ("mp.value.get", "mp.value.set", "mp.array.get", "mp.array.set")
_BARE = tuple(name + "_unlocked" for name in _LOCKED)
_WRITES = ("mp.value.set", "mp.array.set", "mp.value.set_unlocked", "mp.array.set_unlocked", "sysv.memory.write")
_READS = ("mp.value.get", "mp.array.get", "mp.value.get_unlocked", "mp.array.get_unlocked", "sysv.memory.read")
_NEIGHBOURS = 8  # accesses on each side that one is held against
_QUESTIONS = 200  # about happens-before, for each pair of places in the program


def find_races(run: Run) -> list[Finding]:
    """Pairs of accesses of two lanes to one value, one of them a write, that nothing orders.

    Only neighbours in time are held against each other: a race that showed itself only between accesses far apart is
    not found. An access through the value's own lock counts as locked for itself alone.
    """
    events = run.events
    rows = events.rows(*_WRITES, *_READS)
    if not len(rows):
        return []
    writes = np.isin(events.op[rows], [events.codes[name] for name in _WRITES if name in events.codes])
    bare = np.isin(events.op[rows], [events.codes[name] for name in _BARE if name in events.codes])
    locks = locks_held(events, rows)
    order = _order_without_values(run)
    asked: dict[tuple[int, int, int], int] = {}
    found: dict[tuple[int, int, int], Finding] = {}
    for one, other in _neighbours(events, rows, writes):
        if locks[one] & locks[other] or not (bare[one] or bare[other]):
            continue
        first, second = int(rows[one]), int(rows[other])
        sites = sorted((int(events.site[first]), int(events.site[second])))
        place = (int(events.object[first]), sites[0], sites[1])
        if place in found or asked.get(place, 0) >= _QUESTIONS:
            continue
        asked[place] = asked.get(place, 0) + 1
        if concurrent(order, first, second):
            found[place] = _finding(run, first, second, bool(writes[one]), bool(writes[other]))
    return list(found.values())


def _order_without_values(run: Run) -> Order:
    """Happens-before by what synchronises alone: that a read saw a write orders nothing."""
    kept = run.flows.kind != KINDS.index("value")
    events = run.events
    return make_order(events.lane, events.begin_ns, events.end_ns, run.flows.cause[kept], run.flows.effect[kept])


def _neighbours(events: Events, rows: np.ndarray, writes: np.ndarray) -> list[tuple[int, int]]:
    """Places in `rows` of two accesses close in time, to one object, by two processes, one of them a write."""
    order = np.lexsort((rows, events.object[rows]))
    pairs = []
    for distance in range(1, _NEIGHBOURS + 1):
        one, other = order[:-distance], order[distance:]
        fits = events.object[rows[one]] == events.object[rows[other]]
        fits &= events.lane[rows[one]] != events.lane[rows[other]]
        fits &= writes[one] | writes[other]
        pairs += list(zip(one[fits].tolist(), other[fits].tolist(), strict=True))
    return pairs


def _finding(run: Run, first: int, second: int, first_writes: bool, second_writes: bool) -> Finding:
    does = [
        f"{run.lane_name(row)} {'writes' if writes else 'reads'}"
        for row, writes in ((first, first_writes), (second, second_writes))
    ]
    return Finding(
        "data-race",
        int(run.events.begin_ns[second]),
        (first, second),
        f"{does[0]} {run.object_name(first)} and {does[1]} it, and nothing says which comes first.",
        "One of them does not hold the lock of the value.",
    )
