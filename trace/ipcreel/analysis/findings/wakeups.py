"""A waiter that missed its notification: it began to wait after the last notify."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.state.waiting import innermost


def find_lost_wakeups(run: Run) -> list[Finding]:
    """Waits on a condition that nobody ended, on which somebody had notified when nobody waited."""
    events = run.events
    found = []
    for row in sorted(innermost(events, run.asked_to_end_ns).values()):
        family = run.operation(row).partition(".")[0]
        if run.operation(row) not in ("threads.condition.wait", "mp.condition.wait"):
            continue
        notifies = events.rows(f"{family}.condition.notify", f"{family}.condition.notify_all")
        notifies = notifies[events.object[notifies] == events.object[row]]
        before = notifies[events.begin_ns[notifies] < events.begin_ns[row]]
        if not len(before) or len(before) != len(notifies):
            continue
        last = int(before[-1])
        woke = bool((run.flows.cause == last).any())
        if not woke:
            found.append(
                Finding(
                    "lost-wakeup",
                    int(events.begin_ns[row]),
                    (row, last),
                    f"{run.lane_name(row)} waits on {run.object_name(row)} for ever; "
                    f"{run.lane_name(last)} had notified it before anyone waited.",
                    "What is waited for was looked at before the lock was held: look again after taking it.",
                )
            )
    return found
