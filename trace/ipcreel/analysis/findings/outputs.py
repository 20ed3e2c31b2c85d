"""Children that wait to write to the pipe of their output, which whoever waits for their end should read."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Finding, Run

_LONG_NS = 10_000_000  # a write to a pipe that somebody reads takes microseconds


def find_unread_outputs(run: Run) -> list[Finding]:
    """A `Popen.wait` of a run that was interrupted, for a child that is stuck in a write to a pipe made for it.

    Args:
        run: the run. What reads a pipe of standard output is not on the tape: a pipe to which who waits writes as well
            is not the child's own, and whoever is behind it reads it or does not.
    """
    events, table = run.events, run.events.process_table
    if not run.was_asked:
        return []
    found, writes = [], events.rows("console.write")
    for wait in [row for row in run.last_waits if run.operation(row) == "subprocess.wait"]:
        for write in [row for row in run.last_waits if run.operation(row) == "console.write"]:
            child, number = table[int(events.process[write])], int(events.object[write])
            is_child = child["pid"] == events.a[wait] and child["parent"] == events.process[wait]
            stuck = run.asked_to_end_ns - events.begin_ns[write] > _LONG_NS
            shared = (events.object[writes] == number) & (events.process[writes] == events.process[wait])
            if is_child and stuck and events.objects[number][0] == "pipe" and not shared.any():
                found.append(_finding(run, wait, write))
    return found


def _finding(run: Run, wait: int, write: int) -> Finding:
    who, child = run.lane_name(wait), run.lane_name(write)
    return Finding(
        "deadlock",
        int(max(run.events.begin_ns[wait], run.events.begin_ns[write])),
        (wait, write),
        f"{who} waits for the end of {child}, which waits to write to its output: the pipe is full, and {who} does not "
        "read it.",
        "A pipe holds 64 KiB: use communicate(), or read the output before you wait for the end.",
    )
