"""Tasks of a pool whose worker ended while others wait for their results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run

Rows = NDArray[np.int64]


def find_tasks_of_ended_workers(run: Run) -> list[Finding]:
    """A wait for a job of `multiprocessing.Pool` that lasts, or ran out, after a worker ended in a task of that job.

    The pool begins another worker, and nobody runs the task again. An executor says that it is broken.
    """
    events, table = run.events, run.events.process_table
    waits = _in_vain(run)
    found = []
    for task in events.rows("mp.pool.run", done=False).tolist():
        process = table[int(events.process[task])]
        ended_ns = process.get("ended_ns", 0)
        if ended_ns and (events.pending[task] or _ended_it(run, task)):
            same = (events.object[waits] == events.object[task]) & (events.a[waits] == events.a[task])
            until_ns = np.minimum(events.end_ns[waits], run.asked_to_end_ns)
            for wait in waits[same & (ended_ns < until_ns)].tolist()[:1]:
                found.append(_finding(run, wait, task, process))
    return found


def _in_vain(run: Run) -> Rows:
    """Waits for jobs that lasted when the run was interrupted, or whose limit, in `b`, ran out."""
    events = run.events
    waits = events.rows("mp.pool.wait", done=False)
    lasted = events.pending[waits] | (run.was_asked & (events.end_ns[waits] >= run.asked_to_end_ns))
    ran_out = (events.b[waits] > 0) & (events.end_ns[waits] - events.begin_ns[waits] >= events.b[waits])
    return np.asarray(waits[lasted | ran_out], np.int64)


def _ended_it(run: Run, task: int) -> bool:
    """Whether a task raised what ends its worker: a worker goes on after an Exception (multiprocessing.pool.worker)."""
    raised = run.events.payload(task)
    names = ("builtins.SystemExit", "builtins.KeyboardInterrupt", "builtins.GeneratorExit")
    return bool(run.events.raised[task]) and isinstance(raised, dict) and raised.get("raised") in names


def _finding(run: Run, wait: int, task: int, process: dict[str, int]) -> Finding:
    signal = process.get("died_by", 0)
    how = f"was killed by signal {signal}" if signal else "ended"
    function = run.events.payload(task)
    name = f" {function.removeprefix('__main__.')}" if isinstance(function, str) else ""
    return Finding(
        "failed-while-awaited",
        int(process["ended_ns"]),
        (wait, task),
        f"{run.lane_name(wait)} waited in vain for {run.object_name(wait)}: {run.lane_name(task)} {how} "
        f"while it ran the task{name}.",
        "A pool does not run such a task again, and does not say so: wait with a limit, let no task end its process, "
        "or use concurrent.futures.ProcessPoolExecutor, which raises BrokenProcessPool.",
    )
