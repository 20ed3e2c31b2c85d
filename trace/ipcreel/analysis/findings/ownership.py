"""A process or a thread that ended while it held a lock."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.locksets import ACQUIRES
from ipcreel.analysis.state.waiting import holders


def find_locks_of_the_dead(run: Run) -> list[Finding]:
    """Locks that a lane held when it or its process ended, and for which somebody waits when the run is asked to end.

    A lock may be given back by another thread than took it: of a thread that ended, it is told where the wait never
    came to an end.
    """
    events = run.events
    waiting = {int(events.object[row]): row for row in run.last_waits}
    threads = _ended_threads(run)
    found = []
    for object_, lanes in holders(events, run.asked_to_end_ns).items():
        shared = bool(events.objects[object_][1])
        for lane in lanes:
            ended = run.dead_lanes.get(lane) if shared else None
            if (ended is None or ended >= run.asked_to_end_ns) and run.was_asked:
                ended = threads.get(lane)
            if ended is None or ended >= run.asked_to_end_ns or object_ not in waiting:
                continue
            found.append(_finding(run, lane, ended, waiting[object_], threads))
    return found


def _ended_threads(run: Run) -> dict[int, int]:
    """Lane → when its thread ended."""
    rows = run.events.rows("threads.thread.end")
    return dict(zip(run.events.lane[rows].tolist(), run.events.begin_ns[rows].tolist(), strict=True))


def _finding(run: Run, lane: int, ended_ns: int, waits: int, threads: dict[int, int]) -> Finding:
    name = run.object_name(waits)
    how = "It ended in an exception, or" if lane in threads else "It was killed, or"
    return Finding(
        "died-holding-a-lock",
        ended_ns,
        (waits, *_took(run, lane, waits)),
        f"{run.lane_names[lane]} ended while it held {name}; {run.lane_name(waits)} waits for it.",
        f"{how} left without giving the lock back.",
    )


def _took(run: Run, lane: int, waits: int) -> tuple[int, ...]:
    """The last acquire of the lock by the one that ended."""
    events = run.events
    taken = events.rows(*ACQUIRES)
    taken = taken[(events.lane[taken] == lane) & (events.object[taken] == events.object[waits])]
    return tuple(taken[-1:].tolist())
