"""A participant of a barrier that works between its arrival and its departure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run

Rows = NDArray[np.int64]

_RELEASES = ("sysv.semaphore.release", "sysv.semaphore.v", "posix.semaphore.release", "mp.semaphore.release")
_ACQUIRES = ("sysv.semaphore.acquire", "sysv.semaphore.p", "posix.semaphore.acquire", "mp.semaphore.acquire")
_WORK = ("sysv.queue.send", "posix.queue.send", "socket.endpoint.send", "socket.endpoint.sendall", "mp.queue.put")


def find_phase_violations(run: Run) -> list[Finding]:
    """Messages that a lane sent after it had arrived at a barrier of semaphores and before it was let through.

    A barrier is seen where several lanes release one semaphore that another lane acquires, and each goes on with an
    acquire of a semaphore that several lanes acquire.
    """
    events = run.events
    releases, acquires = events.rows(*_RELEASES), events.rows(*_ACQUIRES)
    arrivals = releases[np.isin(events.object[releases], _shared_by(events, releases, acquires))]
    gates = acquires[np.isin(events.object[acquires], _shared_by(events, acquires, releases))]
    work = events.rows(*_WORK)
    found: dict[tuple[int, int], list[int]] = {}
    for lane in np.unique(events.lane[arrivals]).tolist():
        mine, doors, done = (rows[events.lane[rows] == lane] for rows in (arrivals, gates, work))
        for row in done.tolist():
            at = np.searchsorted(mine, row) - 1
            if at < 0:
                continue
            door = np.searchsorted(doors, mine[at])
            passed = door < len(doors) and doors[door] > row
            if passed and _goes_straight_on(events, int(mine[at]), int(doors[door])):
                found.setdefault((lane, int(events.site[row])), []).append(row)
    return [_finding(run, rows) for rows in found.values()]


def _shared_by(events: Events, many: Rows, few: Rows) -> Rows:
    """Objects on which several lanes did the one, and one lane alone the other."""
    chosen = []
    for number in np.unique(events.object[many]).tolist():
        lanes = np.unique(events.lane[many[events.object[many] == number]])
        others = np.unique(events.lane[few[events.object[few] == number]])
        if len(lanes) > 1 and len(others) == 1 and others[0] not in lanes:
            chosen.append(number)
    return np.array(chosen, np.int64)


def _goes_straight_on(events: Events, arrival: int, gate: int) -> bool:
    """Whether the gate is the one of this arrival: its master waited for the arrival before it opened the gate."""
    return bool(events.begin_ns[arrival] < events.end_ns[gate])


def _finding(run: Run, rows: list[int]) -> Finding:
    first = rows[0]
    times = f", {len(rows)} times" if len(rows) > 1 else ""
    return Finding(
        "phase-violation",
        int(run.events.begin_ns[first]),
        tuple(rows),
        f"{run.lane_name(first)} sent on {run.object_name(first)} between its arrival at a barrier and "
        f"its departure{times}: others were still in the phase before.",
        "It goes on without waiting for the barrier to open.",
    )
