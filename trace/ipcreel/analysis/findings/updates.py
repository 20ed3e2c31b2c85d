"""Shared values that are read and written again as if that were one step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.locksets import locks_held
from ipcreel.analysis.findings.races import QUESTIONS, order_without_values
from ipcreel.analysis.keys import number_keys, sort_in_keys
from ipcreel.analysis.order import concurrent

Rows = NDArray[np.int64]

_GETS, _SETS = ("mp.value.get", "mp.array.get"), ("mp.value.set", "mp.array.set")
_NEAR = 4  # writes on each side that one update is held against


def find_lost_updates(run: Run) -> list[Finding]:
    """Lines that read a shared value and write it again, `value += 1`, while another lane may write it in between.

    Each of the two accesses takes the value's lock for itself; told is where no lock is held over both that the other
    lane holds too, and nothing says that its write comes before or after. What is read on one line and written on
    another may be meant for anything, and is not told.
    """
    events = run.events
    rows = events.rows(*_GETS, *_SETS)
    rows = rows[events.b[rows] == 0] if len(rows) else rows
    item = number_keys((events.object[rows], _item(events, rows)))[0]
    sets = np.isin(events.op[rows], [events.codes[name] for name in _SETS if name in events.codes])
    reads, writes = _updates(run, rows, item, sets)
    if not len(reads):
        return []
    locks, order = locks_held(events, rows), order_without_values(run)
    lost: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    open_: dict[tuple[int, int], tuple[int, int, int]] = {}
    asked: dict[tuple[int, int], int] = {}
    for read, write, other in _against(events, rows, item, sets, reads, writes):
        key = (int(events.object[rows[read]]), int(run.lines[events.site[rows[read]]]))
        between = _is_between(events, *rows[[read, other, write]].tolist())
        asked[key] = asked.get(key, 0) + 1
        if (not between and (key in open_ or asked[key] > QUESTIONS)) or locks[read] & locks[write] & locks[other]:
            continue
        if not concurrent(order, int(rows[other]), int(rows[write if rows[other] < rows[write] else read])):
            continue
        three = int(rows[read]), int(rows[write]), int(rows[other])
        open_.setdefault(key, three)
        if between:
            lost.setdefault(key, []).append(three)
    return [_finding(run, lost.get(key, []), three) for key, three in open_.items()]


def _is_between(events: Events, one: int, between: int, other: int) -> bool:
    return bool(events.end_ns[one] <= events.begin_ns[between] and events.end_ns[between] <= events.begin_ns[other])


def _item(events: Events, rows: Rows) -> Rows:
    """(n,) which item of its object each access is to: a value has one."""
    arrays = [code for name, code in events.codes.items() if name.startswith("mp.array.")]
    return np.where(np.isin(events.op[rows], arrays), events.a[rows], 0)


def _updates(run: Run, rows: Rows, item: Rows, sets: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Places of reads, and of the write of the same item that their lane made next, on the same line."""
    line = run.lines[run.events.site[rows]]
    (own,) = number_keys((item, run.events.lane[rows]))
    order = sort_in_keys(own, rows)
    one, other = order[:-1], order[1:]
    fits = (own[one] == own[other]) & ~sets[one] & sets[other]
    fits &= line[one] == line[other]
    return one[fits], other[fits]


def _against(
    events: Events, rows: Rows, item: Rows, sets: NDArray[np.bool_], reads: Rows, writes: Rows
) -> list[tuple[int, int, int]]:
    """Updates with the writes of other lanes to the same item that are close to them in time, the closest first."""
    puts = np.flatnonzero(sets)
    puts = puts[sort_in_keys(item[puts], rows[puts])]
    place = np.empty(len(rows), np.int64)
    place[puts] = np.arange(len(puts))
    found = []
    for distance in (step for each in range(1, _NEAR + 1) for step in (-each, each)):
        at = place[writes] + distance
        there = (at >= 0) & (at < len(puts))
        other = puts[np.clip(at, 0, len(puts) - 1)]
        there &= (item[other] == item[writes]) & (events.lane[rows[other]] != events.lane[rows[writes]])
        found += list(zip(reads[there].tolist(), writes[there].tolist(), other[there].tolist(), strict=True))
    return found


def _finding(run: Run, lost: list[tuple[int, int, int]], open_: tuple[int, int, int]) -> Finding:
    read, write, other = lost[0] if lost else open_
    name = run.object_name(read)
    happened = (
        f" This happened {'once' if len({three[1] for three in lost}) == 1 else f'{len({t[1] for t in lost})} times'}."
        if lost
        else " It did not happen in this run."
    )
    return Finding(
        "lost-update",
        int(run.events.begin_ns[write]),
        (write, read, other),
        f"{run.lane_name(read)} reads {name} and writes it again on one line; {run.lane_name(other)} may write it in "
        f"between, and what it wrote is lost.{happened}",
        "Each access is locked for itself alone: hold the value's lock (`get_lock()`) over both.",
    )
