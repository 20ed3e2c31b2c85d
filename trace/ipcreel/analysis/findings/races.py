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
_BLOCK_WRITE, _BLOCK_READ = "sysv.memory.write", "sysv.memory.read"
_BARE = (*(name + "_unlocked" for name in _LOCKED), _BLOCK_WRITE, _BLOCK_READ)
WRITES = ("mp.value.set", "mp.array.set", "mp.value.set_unlocked", "mp.array.set_unlocked", _BLOCK_WRITE)
READS = ("mp.value.get", "mp.array.get", "mp.value.get_unlocked", "mp.array.get_unlocked", _BLOCK_READ)
_NEIGHBOURS = 8  # accesses on each side that one is held against
QUESTIONS = 200  # about happens-before, for each pair of places in the program


def find_races(run: Run) -> list[Finding]:
    """Pairs of accesses of two lanes to one value, one of them a write, that nothing orders.

    Only neighbours in time are held against each other: a race that showed itself only between accesses far apart is
    not found. An access through the value's own lock counts as locked for itself alone; accesses to other items, or to
    other bytes of a block, do not meet.
    """
    events = run.events
    rows = events.rows(*WRITES, *READS)
    if not len(rows):
        return []
    writes = np.isin(events.op[rows], [events.codes[name] for name in WRITES if name in events.codes])
    bare = np.isin(events.op[rows], [events.codes[name] for name in _BARE if name in events.codes])
    locks = locks_held(events, rows)
    order = order_without_values(run)
    one, other = _neighbours(events, rows, writes)
    doubtful = (bare[one] | bare[other]) & ~locks.share(one, other)
    one, other = one[doubtful], other[doubtful]
    lines = np.sort(run.lines[np.stack((events.site[rows[one]], events.site[rows[other]]))], axis=0)
    (place,) = number_keys((events.object[rows[one]], lines[0], lines[1]))
    by_place = sort_stably(place)
    asked = np.sort(by_place[rank_in_runs(place[by_place]) < QUESTIONS])
    found: dict[int, Finding] = {}
    for pair in asked.tolist():
        first, second = int(rows[one[pair]]), int(rows[other[pair]])
        if int(place[pair]) in found or not _meet(events, first, second):
            continue
        if concurrent(order, first, second):
            found[int(place[pair])] = _finding(run, first, second, bool(writes[one[pair]]), bool(writes[other[pair]]))
    return list(found.values())


def order_without_values(run: Run) -> Order:
    """Happens-before by what synchronises alone: that a read saw a write orders nothing."""
    kept = run.flows.kind != KINDS.index("value")
    events = run.events
    return make_order(events.lane, events.begin_ns, events.end_ns, run.flows.cause[kept], run.flows.effect[kept])


def _neighbours(events: Events, rows: Rows, writes: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Places in `rows` of two accesses close in time, to one object, by two lanes, one of them a write.

    Single items have their neighbours among accesses to that item; what takes several among all of the object.
    """
    several = _takes_several(events, rows)
    item = np.where(several, -1, events.a[rows])
    (group,) = number_keys((events.object[rows], item))
    found = [_close(events, rows, writes, np.flatnonzero(~several), group)]
    if several.any():
        here = np.flatnonzero(np.isin(events.object[rows], events.object[rows[several]]))
        one, other = np.divmod(_close(events, rows, writes, here, events.object[rows]), len(rows))
        mixed = several[one] | several[other]
        found.append(one[mixed] * len(rows) + other[mixed])
    one, other = np.divmod(np.concatenate(found), len(rows))
    return one, other


def _close(events: Events, rows: Rows, writes: NDArray[np.bool_], here: Rows, group: Rows) -> Rows:
    """Pairs of some of the accesses that are neighbours in their group: place of the one × number of rows + other."""
    order = here[sort_in_keys(group[here], rows[here])]
    ordered, lane, writing = group[order], events.lane[rows[order]], writes[order]
    pairs = []
    for distance in range(1, _NEIGHBOURS + 1):
        fits = ordered[:-distance] == ordered[distance:]
        fits &= lane[:-distance] != lane[distance:]
        fits &= writing[:-distance] | writing[distance:]
        pairs.append(order[:-distance][fits] * len(rows) + order[distance:][fits])
    return np.concatenate(pairs)


def _takes_several(events: Events, rows: Rows) -> NDArray[np.bool_]:
    """(n,) whether an access is to several items, or to bytes of a block."""
    blocks = [events.codes[name] for name in (_BLOCK_WRITE, _BLOCK_READ) if name in events.codes]
    arrays = [code for name, code in events.codes.items() if name.startswith("mp.array.")]
    found = np.isin(events.op[rows], blocks) | (np.isin(events.op[rows], arrays) & (events.b[rows] != 0))
    return np.asarray(found, np.bool_)


def _meet(events: Events, one: int, other: int) -> bool:
    """Whether two accesses to one object are to the same items or bytes."""
    places = [_places(events, row) for row in (one, other)]
    if any(not each for each in places):
        return False
    low, high = max(each[0] for each in places), min(each[-1] for each in places)
    shorter, longer = sorted(places, key=len)
    return low <= high and any(at in longer for at in shorter)


def _places(events: Events, row: int) -> range:
    """Which items or bytes an access is to, ascending."""
    if not _takes_several(events, np.array([row]))[0]:
        first = int(events.a[row])
        return range(first, first + 1)
    first, step = int(events.a[row]), int(events.b[row])
    if events.op[row] in (events.codes.get(_BLOCK_WRITE), events.codes.get(_BLOCK_READ)):
        return range(first, first + step)
    items = events.payload(row)
    found = range(first, first + step * (len(items) if isinstance(items, (list, tuple, bytes, str)) else 0), step)
    return found if step > 0 else found[::-1]


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
        "No lock that only one of them can have at a time is held over both; a semaphore of two or more is none."
        if run.events.objects[int(run.events.object[second])][0].startswith("sysv.")
        else "One of them does not hold the lock of the value.",
    )
