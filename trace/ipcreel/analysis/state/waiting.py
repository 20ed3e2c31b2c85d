"""Which operation each lane was in at a moment, and who holds what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.semaphores import KINDS

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Wait:
    """A lane that was blocked.

    Attributes:
        lane: the lane.
        event: the operation that it was in.
        holders: the lanes that held what it waited for; empty where nobody in particular does.
    """

    lane: int
    event: int
    holders: tuple[int, ...]


@dataclass(frozen=True)
class WaitForGraph:
    """Who was blocked on what, held by whom, at one moment.

    Attributes:
        waits: one for each blocked lane.
        cycles: lanes that wait for each other in a ring, each ring once, from its lowest lane on.
    """

    waits: tuple[Wait, ...]
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
    held: dict[int, list[int]] = {}
    names = [(kind, name) for kind in KINDS if not kind.creates for name in kind.acquires + kind.releases]
    rows = events.rows(*{name for _, name in names})
    done = np.where(np.isin(events.op[rows], _codes(events, releases=True)), events.begin_ns[rows], events.end_ns[rows])
    rows = rows[done <= at_ns]
    is_release = np.isin(events.op[rows], _codes(events, releases=True))
    answers = np.isin(events.op[rows], _codes(events, releases=False)) & (events.b[rows] != 1)
    for row, release, failed in zip(rows.tolist(), is_release.tolist(), answers.tolist(), strict=True):
        here = held.setdefault(int(events.object[row]), [])
        lane = int(events.lane[row])
        if release:
            if lane in here:
                here.remove(lane)
            elif here:
                here.pop(0)  # a lock may be given back by another thread than took it
        elif not failed:
            here.append(lane)
    return held


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
        lanes = events.lane[np.isin(events.process, children[-1:])]
        return [int(lanes.min())] if len(lanes) else []
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
