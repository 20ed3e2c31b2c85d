"""Kernel objects that the program made and left behind."""

from __future__ import annotations

from dataclasses import dataclass

from ipcreel.analysis.findings.finding import Finding, Run

PRIVATE = "Key 0 is IPC_PRIVATE: whoever opens it makes a {noun} of its own, which nobody else can open."


@dataclass(frozen=True)
class _Family:
    """What makes and removes the objects of one kind of IPC.

    Attributes:
        name: the first word of its operations.
        creates: the flag of an open that may make it.
        removes: operations on the object.
        elsewhere: removes what a number or a name stands for; the object is known by its key.
        remains: where it stays.
    """

    name: str
    creates: int
    removes: tuple[str, ...]
    elsewhere: str
    remains: str


_FAMILIES = (
    _Family(
        "sysv", 0o1000, ("remove",), "remove_by_id", "`ipcs` shows it, `ipcrm` removes it"
    ),  # IPC_CREAT (semget(2))
    _Family("posix", 0o100, ("unlink",), "unlink_by_name", "it is a file in /dev/shm or /dev/mqueue"),  # O_CREAT
)


def find_leaks(run: Run) -> list[Finding]:
    """SysV and POSIX objects that outlive the run: made in it, removed by nobody."""
    return [
        finding
        for family in _FAMILIES
        for noun in ("queue", "semaphore", "memory")
        for finding in _of(run, family, noun)
    ]


def _of(run: Run, family: _Family, noun: str) -> list[Finding]:
    events = run.events
    prefix = f"{family.name}.{noun}"
    gone = {int(events.object[row]) for row in events.rows(*(f"{prefix}.{verb}" for verb in family.removes)).tolist()}
    for row in events.rows(f"{prefix}.{family.elsewhere}").tolist():
        gone |= _known_elsewhere(run, row, prefix, family.name)
    found = []
    for row in events.rows(f"{prefix}.open").tolist():
        number, facts = int(events.object[row]), events.payload(row)
        if number in gone or not isinstance(facts, dict) or not isinstance(facts.get("flags") or 0, int):
            continue
        is_asked_for = bool((facts.get("flags") or 0) & family.creates)
        is_private = family.name == "sysv" and facts.get("key") == 0
        if is_asked_for or is_private:
            gone.add(number)  # told once
            why = "" if is_asked_for else f" {PRIVATE.format(noun=noun)}"
            found.append(
                Finding(
                    "leak",
                    int(events.begin_ns[row]),
                    (row,),
                    f"{run.lane_name(row)} made {run.object_name(row)}, and nobody removed it.",
                    f"It stays in the kernel after the run: {family.remains}.{why}",
                )
            )
    return found


def _known_elsewhere(run: Run, row: int, kind: str, family: str) -> set[int]:
    """The objects that stand for the id, or the name, that an event removed."""
    events = run.events
    same = [(number, own) for number, (of_kind, _, own, _) in enumerate(events.objects) if of_kind == kind]
    if family == "sysv":
        return {number for number, own in same if own == int(events.a[row])}
    name = events.objects[int(events.object[row])][2]  # and what tells it from an earlier one of its name
    return {number for number, own in same if isinstance(own, list) and isinstance(name, list) and own[:1] == name[:1]}
