"""Locks that another thread of the parent held when a process was forked."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Run
from ipcreel.analysis.state.waiting import holders


def held_at_fork(run: Run, wait: int) -> str | None:
    """Why a forked process waits for a lock of threads; None where nobody held that lock when it was forked.

    The child has a copy of the lock, held as it was then, and not the thread that would give it back (fork(2)).
    """
    events = run.events
    process = events.process_table[int(events.process[wait])]
    if not run.operation(wait).startswith("threads.") or not process.get("forked"):
        return None
    forks = events.rows("process.fork")
    forks = forks[(events.b[forks] == process["pid"]) & (events.process[forks] == process["parent"])]
    if not len(forks):
        return None
    own = events.objects[int(events.object[wait])]
    for number, lanes in holders(events, int(events.begin_ns[forks[-1]])).items():
        here = [lane for lane in lanes if events.process_of_lane[lane] == process["parent"]]
        if here and events.objects[number] == own:
            return (
                f"{run.lane_names[here[0]]} held it when {run.lane_name(wait)} was forked: the copy stays held. "
                "Fork before threads begin, or start processes with spawn."
            )
    return None
