"""A process that ended while it held a lock."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.state.waiting import holders


def find_locks_of_the_dead(run: Run) -> list[Finding]:
    """Locks that a lane held when its process ended, while the lock could still be wanted by others."""
    events = run.events
    waiting = {int(events.object[row]): row for row in run.last_waits}
    found = []
    for object_, lanes in holders(events, run.asked_to_end_ns).items():
        shared = bool(events.objects[object_][1])
        for lane in lanes:
            ended = run.dead_lanes.get(lane)
            if not shared or ended is None or ended >= run.asked_to_end_ns or object_ not in waiting:
                continue
            row = waiting[object_]
            name = events.objects[object_][3]
            found.append(
                Finding(
                    "died-holding-a-lock",
                    ended,
                    (row,),
                    f"{run.lane_names[lane]} ended while it held {name}; {run.lane_name(row)} waits for it.",
                    "It was killed, or left without giving the lock back.",
                )
            )
    return found
