"""Kernel objects that the program made and left behind."""

from __future__ import annotations

from ipcreel.analysis.findings.finding import Finding, Run

_CREATE = 0o1000  # IPC_CREAT (shmget(2))
_REMOVES = ("remove", "remove_by_id")


def find_leaks(run: Run) -> list[Finding]:
    """SysV objects that outlive the run: made in it, removed by nobody. They stay until the machine is started anew."""
    events = run.events
    found = []
    for noun in ("queue", "semaphore", "memory"):
        gone = {int(events.object[row]) for row in events.rows(*(f"sysv.{noun}.{verb}" for verb in _REMOVES)).tolist()}
        gone |= {_by_id(run, row, noun) for row in events.rows(f"sysv.{noun}.remove_by_id").tolist()}
        seen: set[int] = set()
        for row in events.rows(f"sysv.{noun}.open").tolist():
            number = int(events.object[row])
            facts = events.payload(row)
            if number in gone or number in seen or not isinstance(facts, dict):
                continue
            if int(facts.get("flags") or 0) & _CREATE:
                seen.add(number)
                found.append(
                    Finding(
                        "leak",
                        int(events.begin_ns[row]),
                        (row,),
                        f"{run.lane_name(row)} made {run.object_name(row)}, and nobody removed it.",
                        "It stays in the kernel after the run: `ipcs` shows it, `ipcrm` removes it.",
                    )
                )
    return found


def _by_id(run: Run, row: int, noun: str) -> int:
    """The object with the id in `a`."""
    for number, (kind, _, key, _) in enumerate(run.events.objects):
        if kind == f"sysv.{noun}" and key == int(run.events.a[row]):
            return number
    return -1
