"""Processes that were left behind: their parent ended before them."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.findings.finding import Finding, Run

_LEFT_NS = 200_000_000  # at the end of a run all end at about the same time
_NEW_SESSION = "process.session.begin"


def find_orphans(run: Run) -> list[Finding]:
    """Processes that went on after the process that started them had ended.

    Told is one that still runs when the recording ends, or did something more than 0.2 s after its parent's last. One
    that began a session of its own, or comes from one that did, is a daemon, and meant to be left alone.
    """
    events, table = run.events, run.events.process_table
    last = events.last_ns
    first_row = np.full(len(table), -1, np.int64)
    first_row[events.process[::-1]] = np.arange(len(events.process))[::-1]
    sessions = set(events.process[events.rows(_NEW_SESSION)].tolist())
    found = []
    for number, process in enumerate(table):
        parent = process["parent"]
        if parent < 0 or process.get("helps") or table[parent].get("helps") or first_row[number] < 0:
            continue
        ended_ns = table[parent].get("ended_ns", 0)
        outlived = process.get("still_running") or last[number] > ended_ns + _LEFT_NS
        if run.was_asked and ended_ns > run.asked_to_end_ns:
            continue  # it was us who ended the parent
        if not ended_ns or not outlived or _is_daemon(run, number, sessions):
            continue
        row = int(np.flatnonzero(events.process == number)[-1])
        stays = "still ran when the recording ended" if process.get("still_running") else "went on"
        found.append(
            Finding(
                "orphan",
                ended_ns,
                (row, *_birth(run, number)),
                f"{run.lane_name(row)} (pid {process['pid']}) {stays}; its parent had ended "
                f"{max(last[number] - ended_ns, 0) / 1e9:.2f} s before its last event.",
                "Its parent was killed, or left without waiting for it: nobody is told how it ends.",
            )
        )
    return found


def _is_daemon(run: Run, process: int, sessions: set[int]) -> bool:
    table = run.events.process_table
    while process >= 0:
        if process in sessions:
            return True
        process = table[process]["parent"]
    return False


def _birth(run: Run, process: int) -> tuple[int, ...]:
    """The fork or start that made a process, where it is known."""
    events = run.events
    pid = events.process_table[process]["pid"]
    births = events.rows("process.fork", "process.fork_exec", "process.spawn", "process.spawn_by_path")
    births = births[(events.b[births] == pid) & (events.process[births] == events.process_table[process]["parent"])]
    starts = events.rows("mp.process.start")
    starts = starts[events.a[starts] == pid]
    return tuple(np.concatenate((starts, births))[:1].tolist())
