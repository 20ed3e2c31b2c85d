"""Shared values that are read while they are written, with no order and no lock between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.locksets import locks_held
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.keys import number_keys, rank_in_runs, sort_in_keys, sort_stably
from ipcreel.analysis.order import Order, concurrent, make_order

Rows = NDArray[np.int64]

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
    one, other = _neighbours(events, rows, writes)
    doubtful = (bare[one] | bare[other]) & ~locks.share(one, other)
    one, other = one[doubtful], other[doubtful]
    sites = np.sort(np.stack((events.site[rows[one]], events.site[rows[other]])), axis=0)
    (place,) = number_keys((events.object[rows[one]], sites[0], sites[1]))
    by_place = sort_stably(place)
    asked = np.sort(by_place[rank_in_runs(place[by_place]) < _QUESTIONS])
    found: dict[int, Finding] = {}
    for pair in asked.tolist():
        first, second = int(rows[one[pair]]), int(rows[other[pair]])
        if int(place[pair]) not in found and concurrent(order, first, second):
            found[int(place[pair])] = _finding(run, first, second, bool(writes[one[pair]]), bool(writes[other[pair]]))
    return list(found.values())


def _order_without_values(run: Run) -> Order:
    """Happens-before by what synchronises alone: that a read saw a write orders nothing."""
    kept = run.flows.kind != KINDS.index("value")
    events = run.events
    return make_order(events.lane, events.begin_ns, events.end_ns, run.flows.cause[kept], run.flows.effect[kept])


def _neighbours(events: Events, rows: Rows, writes: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Places in `rows` of two accesses close in time, to one object, by two processes, one of them a write."""
    order = sort_in_keys(events.object[rows], rows)
    ones, others = [], []
    for distance in range(1, _NEIGHBOURS + 1):
        one, other = order[:-distance], order[distance:]
        fits = events.object[rows[one]] == events.object[rows[other]]
        fits &= events.lane[rows[one]] != events.lane[rows[other]]
        fits &= writes[one] | writes[other]
        ones.append(one[fits])
        others.append(other[fits])
    return np.concatenate(ones), np.concatenate(others)


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
