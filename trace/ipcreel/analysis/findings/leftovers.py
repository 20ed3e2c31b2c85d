"""Messages that nobody received, signals that no handler ran for."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.findings.finding import Finding, Run

_MESSAGES = ("sysv.queue.send", "posix.queue.send", "mp.queue.put", "mp.simple_queue.put")
_KILLS = ("signal.kill", "signal.raise", "signal.thread.kill")


def find_unreceived_messages(run: Run) -> list[Finding]:
    """For each queue, what was sent and is still in it when the run ends."""
    left = _among(run, run.flows.cause_left, _MESSAGES)
    found = []
    for object_ in np.unique(run.events.object[left]).tolist():
        rows = left[run.events.object[left] == object_]
        first = int(rows[0])
        count = f"{len(rows)} messages were" if len(rows) > 1 else "a message was"
        found.append(
            Finding(
                "message-never-received",
                int(run.events.begin_ns[first]),
                tuple(rows.tolist()),
                f"{count} sent to {run.object_name(first)} and never received, the first by {run.lane_name(first)}.",
                "Whoever should take it stopped before, asks for another type, or counts wrongly.",
            )
        )
    return found


def find_lost_signals(run: Run) -> list[Finding]:
    """Signals that share one run of a handler, or have none though there is one."""
    causes, effects = run.flows.cause, run.flows.effect
    kills = np.isin(causes, _among(run, causes, _KILLS))
    runs, counts = np.unique(effects[kills], return_counts=True)
    found = []
    for row, count in zip(runs.tolist(), counts.tolist(), strict=True):
        if count > 1:
            rows = causes[kills][effects[kills] == row]
            found.append(
                Finding(
                    "signals-merged",
                    int(run.events.begin_ns[row]),
                    (row, *rows.tolist()),
                    f"{count} signals {run.events.a[row]} to {run.lane_name(row)} led to one run of its handler.",
                    "The kernel keeps one of a number pending: a signal cannot count what it announces.",
                )
            )
    return found


def _among(run: Run, rows: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    codes = [run.events.codes[name] for name in names if name in run.events.codes]
    return rows[np.isin(run.events.op[rows], codes)]
