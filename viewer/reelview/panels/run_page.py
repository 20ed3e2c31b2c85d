"""A run as a whole, in words: what ran, how it ended, and what of it is not in the reel."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel, contents
from ipcreel.reel.text import duration_text
from reelview import page
from reelview.arrows import count_label
from reelview.timeline.marks import Mark

_MOST = 100


@dataclass(frozen=True, slots=True, eq=False)
class RunFacts:
    """What is worked out of a whole reel.

    damage, lost, unrecorded: what cannot be read, what was not kept, what could not be recorded: a line each.
    events, first: (processes,) how many events each has, and the row of the first; -1 where it has none.
    """

    damage: tuple[str, ...]
    lost: tuple[str, ...]
    unrecorded: tuple[str, ...]
    events: NDArray[np.int64]
    first: NDArray[np.int64]
    mechanisms: tuple[contents.MechanismRow, ...]
    own_share: float | None

    @property
    def missing(self) -> int:
        """How many things are to be said of what is not in the reel, although it happened."""
        return len(self.damage) + len(self.lost)


def facts_of(reel: Reel) -> RunFacts:
    """What is to be said of a reel as a whole."""
    first = np.full(len(reel.processes), -1, np.int64)
    found, rows = np.unique(reel.process, return_index=True)
    first[found] = rows
    return RunFacts(
        tuple(reel.damage),
        tuple(contents.lost(reel)),
        tuple(contents.unrecorded(reel)),
        np.bincount(reel.process, minlength=len(reel.processes)),
        first,
        tuple(contents.by_mechanism(reel)),
        contents.own_share(reel),
    )


def write_run(reel: Reel, facts: RunFacts, marks: tuple[Mark, ...]) -> str:
    """The page."""
    return "".join(
        (_head(reel, facts), _missing(facts), _marks(reel, marks), _processes(reel, facts), _mechanisms(facts))
    )


def _head(reel: Reel, facts: RunFacts) -> str:
    how = f"ended with {contents.ended(reel)}" if reel.path.exists() else "it goes on"
    processes = f"{len(reel.processes):,} process{'es' * (len(reel.processes) != 1)}"
    threads, events = count_label(len(reel.lanes), "thread"), count_label(len(reel), "event")
    counts = f"{processes}, {threads}, {events} in {duration_text(reel.end_ns - reel.begin_ns)}; {how}."
    own = "" if facts.own_share is None else f" The recorder took {facts.own_share:.1%} of the processor's time."
    command = shlex.join(reel.run.get("command", [])) or reel.path.name
    return f"<b>{page.text(command)}</b><br>{page.text(counts + own)}"


def _missing(facts: RunFacts) -> str:
    blocks = [
        page.heading(title) + page.first([page.bad("⚠ ") + page.text(line) for line in lines], _MOST, "lines")
        for title, lines in (("What of this reel cannot be read", facts.damage), ("What was lost", facts.lost))
        if lines
    ]
    if not blocks:
        blocks.append(page.heading("What was lost") + "Nothing.")
    if facts.unrecorded:
        lines = [page.text(line) for line in facts.unrecorded]
        blocks.append(page.heading("What was seen and could not be recorded") + page.first(lines, _MOST, "lines"))
    return "".join(blocks)


def _marks(reel: Reel, marks: tuple[Mark, ...]) -> str:
    lines = []
    for mark in marks:
        at = duration_text(max(mark.begin_ns - reel.begin_ns, 0))
        length = f", {duration_text(mark.end_ns - mark.begin_ns)} long" if mark.end_ns > mark.begin_ns else ""
        lines.append(f"{page.link(f'time:{mark.begin_ns}', mark.note or 'mark')} {page.faint(f'at {at}{length}')}")
    return page.heading("Marks and notes") + page.first(lines, _MOST, "marks") if lines else ""


def _processes(reel: Reel, facts: RunFacts) -> str:
    rows = [("", page.faint("pid"), page.faint("started by"), page.faint("events"))]
    for row, process in enumerate(reel.processes[:_MOST]):
        name, first = reel.process_name(row), int(facts.first[row])
        parent = "" if process["parent"] is None else f"{reel.process_name(process['parent'])}, {process['how']}"
        rows.append(
            (
                page.text(name) if first < 0 else page.link(f"event:{first}", name),
                page.text(process["pid"]),
                page.text(parent),
                f"{int(facts.events[row]):,}",
            )
        )
    rest = len(reel.processes) - _MOST
    more = page.faint(f"and {rest:,} more") if rest > 0 else ""
    return page.heading("Processes, each leading to its first event") + page.table(rows, (34, 16, 32, 18)) + more


def _mechanisms(facts: RunFacts) -> str:
    rows = [(page.text(row.name), count_label(row.events, "event")) for row in facts.mechanisms]
    return page.heading("What was done") + page.table(rows, (60, 40)) if rows else ""
