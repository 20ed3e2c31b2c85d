"""How a program with changed code went on where it left its tape, told by the reel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipcreel.reel import Reel
from ipcreel.reel.text import payload_text

_LONG = 100


@dataclass(frozen=True)
class Tried:
    """What a try came to.

    Attributes:
        reel: what was recorded.
        process: the process that was tried.
        note: what the replayed process left, see `Trial.told`.
    """

    reel: Reel
    process: int
    note: dict[str, Any]

    @property
    def has_ended(self) -> bool:
        """Whether the process came to its end."""
        return bool(self.note["ended"])

    def lines(self) -> list[str]:
        """It as a person reads it."""
        name, left = self.reel.process_name(self.process), self.note["left"]
        if not left:
            return [f"the try of {name} did all that its tape has, and nothing else.", *self._sent(), *self._end()]
        has = "the tape ends" if left["event"] < 0 else f"the tape has {self._event(left['event'])}"
        did = left["did"] if left["did"].startswith("came") else f"did {left['did']}"
        first = f"the try of {name} left the tape where {has}; the program {did}."
        return [first, *self._counts(), *self._sent(), *self._end()]

    def _counts(self) -> list[str]:
        note = self.note
        lines = [f"  From there on {_count(note['answered'], 'operation')} took an outcome from the tape."]
        if note["simulated"]:
            lines.append(f"  Not on the tape, and taken as done: {_listed(note['simulated'])}.")
        if note["unordered"]:
            early = note["unordered"]
            lines.append(f"  Out of their order on the tape: {early} of them, before what another thread did first.")
        if note["skipped"]:
            lines.append(f"  On the tape, and not done any more: {_listed(note['skipped'])}.")
        return lines

    def _sent(self) -> list[str]:
        sent = self.note["sent"]
        return [f"  It sends otherwise from {self._event(sent['event'])} on:", *both(self.reel, sent)] if sent else []

    def _end(self) -> list[str]:
        stood = [self._event(row) for row in self.note["overtaken"]]
        lines = [f"  It came past {event}, which never returned in the recorded run." for event in stood]
        if not self.has_ended:
            return [*lines, "  It did not come to its end."]
        recorded = self.reel.processes[self.process].get("facts", {})
        otherwise = "" if "ended_ns" in recorded else ", which the recorded one did not"
        return [*lines, f"  The process came to its end{otherwise}."]

    def _event(self, row: int) -> str:
        return event_text(self.reel, row)


def event_text(reel: Reel, row: int) -> str:
    """An event as a person reads it, with its line where that is known."""
    file, number, _, _ = reel.sites[int(reel.site[row])]
    thing = str(reel.objects[int(reel.object[row])][3])
    name = f"{reel.operations[int(reel.op[row])]['name']} {thing}".rstrip()
    return f"event {row}: {name}" + (f" at {Path(file).name}:{number}" if file else "")


def both(reel: Reel, sent: dict[str, Any]) -> list[str]:
    """What the tape has and what the program sends, see `ipcreel.replay.sent`."""
    given = payload_text(bytes.fromhex(sent["given"]), _LONG) if sent["is_bytes"] else sent["given"]
    return [f"    the tape has  {payload_text(reel.payload(sent['event']), _LONG)}", f"    it now sends  {given}"]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))
