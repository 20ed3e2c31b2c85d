"""All findings of a reel: those of every program, and those of who knows the recorded one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings import Finding, check
from ipcreel.analysis.findings.finding import Run
from ipcreel.reel.endings import process_table
from ipcreel.reel.error import ReelError
from ipcreel.reel.installed import installed
from ipcreel.reel.names import lane_names

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

GROUP = "ipcreel.checks"
"""The entry points of those who know what must hold in a program: each a function from a reel to its findings."""

REST_ON_ABSENCE = frozenset({
    "leak", "message-never-received", "queue-full", "endless-wait", "failed-while-awaited", "spinning", "lost-wakeup",
    "died-holding-a-lock", "orphan", "signals-merged", "barrier-parties", "barrier-broken",
})  # fmt: skip
"""Codes of findings that say what did not happen: of a run of which a part is missing nobody knows that."""

Look = Callable[["Reel"], list[Finding]]


def run_of(reel: Reel) -> Run:
    """What the checks of every program look at."""
    table = process_table(reel.processes, reel.run, reel.events)
    ended = {number: table[lane[0]]["ended_ns"] for number, lane in enumerate(reel.lanes) if table[lane[0]]["ended_ns"]}
    return Run(
        replace(reel.events, process_table=table),
        reel.flows,
        reel.order,
        {code: str(row["name"]) for code, row in reel.operations.items()},
        lane_names(reel),
        ended,
        reel.end_ns,
        reel.asked_to_end_ns,
        bool(reel.run.get("asked_to_end_ns")),
        _lines(reel),
    )


def _lines(reel: Reel) -> NDArray[np.int64]:
    """(sites,) a number for each file and line."""
    known: dict[tuple[object, ...], int] = {}
    return np.array([known.setdefault(tuple(site[:2]), len(known)) for site in reel.sites], np.int64)


def find_all(reel: Reel, run: Run, others: Iterable[tuple[str, Callable[[], Look]]] | None = None) -> list[Finding]:
    """Everything that is found, in order of time.

    Args:
        reel, run: the reel, and what the checks of every program look at.
        others: name and loader of each further check; by default those that are installed.

    Raises:
        ReelError: an installed check failed, and not because the reel is damaged.
    """
    found = check(run)
    if missing(reel):
        found = [finding for finding in found if finding.code not in REST_ON_ABSENCE]
    for name, load in installed(GROUP) if others is None else others:
        try:
            found += load()(reel)
        except ReelError as error:  # the check is right, the reel is damaged
            reel.note_damage(f"the check of {name} is left out: {str(error).removeprefix(f'{reel.path}: ')}")
        except Exception as error:
            raise ReelError(f"{reel.path}: the check of {name} failed: {type(error).__name__}: {error}.") from error
    return sorted(found, key=lambda finding: (finding.at_ns, finding.code))


def missing(reel: Reel) -> str | None:
    """What of the run is not in a reel; None where all is, but for what nobody can record."""
    if reel.left_out:
        return f"{reel.left_out:,} events cannot be read"
    stopped = [reel.process_name(row) for row, process in enumerate(reel.processes) if process["stopped"] is not None]
    if stopped:
        return f"recording stopped in {stopped[0]}" + (f" and {len(stopped) - 1} more" if stopped[1:] else "")
    if any(process["facts"].get("chosen") is False for process in reel.processes):
        return "only some processes were recorded"
    return None
