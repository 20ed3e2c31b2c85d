"""Threads and processes that ended in an exception while others waited for what they should have done."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

_WAITS = (
    "mp.queue.get", "mp.simple_queue.get", "queues.queue.get", "queues.simple.get", "posix.queue.receive",
    "mp.event.wait", "threads.event.wait", "mp.condition.wait", "threads.condition.wait", "mp.semaphore.acquire",
    "threads.semaphore.acquire", "posix.semaphore.acquire", "sysv.semaphore.acquire", "connection.message.poll",
)  # fmt: skip
_INSIDE = ("threads.", "queues.")
_ANSWER_IN_B = ("event.wait", "condition.wait", "semaphore.acquire", "message.poll")


def failures(run: Run) -> Rows:
    """Where threads and processes ended in an exception: rows of their ends."""
    events = run.events
    threads, processes = events.rows("threads.thread.end"), events.rows("mp.process.run", done=False)
    threads = threads[events.a[threads] == 1]
    raised = [row for row in processes.tolist() if not events.pending[row] and _raised(events.payload(row))]
    found: Rows = np.sort(np.concatenate((threads, np.array(raised, np.int64))))
    # What the interruption ended is no failure.
    return np.asarray(found[events.end_ns[found] <= run.asked_to_end_ns], np.int64)


def _raised(payload: object) -> bool:
    return isinstance(payload, dict) and payload.get("raised") not in (None, "builtins.SystemExit")


def failed_that_had(run: Run, wait: int) -> tuple[int, ...]:
    """The failures of those who had what is waited for: who used it, or were started by who has it."""
    events = run.events
    inside = run.operation(wait).startswith(_INSIDE)
    users = set(each_once(events.process[events.object == events.object[wait]]).tolist())
    found = []
    for row in failures(run).tolist():
        process = int(events.process[row])
        same = process == int(events.process[wait]) if inside else _has(run, process, users)
        if same and events.lane[row] != events.lane[wait]:
            found.append(row)
    return tuple(found)


def _has(run: Run, process: int, users: set[int]) -> bool:
    while process >= 0 and process not in users:
        process = run.events.process_table[process]["parent"]
    return process >= 0


def find_failures_that_others_waited_for(run: Run) -> list[Finding]:
    """Waits with a limit that ran out because the only one who had ever answered them had ended in an exception."""
    events = run.events
    failed = failures(run)
    if not len(failed):
        return []
    waits = events.rows(*_WAITS, done=False)
    answers = [code for name, code in events.codes.items() if name.endswith(_ANSWER_IN_B)]
    in_vain = events.raised[waits] | (np.isin(events.op[waits], answers) & (events.b[waits] == 0))
    waits = waits[in_vain & ~events.pending[waits] & (events.a[waits] != 0)]
    # What a feeder thread carries on was put by another: the put itself is the cause of the feed.
    causes = run.flows.cause[events.op[run.flows.cause] != events.codes.get("mp.queue.feed", -1)]
    found: list[Finding] = []
    told: set[tuple[int, int]] = set()
    for wait in waits.tolist():
        here = causes[events.object[causes] == events.object[wait]]
        fed = set(each_once(events.lane[here]).tolist()) - {int(events.lane[wait])}
        before = failed[(events.end_ns[failed] <= events.end_ns[wait]) & np.isin(events.lane[failed], list(fed))]
        ends = {int(events.lane[row]) for row in before.tolist()}
        if fed and fed <= ends and (place := (int(events.lane[wait]), int(events.object[wait]))) not in told:
            told.add(place)
            found.append(_finding(run, wait, int(before[-1])))
    return found


def _finding(run: Run, wait: int, failure: int) -> Finding:
    raised = run.events.payload(failure)
    text = f"{raised['raised']}: {raised.get('text', '')}" if isinstance(raised, dict) and "raised" in raised else ""
    return Finding(
        "failed-while-awaited",
        int(run.events.end_ns[failure]),
        (wait, failure),
        f"{run.lane_name(wait)} waited in vain for {run.object_name(wait)}: {run.lane_name(failure)}, who had answered "
        f"before, had ended in {text.removeprefix('builtins.').rstrip(': ') or 'an exception'}.",
        "An exception ends whoever should answer: catch it there, or look whether it is still alive.",
    )
