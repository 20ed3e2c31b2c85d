"""The first replayed event that is unlike the tape: what it is, and why it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ipcreel.reel import Reel
from ipcreel.replay.changes import changed_files
from ipcreel.replay.tried import both, event_text

_MOST = 6
_RACE = "data-race"


class DivergenceError(Exception):
    """A replay that did not do what its tape has."""


@dataclass(frozen=True)
class Divergence:
    """Where a replay left its tape.

    Attributes:
        process: the name of the process.
        what: what the tape has, and what the program did.
        sent: what the tape has and what the program sent, a line each, where that is it.
        agreed: the last events on which the tape and the thread that diverged agreed, a line each.
        changed: the files that are not what ran.
        python: which interpreter ran, where it is not the one that replays.
        races: what `ipcreel check` found of races, a sentence each.
    """

    process: str
    what: str
    agreed: tuple[str, ...]
    changed: tuple[str, ...]
    races: tuple[str, ...]
    sent: tuple[str, ...] = ()
    python: str = ""

    @classmethod
    def from_note(cls, reel: Reel, process: int, note: dict[str, Any]) -> Divergence:
        """Take what the replayed process noted: `what`, the rows `agreed`, and `sent`."""
        races = [finding.what for finding in reel.findings if finding.code == _RACE]
        agreed = [event_text(reel, row) for row in note["agreed"]]
        changed = changed_files(reel)
        sent = both(reel, note["sent"]) if note.get("sent") else ()
        name, python = reel.process_name(process), note.get("python", "")
        return cls(name, note["what"], tuple(agreed), tuple(changed), tuple(races), tuple(sent), python)

    def lines(self) -> list[str]:
        """It as a person reads it."""
        before = ["  Before that they agreed:", *(f"    {line}" for line in self.agreed)] if self.agreed else []
        return [f"the replay of {self.process} diverged: {self.what}", *self.sent, *before, *self._causes()]

    def _causes(self) -> list[str]:
        if self.changed:
            names = ", ".join(self.changed[:_MOST])
            more = f" and {len(self.changed) - _MOST} more" if len(self.changed) > _MOST else ""
            return [f"  Changed since it was recorded: {names}{more}."]
        if self.python:
            return [f"  Its files are as they were, but {self.python}."]
        if self.races:
            return ["  Its files are as they were. `ipcreel check` found a race:", *(f"    {it}" for it in self.races)]
        return [
            "  The recorded files are as they were, and `ipcreel check` finds no race. What is left: a file that the",
            "  program reads has changed, its threads race for a variable without a lock, or it depends on something",
            "  that is not recorded: see docs/replay.md.",
        ]
