"""Processes that were left behind: their parent ended before them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run

Rows = NDArray[np.int64]

_LEFT_NS = 200_000_000  # at the end of a run all end at about the same time
_SHOWN_S = 0.01
_NEW_SESSION = "process.session.begin"


def find_orphans(run: Run) -> list[Finding]:
    """Processes that went on after the process that started them had ended.

    Told is one that still runs when the recording ends, or did something more than 0.2 s after its parent's last. One
    that began or was given a session of its own, or comes from one that was, is a daemon, and meant to be left alone.
    """
    events, table = run.events, run.events.process_table
    last = events.last_ns
    first_row = np.full(len(table), -1, np.int64)
    first_row[events.process[::-1]] = np.arange(len(events.process))[::-1]
    sessions = set(events.process[events.rows(_NEW_SESSION)].tolist()) | _let_go(run)
    found = []
    for number, process in enumerate(table):
        parent = _parent(run, number)
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
        later_s = (last[number] - ended_ns) / 1e9
        since = f" {later_s:.2f} s before its last event" if later_s >= _SHOWN_S else ""
        found.append(
            Finding(
                "orphan",
                ended_ns,
                (row, *_birth(run, number)),
                f"{run.lane_name(row)} (pid {process['pid']}) {stays}; its parent had ended{since}.",
                "Its parent was killed, or left without waiting for it: nobody is told how it ends.",
            )
        )
    return found


def _let_go(run: Run) -> set[int]:
    """Processes that their start gave a session, or a function that may have done so."""
    starts = run.events.rows("subprocess.start")
    pids = set(run.events.b[starts[run.events.a[starts] != 0]].tolist())
    return {number for number, process in enumerate(run.events.process_table) if process["pid"] in pids}


def _parent(run: Run, process: int) -> int:
    """Its parent; of one whose parent had ended before its interpreter was up, who started it; -1 where unknown."""
    known = run.events.process_table[process]["parent"]
    if known >= 0:
        return known
    births = _births(run, process)
    return int(run.events.process[births[-1]]) if len(births) else -1


def _is_daemon(run: Run, process: int, sessions: set[int]) -> bool:
    while process >= 0:
        if process in sessions:
            return True
        process = _parent(run, process)
    return False


def _birth(run: Run, process: int) -> tuple[int, ...]:
    """The fork or start that made a process, where it is known."""
    births = _births(run, process)
    return tuple(births[run.events.process[births] == _parent(run, process)][:1].tolist())


def _births(run: Run, process: int) -> Rows:
    """The starts and forks that gave a process's pid, before it did anything."""
    events, pid = run.events, run.events.process_table[process]["pid"]
    starts = events.rows("mp.process.start")
    forks = events.rows(
        "subprocess.start", "process.fork", "process.fork_exec", "process.spawn", "process.spawn_by_path"
    )
    found = np.concatenate((starts[events.a[starts] == pid], forks[events.b[forks] == pid]))
    earlier = events.begin_ns[found] <= events.process_table[process]["begin_ns"]
    return np.asarray(found[earlier], np.int64)
