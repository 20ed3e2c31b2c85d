"""Which operation each lane was in at a moment, and who holds what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.semaphores import KINDS
from ipcreel.analysis.keys import number_keys, rank_in_runs, sort_stably
from ipcreel.analysis.state.conditions import Conditions

Rows = NDArray[np.int64]

JOINS = ("mp.process.join", "process.wait_pid")


class Wait(NamedTuple):
    """A lane that was blocked.

    Attributes:
        lane: the lane.
        event: the operation that it was in.
        holders: the lanes that held what it waited for; empty where nobody in particular does.
    """

    lane: int
    event: int
    holders: tuple[int, ...]


class Waits(Sequence[Wait]):
    """The waits of lanes, each made where it is asked for.

    Args:
        lanes, events: (n,) who was blocked, ascending; in what.
        holders: lane → who held what it waited for; a lane that is not there waited for nobody in particular.
    """

    def __init__(self, lanes: Rows, events: Rows, holders: dict[int, tuple[int, ...]]) -> None:
        self._lanes, self._events, self._holders = lanes, events, holders

    def __len__(self) -> int:
        return len(self._lanes)

    @overload
    def __getitem__(self, place: int) -> Wait: ...

    @overload
    def __getitem__(self, place: slice) -> list[Wait]: ...

    def __getitem__(self, place: int | slice) -> Wait | list[Wait]:
        if isinstance(place, slice):
            return list(Waits(self._lanes[place], self._events[place], self._holders))
        return self._wait(int(self._lanes[place]), int(self._events[place]))

    def __iter__(self) -> Iterator[Wait]:
        return map(self._wait, self._lanes.tolist(), self._events.tolist())

    def _wait(self, lane: int, event: int) -> Wait:
        return Wait(lane, event, self._holders.get(lane, ()))


@dataclass(frozen=True)
class WaitForGraph:
    """Who was blocked on what, held by whom, at one moment.

    Attributes:
        waits: one for each blocked lane.
        cycles: lanes that wait for each other in a ring, each ring once, from its lowest lane on.
    """

    waits: Sequence[Wait]
    cycles: tuple[tuple[int, ...], ...]


def wait_for(events: Events, at_ns: int) -> WaitForGraph:
    """Who is blocked on whom at one moment.

    Args:
        events: the run.
        at_ns: the moment, CLOCK_MONOTONIC.
    """
    blocked = innermost(events, at_ns)
    holding = holders(events, at_ns)
    waits = []
    for lane, row in sorted(blocked.items()):
        held_by = [holder for holder in holding.get(int(events.object[row]), []) if holder != lane]
        waits.append(Wait(lane, row, tuple(held_by or ended_by(events, row))))
    return WaitForGraph(tuple(waits), cycles({wait.lane: wait.holders for wait in waits}))


def innermost(events: Events, at_ns: int) -> dict[int, int]:
    """The operation that each lane was in at a moment: of several, one inside the other, the one that began last."""
    going_on = (events.begin_ns <= at_ns) & ((events.end_ns > at_ns) | events.pending)
    rows = np.flatnonzero(going_on & np.isin(events.op, list(events.blocking)))
    return dict(zip(events.lane[rows].tolist(), rows.tolist(), strict=True))  # ascending: the last one stays


def holders(events: Events, at_ns: int) -> dict[int, list[int]]:
    """The lanes that held each lock at a moment, one entry for each time they took it."""
    names = [name for kind in KINDS if not kind.creates for name in kind.acquires + kind.releases]
    rows = events.rows(*names)
    is_release = np.isin(events.op[rows], _codes(events, releases=True))
    kept = np.where(is_release, events.begin_ns[rows], events.end_ns[rows]) <= at_ns
    kept &= is_release | (events.b[rows] == 1)
    rows, is_release = rows[kept], is_release[kept]
    by_turn, left = _never_given_back(events, rows, is_release)
    held: dict[int, list[int]] = {}
    for row in left.tolist():
        held.setdefault(int(events.object[row]), []).append(int(events.lane[row]))
    for row, release in zip(rows[by_turn].tolist(), is_release[by_turn].tolist(), strict=True):
        here = held.setdefault(int(events.object[row]), [])
        lane = int(events.lane[row])
        if release:
            if lane in here:
                here.remove(lane)
            elif here:
                here.pop(0)  # a lock may be given back by another thread than took it
        else:
            here.append(lane)
    _give_back(events, at_ns, rows, held)
    return held


def _give_back(events: Events, at_ns: int, rows: Rows, held: dict[int, list[int]]) -> None:
    """Takes away what the waits on conditions that go on have given back.

    Args:
        rows: the acquires and releases up to the moment.
    """
    conditions = Conditions(events)
    for wait in conditions.waits_at(at_ns).tolist():
        lane = int(events.lane[wait])
        taken = dict.fromkeys(events.object[rows[events.lane[rows] == lane]][::-1].tolist())  # the last one first
        lock = conditions.given_back(wait, [each for each in taken if lane in held.get(each, ())][::-1])
        if lock is not None:
            held[lock] = [holder for holder in held[lock] if holder != lane]


def _never_given_back(events: Events, rows: Rows, is_release: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Rows]:
    """Which rows are on locks that were given back by another lane than took them; of the others, what is still held.

    Where each lane gives back what it took itself, what it holds are as many of its last acquires as were not given
    back: no need to go through them.
    """
    (holder,) = number_keys((events.object[rows], events.lane[rows]))
    order = sort_stably(holder)
    group, step = holder[order], np.where(is_release[order], -1, 1)
    rank = rank_in_runs(group)
    total = np.cumsum(step)
    start = np.maximum.accumulate(np.where(rank == 0, np.arange(len(rank)), 0))
    depth = total - (total - step)[start]
    crossed = np.zeros(len(events.objects), np.bool_)
    crossed[events.object[rows[order[depth < 0]]]] = True
    # From the end of each group back: an acquire is still held where fewer came after it than are held at last.
    is_last = np.append(group[1:] != group[:-1], True)[: len(group)]
    held_at_last = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    held_at_last[group[is_last]] = depth[is_last]
    takes = np.flatnonzero(step > 0)[::-1]
    still = takes[rank_in_runs(group[takes]) < held_at_last[group[takes]]]
    found = np.sort(rows[order[still]])
    return crossed[events.object[rows]], found[~crossed[events.object[found]]]


def _codes(events: Events, releases: bool) -> list[int]:
    names = [name for kind in KINDS if not kind.creates for name in (kind.releases if releases else kind.acquires)]
    return [events.codes[name] for name in names if name in events.codes]


def ended_by(events: Events, row: int) -> list[int]:
    """Whose end a wait for a process or a thread waits for: that process's first lane."""
    op = int(events.op[row])
    joins = op == events.codes.get("mp.process.join")
    if joins or op == events.codes.get("process.wait_pid"):
        key = events.objects[int(events.object[row])][2] if joins else [int(events.a[row])]
        pid = key[0] if isinstance(key, list) else -1
        children = [number for number, process in enumerate(events.process_table) if process["pid"] == pid]
        lanes = np.flatnonzero(np.isin(events.process_of_lane, children[-1:]))
        return [int(lanes[0])] if len(lanes) else []
    return []


def cycles(edges: dict[int, tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Every ring that a walk along the edges runs into, once."""
    found: set[tuple[int, ...]] = set()
    for start in edges:
        path: list[int] = []
        lane = start
        while lane in edges and edges[lane] and lane not in path:
            path.append(lane)
            lane = edges[lane][0]
        if lane in path:
            ring = path[path.index(lane) :]
            lowest = ring.index(min(ring))
            found.add(tuple(ring[lowest:] + ring[:lowest]))
    return tuple(sorted(found))
