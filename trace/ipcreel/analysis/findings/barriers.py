"""Barriers that are used by too few, by too many, or after they broke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.enders import Enders, parties_of
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

_FAMILIES = ("mp", "threads")


def find_barrier_misuse(run: Run) -> list[Finding]:
    """Barriers whose number of parties is not that of those who come.

    Too few is told where a wait timed out, or hangs at the end, and fewer lanes ever came than there are parties. Too
    many is told where more lanes than parties come again and again, and do so during the same time. A barrier that its
    program aborts has broken as it should; only who then waits again without a reset is told of.
    """
    found = []
    for family in _FAMILIES:
        waits = run.events.rows(f"{family}.barrier.wait", done=False)
        parties = parties_of(run, f"{family}.barrier")
        for number in each_once(run.events.object[waits]).tolist():
            here = waits[run.events.object[waits] == number]
            if number in parties:
                found += _of_barrier(run, here, parties[number], family)
    return found


def _of_barrier(run: Run, waits: Rows, parties: int, family: str) -> list[Finding]:
    events = run.events
    lanes = each_once(events.lane[waits])
    if len(lanes) < parties:
        in_vain = waits[(_broke(run, waits) & ~_aborted(run, waits, family)) | _hangs(run, waits)]
        if len(in_vain):
            return [_too_few(run, in_vain, len(lanes), parties)]
    if (most := _at_once(run, waits)) > parties:
        return [_too_many(run, waits, most, parties)]
    return _again_after_it_broke(run, waits, family)


def _broke(run: Run, waits: Rows) -> NDArray[np.bool_]:
    """Which waits ended since the barrier broke, and not since a handler of a signal raised."""
    raised = [run.events.payload(row) if run.events.raised[row] else None for row in waits.tolist()]
    return np.array(
        [isinstance(each, dict) and "BrokenBarrier" in str(each.get("raised")) for each in raised], np.bool_
    )


def _aborted(run: Run, waits: Rows, family: str) -> NDArray[np.bool_]:
    """Which waits ended after the program had aborted the barrier."""
    events = run.events
    aborts = events.rows(f"{family}.barrier.abort", done=False)
    aborts = aborts[events.object[aborts] == events.object[waits[0]]]
    return np.asarray(events.end_ns[waits] > events.begin_ns[aborts].min(initial=run.end_ns), np.bool_)


def _hangs(run: Run, waits: Rows) -> NDArray[np.bool_]:
    """Which waits went on when the run was interrupted, with nobody left who could come."""
    hangs = np.zeros(len(waits), np.bool_)
    pending = run.events.pending[waits]
    if not pending.any() or not run.was_asked:
        return hangs
    enders = Enders(run, run.asked_to_end_ns)
    stuck = set(run.events.lane[waits[pending]].tolist())
    for place in np.flatnonzero(pending).tolist():
        could = enders.of_wait(int(waits[place]))
        waiting = {lane for lane in could or () if lane in enders.waits and lane not in stuck}
        joins = {lane for lane in waiting if run.operation(enders.waits[lane]) in _JOINS}
        hangs[place] = could is not None and could <= stuck | joins
    return hangs


_JOINS = ("mp.process.join", "threads.thread.join", "process.wait_pid", "process.wait")


def _too_few(run: Run, waits: Rows, came: int, parties: int) -> Finding:
    first = int(waits[0])
    ended = "timed out or broke" if run.events.raised[first] else "never ended"
    return Finding(
        "barrier-parties",
        int(run.events.begin_ns[first]),
        tuple(waits.tolist()),
        f"{run.object_name(first)} is for {parties} parties, and only {came} ever came to it: the wait of "
        f"{run.lane_name(first)} {ended}.",
        "Its number of parties is not that of those who take part, or one of them leaves before.",
    )


def _at_once(run: Run, waits: Rows) -> int:
    """How many lanes that came more than once did so during the same time."""
    events = run.events
    lanes, counts = np.unique(events.lane[waits], return_counts=True)
    first, last = [], []
    for lane in lanes[counts > 1].tolist():
        own = waits[events.lane[waits] == lane]
        first.append(int(events.begin_ns[own[0]]))
        last.append(int(events.begin_ns[own[-1]]))
    moments = np.array(first + last, np.int64)
    steps = np.array([1] * len(first) + [-1] * len(last), np.int64)
    order = np.lexsort((-steps, moments))
    return int(np.cumsum(steps[order]).max(initial=0))


def _too_many(run: Run, waits: Rows, most: int, parties: int) -> Finding:
    first = int(waits[0])
    lanes = each_once(run.events.lane[waits])
    names = ", ".join(run.lane_names[lane] for lane in lanes[:4].tolist()) + (", …" if len(lanes) > 4 else "")
    shown = [int(waits[run.events.lane[waits] == lane][0]) for lane in lanes.tolist()]
    return Finding(
        "barrier-parties",
        int(run.events.begin_ns[first]),
        tuple(sorted(shown)),
        f"{run.object_name(first)} is for {parties} parties, and {most} come to it again and again ({names}): "
        "it opens for some while others are a phase behind.",
        "Its number of parties is not that of those who take part.",
    )


def _again_after_it_broke(run: Run, waits: Rows, family: str) -> list[Finding]:
    """A lane that was told that the barrier is broken, and waits at it again though nobody has mended it."""
    events = run.events
    resets = events.rows(f"{family}.barrier.reset")
    resets = resets[events.object[resets] == events.object[waits[0]]]
    broken: dict[int, int] = {}
    for row in waits[_broke(run, waits)].tolist():
        lane, before = int(events.lane[row]), broken.get(int(events.lane[row]))
        if before is not None and not np.any((resets > before) & (resets < row)):
            return [
                Finding(
                    "barrier-broken",
                    int(events.begin_ns[row]),
                    (row, before),
                    f"{run.lane_names[lane]} waits again at {run.object_name(row)}, which has been broken since it "
                    "last raised.",
                    "A broken barrier stays so: every wait raises until somebody resets it.",
                )
            ]
        broken[lane] = row
    return []
