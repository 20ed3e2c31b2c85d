"""What a program with changed code did otherwise than its tape has it, kept for the report of a try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ipcreel.mechanism.operation import GIVE
from ipcreel.replay import running
from ipcreel.replay.script import Event, Script

_UNSAID = frozenset(("threads", "queues", "futures", "clock", "chance"))  # not missed where they are done no more


class Account:
    """Counts as a try goes on.

    Attributes:
        simulated: by operation, how many had no event and were taken as done.
        sent: the first event from which on something else was sent, and what.
        unordered: how many outcomes were taken from the tape though what another thread did before was not done.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self.simulated: Counter[str] = Counter()
        self.sent: dict[str, Any] = {}
        self.unordered = 0
        self._answered = 0
        self._last: dict[int, int] = {}  # by lane: the last event that was taken from the tape
        self._overtaken: set[int] = set()

    def answer(self, event: Event) -> None:
        """An operation took its outcome from the tape."""
        self._answered += 1
        self._last[event.lane] = max(event.row, self._last.get(event.lane, -1))

    def last(self, lane: int) -> int:
        """The last event of a lane that was taken since the tape was left, -1 where none was."""
        return self._last.get(lane, -1)

    def leave_behind(self, events: Iterable[Event]) -> None:
        """A thread goes on behind these: those that never returned are behind it."""
        self._overtaken.update(event.row for event in events if event.end_ns == 0)

    def told(self) -> dict[str, Any]:
        """All of it in plain values."""
        return {
            "answered": self._answered,
            "simulated": dict(self.simulated),
            "skipped": dict(self._skipped()),
            "sent": self.sent,
            "unordered": self.unordered,
            "overtaken": sorted(self._overtaken),
        }

    def _skipped(self) -> Counter[str]:
        """By operation: what the tape has before the last event that was taken in its lane, and was not done."""
        left = [event for events in self._script.lanes.values() for event in events]
        rows = [self._script.operations[event.op] for event in left if event.row < self._last.get(event.lane, -1)]
        return Counter(row.name for row in rows if row.replay == GIVE and is_missed(row.name))


def is_missed(name: str) -> bool:
    """Whether it matters that an operation of the tape is done no more: it is with other processes."""
    return name not in running.SHOWN and name.partition(".")[0] not in _UNSAID
