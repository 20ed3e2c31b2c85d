"""Nearly all operations of a program: they only hand out what the tape has, in their turn.

What the program does is compared with the tape all the same: on which object it sends or receives, and what it sends.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import GIVE, Operation
from ipcreel.replay import running
from ipcreel.replay.script import Event
from ipcreel.replay.sent import is_compared, otherwise
from ipcreel.replay.stack import where

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying


class Handing:
    """Hands out outcomes, where no signal came and no code of the program's ran within an operation."""

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading
        self._handed_out: set[int] = set()  # codes of operations of which a replay does nothing
        self._compared: set[int] = set()  # of those that send what the tape has

    def learn(self, row: Operation, does_more: bool) -> None:
        """An operation is about to be wrapped; `does_more` says that its outcome is not all of it."""
        if is_compared(row):
            self._compared.add(row.code)
        if row.replay == GIVE and not does_more:
            self._handed_out.add(row.code)

    def is_all(self, row: Operation, events: list[Event]) -> bool:
        """Whether nothing is to be done but to hand out the outcome of the next of `events`, which is one of `row`."""
        reading, event = self._reading, events[-1]
        if row.code not in self._handed_out or event.end_ns == 0:
            return False
        if reading.trial is not None or reading.garbage.is_ending:
            return False
        if len(events) < 2:
            return True
        following = events[-2]
        return following.op != reading.deliveries.code and following.begin_ns >= abs(event.end_ns)

    def hand_out(self, row: Operation, events: list[Event], args: Any, kwargs: Any) -> Any:
        """Take the next of `events`, and return its outcome, or raise it."""
        reading, standing = self._reading, self._reading.standing
        if row.flow:
            self.look(row, args, kwargs)
        if reading.session is not None:
            reading.session.pass_by(events[-1])
        event = events.pop()
        reading.replayed += 1
        if standing.expecting:
            standing.expecting.pop(event.lane, None)
        if row.code in self._compared:
            self.compare(row, event, args, kwargs)
        turns = reading.turns
        if not turns.is_single or turns.is_past is not None:
            turns.pass_by(event)
        try:
            if event.end_ns < 0:
                raise reading.doing.rebuilt(event)
            return running.give(reading, row, event, args, kwargs)
        finally:
            turns.complete(event)
            standing.done(event)
            if reading.script.is_late:
                turns.come_back(event)

    def look(self, row: Operation, args: Any, kwargs: Any) -> None:
        """The program is about to do one end of a flow: it must be on the object that the tape has."""
        reading = self._reading
        event = reading.here.events[-1] if reading.here.events else None
        if event is None or event.op != row.code:
            return
        if not reading.known.agrees(row, args, kwargs, event.object):
            has, place = reading.script.describe(event), where(sys._getframe(1))
            reading.diverge(f"{has}: that is what the tape has; the program did it on another object at {place}.")

    def compare(self, row: Operation, event: Event, args: Any, kwargs: Any) -> None:
        """The program sends: it must be what the tape has."""
        reading = self._reading
        sent = otherwise(reading, row, event, args, kwargs) if row.code in self._compared else {}
        if sent:
            reading.diverge(f"{reading.script.describe(event)}: the program sends something else there.", sent)
