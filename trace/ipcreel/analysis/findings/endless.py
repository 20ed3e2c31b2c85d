"""Waits that nobody who is left can end, and loops that ask for a change that nobody will make."""

from __future__ import annotations

from dataclasses import dataclass

from ipcreel.analysis.findings.enders import QUEUE_JOINS, Enders
from ipcreel.analysis.findings.failures import failed_that_had
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.forks import held_at_fork
from ipcreel.analysis.findings.polling import Spin, spins_at
from ipcreel.analysis.keys import each_once
from ipcreel.analysis.state.waiting import holders

_MISSING = {
    "receive": "sends to it", "recv": "sends to it", "get": "puts anything in", "take": "puts anything in",
    "acquire": "releases it", "enter": "releases it", "p": "releases it", "z": "acquires it", "read": "writes to it",
    "send": "receives from it", "put": "takes anything out", "wait": "comes to it", "join": "ends it",
    "set": "gives its lock back",
}  # fmt: skip


@dataclass(frozen=True)
class Stuck:
    """A lane that nobody left can get going: the row it waits in, or the last look of a loop, and who could have."""

    lane: int
    row: int
    enders: frozenset[int]
    spin: Spin | None


def find_endless_waits(run: Run, told: frozenset[int]) -> list[Finding]:
    """What is stuck when the run is interrupted, or outlives the program.

    A wait counts where it has no time limit and every lane that could end it is gone, or stuck itself. Who could is
    judged generously: every process that has the object, used it before or was started by one that did. So a hang
    in which anybody with the object still runs, or waits for the outside, is not told.

    Args:
        told: rows that other findings have told of.
    """
    if not run.was_asked and not any(process.get("still_running") for process in run.events.process_table):
        return []
    enders = Enders(run, run.asked_to_end_ns)
    stuck = _stuck(run, enders)
    roots = [each for each in stuck if not each.enders - {each.lane}]
    if not roots and any(each.row in told for each in stuck):
        return []  # they wait for those in a ring that was told
    by_object: dict[tuple[int, bool], list[Stuck]] = {}
    for each in roots or [each for each in stuck if each.spin is None]:
        key = (int(run.events.object[each.row]) if roots else 0, each.spin is not None)
        by_object.setdefault(key, []).append(each)
    return [_finding(run, here, bool(roots)) for here in by_object.values() if not any(e.row in told for e in here)]


def _stuck(run: Run, enders: Enders) -> list[Stuck]:
    """The largest set of lanes of which each could be ended by others of the set only."""
    found: dict[int, Stuck] = {}
    for lane, row in enders.waits.items():
        able = enders.of_wait(row)
        if able is not None:
            found[lane] = Stuck(lane, row, able - {lane}, None)
    for lane, spin in spins_at(run, enders.alive, run.asked_to_end_ns).items():
        could = [enders.of_object(number) for number in spin.objects]
        if lane not in found and None not in could:
            writers = frozenset(each_once(run.events.lane[spin.writes]).tolist()) & enders.alive
            able = writers if len(spin.writes) else frozenset().union(*(each or () for each in could))
            found[lane] = Stuck(lane, spin.last, able - {lane}, spin)
    shrinks = True
    while shrinks:
        free = [lane for lane, each in found.items() if not each.enders <= found.keys()]
        shrinks = bool(free)
        for lane in free:
            del found[lane]
    return sorted(found.values(), key=lambda each: each.row)


def _finding(run: Run, stuck: list[Stuck], alone: bool) -> Finding:
    first = stuck[0]
    at_ns = int(run.events.begin_ns[first.row if first.spin is None else first.spin.first])
    names = ", ".join(run.lane_names[each.lane] for each in stuck[:4]) + (", …" if len(stuck) > 4 else "")
    rows = tuple(each.row for each in stuck)
    on = run.object_name(first.row) or run.operation(first.row)
    if not alone:
        return Finding(
            "deadlock",
            at_ns,
            rows,
            f"Each waits for what another one of them should do: {_who_waits_where(run, stuck)}.",
            _uncounted(run, rows) or "Nobody is left who could begin: one of them has to do its part before it waits.",
        )
    if first.spin is None and first.lane in holders(run.events, run.asked_to_end_ns).get(_object(run, first.row), []):
        return Finding(
            "deadlock",
            at_ns,
            rows,
            f"{names} waits for {on}, which it holds itself.",
            "Such a lock cannot be taken twice: give it back first, take it in one place only, or use an RLock.",
        )
    failed = failed_that_had(run, first.row)
    if first.spin is not None:
        return Finding(
            "spinning",
            at_ns,
            (first.spin.last, first.spin.first, *failed),
            f"{names} looked at {on} {first.spin.count} times since it changed, and nobody is left who changes it.",
            _because(run, failed, "Whoever should has ended: end the loop when that is so, or wait with a limit."),
        )
    missing = _missing(run.operation(first.row))
    verb = "waits" if len(stuck) == 1 else "wait"
    return Finding(
        "failed-while-awaited" if failed else "endless-wait",
        at_ns,
        (*rows, *failed),
        f"{names} {verb} for {on} without end: nobody is left who {missing}.",
        _because(
            run,
            failed,
            held_at_fork(run, first.row)
            or _uncounted(run, rows)
            or "Whoever should has ended before, counts fewer, or was never started.",
        ),
    )


def _missing(operation: str) -> str:
    """What nobody does who is left, for a wait in an operation."""
    return "calls task_done" if operation in QUEUE_JOINS else _MISSING.get(operation.rpartition(".")[2], "changes it")


def _uncounted(run: Run, rows: tuple[int, ...]) -> str | None:
    """Why a queue's join waits, where one of these does and fewer were counted as done than were taken."""
    events = run.events
    for row in rows:
        name = run.operation(row)
        if name in QUEUE_JOINS:
            family = name.removesuffix("join")
            here = [events.rows(f"{family}{verb}") for verb in ("get", "task_done")]
            taken, done = (int((events.object[each] == events.object[row]).sum()) for each in here)
            if done < taken:
                return (
                    f"{taken} were taken out of {run.object_name(row)} and task_done was called {done} times: "
                    "call it once for each, also where its work fails."
                )
    return None


def _object(run: Run, row: int) -> int:
    return int(run.events.object[row])


def _who_waits_where(run: Run, stuck: list[Stuck]) -> str:
    """Those together who wait for the same, the fewest first: who does something else than the rest."""
    places: dict[str, list[str]] = {}
    for each in stuck:
        place = f"{run.operation(each.row)} {run.object_name(each.row)}".rstrip()
        places.setdefault(place, []).append(run.lane_names[each.lane])
    fewest = sorted(places.items(), key=lambda item: len(item[1]))[:4]
    return "; ".join(f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''} in {place}" for place, names in fewest)


def _because(run: Run, failed: tuple[int, ...], otherwise: str) -> str:
    if not failed:
        return otherwise
    raised = run.events.payload(failed[0])
    text = f"{raised.get('raised', '')}: {raised.get('text', '')}" if isinstance(raised, dict) else "an exception"
    return f"{run.lane_name(failed[0])} ended in {text.removeprefix('builtins.').rstrip(': ')}: nobody does its part."
