"""A participant of a barrier that works between its arrival and its departure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.keys import each_once, number_keys, sort_in_keys

Rows = NDArray[np.int64]

_RELEASES = ("sysv.semaphore.release", "sysv.semaphore.v", "posix.semaphore.release", "mp.semaphore.release")
_ACQUIRES = ("sysv.semaphore.acquire", "sysv.semaphore.p", "posix.semaphore.acquire", "mp.semaphore.acquire")
_WORK = ("sysv.queue.send", "posix.queue.send", "socket.endpoint.send", "socket.endpoint.sendall", "mp.queue.put")


def find_phase_violations(run: Run) -> list[Finding]:
    """Messages that a lane sent after it had arrived at a barrier of semaphores and before it was let through.

    A barrier is seen where several lanes release one semaphore that another lane acquires, and each goes on with an
    acquire of a semaphore that several lanes acquire and that other lane releases.
    """
    events = run.events
    releases, acquires = events.rows(*_RELEASES), events.rows(*_ACQUIRES)
    arrivals = releases[np.isin(events.object[releases], _shared_by(events, releases, acquires))]
    gates = acquires[np.isin(events.object[acquires], _shared_by(events, acquires, releases))]
    work = events.rows(*_WORK)
    work = work[np.isin(events.lane[work], events.lane[arrivals])]
    arrival = _next_to(events, arrivals, work, before=True)
    work, arrival = work[arrival >= 0], arrival[arrival >= 0]
    gate = _next_to(events, gates, arrival, before=False)
    # The gate is the one of this arrival: the lane that waits for arrivals, its master, is the one that opens it.
    waits_for, opens = _only_lane(events, acquires), _only_lane(events, releases)
    fits = (gate > work) & (waits_for[events.object[arrival]] == opens[events.object[gate]])
    (group,) = number_keys((events.lane[work[fits]], events.site[work[fits]]))
    order = sort_in_keys(group, work[fits])
    starts = np.flatnonzero(np.diff(group[order])) + 1
    return [_finding(run, rows.tolist()) for rows in np.split(work[fits][order], starts) if len(rows)]


def _next_to(events: Events, among: Rows, rows: Rows, before: bool) -> Rows:
    """(n,) of each row the last of others before it in its lane, or the first after it; -1 where there is none."""
    among = among[sort_in_keys(events.lane[among], among)]
    scale = len(events.lane) + 1
    places = events.lane[among] * scale + among
    at = np.searchsorted(places, events.lane[rows] * scale + rows, "left") - (1 if before else 0)
    inside = (at >= 0) & (at < len(among))
    found = np.append(among, -1)[np.where(inside, at, -1)]
    return np.where(inside & (events.lane[found] == events.lane[rows]), found, -1)


def _shared_by(events: Events, many: Rows, few: Rows) -> Rows:
    """Objects on which several lanes did the one, and one lane alone the other."""
    scale = int(events.lane.max(initial=0)) + 1
    ones, others = (each_once(events.object[rows] * scale + events.lane[rows]) for rows in (many, few))
    count = len(events.objects)
    several = np.bincount(ones // scale, minlength=count) > 1
    alone = np.bincount(others // scale, minlength=count) == 1
    both = np.zeros(count, np.bool_)
    both[np.intersect1d(ones, others) // scale] = True
    return np.flatnonzero(several & alone & ~both)


def _only_lane(events: Events, rows: Rows) -> Rows:
    """(number of objects,) the lane of these events on an object that all of them are of; one of theirs elsewhere."""
    lanes = np.full(len(events.objects), -1, np.int64)
    lanes[events.object[rows]] = events.lane[rows]
    return lanes


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
