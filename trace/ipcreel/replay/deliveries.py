"""The deliveries of signals on the tape: handlers run where they ran, between two operations or within one."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ipcreel.replay.arrival import Arrival
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_DELIVERED = "signal.delivered"
_BETWEEN = 0  # `b` of a delivery between two instructions


class Deliveries:
    """Runs the handlers of a program.

    Attributes:
        code: of the operation that stands for a delivery, -1 where the tape has none.
    """

    def __init__(self, reading: Replaying) -> None:
        operations = reading.script.operations
        self.code = next((code for code, row in operations.items() if row.name == _DELIVERED), -1)
        self._reading = reading

    def catch_up(self) -> None:
        """Deliver a signal whose place was not passed again: in code written in C, or in a loop without numbers."""
        events = self._reading.here.events
        while events and events[-1].op == self.code and events[-1].row != self._reading.script.stop:
            self.deliver(events[-1])

    def follow(self, event: Event) -> None:
        """An event is complete: if a signal arrived before the next one, watch for the place."""
        here = self._reading.here
        following = here.events[-1] if here.events else None
        if following is None or following.op != self.code:
            return
        if self._is_behind(following, event):
            if not any(0 < abs(each.end_ns) < following.begin_ns for each in here.enclosing):
                self.deliver(following)
        else:
            self.expect()

    def expect(self) -> None:
        """If a signal came between this place and the next event, watch for where that was."""
        reading = self._reading
        following = reading.here.events[-1] if reading.here.events else None
        if following is not None and following.op == self.code and self.is_between(following):
            expecting, lane = reading.standing.expecting, following.lane
            expecting[reading.here.lane] = following.a
            arrival = Arrival(following.a, reading.script.sites[following.site], reading.script.payload(following))
            arrival.watch(lambda: expecting.get(lane) == following.a)

    def is_between(self, delivery: Event) -> bool:
        """Whether the next signal came between two instructions, or in what we do when another one comes there.

        That other one, in which a third may have come before, is noted when the handler of this one has ended, at the
        same moment of the program.
        """
        if delivery.b == _BETWEEN:
            return True
        payload = self._reading.script.payload
        own = payload(delivery) or {}
        for other in self._noted_after_its_run():
            others = payload(other) or {}
            # One that is interrupted while it looks at variables may find none any more: see `delivery._numbers_in`.
            same = others.get("numbers") in (own.get("numbers"), {})
            if other.site != delivery.site or not same or own.get("depth") != others.get("depth"):
                return False
            if other.b == _BETWEEN:
                return True
        return False

    def _noted_after_its_run(self) -> Iterator[Event]:
        """The deliveries from the next one on, without it, each noted when the handler of the one before had ended."""
        following = reversed(self._reading.here.events)
        next(following, None)
        run = next(following, None)
        while run is not None:
            ended_ns = abs(run.end_ns)
            other = next((event for event in following if event.op == self.code and event.begin_ns >= ended_ns), None)
            if other is None or ended_ns == 0:
                return
            yield other
            run = next(following, None)

    def _is_behind(self, delivery: Event, event: Event) -> bool:
        """Whether a signal came in what we do after an operation.

        In what we do before the next one it came at another site: it is delivered when the program is there.
        """
        is_here = delivery.begin_ns > abs(event.end_ns) and delivery.site == event.site
        return is_here and not self.is_between(delivery)

    def hides(self, event: Event) -> bool:
        """Whether the program did not get the outcome of an operation: a handler raised before we had handed it out."""
        following = self._reading.here.events[-2:]
        return (
            len(following) == 2
            and following[1].op == self.code
            and self._is_behind(following[1], event)
            and following[0].end_ns < 0
        )

    def deliver_within(self, event: Event) -> None:
        """Deliver the signals that arrived while `event` was going on."""
        here = self._reading.here
        while here.events:
            following = here.events[-1]
            if following.op != self.code or (event.end_ns != 0 and following.begin_ns > abs(event.end_ns)):
                return
            self.deliver(following)

    def deliver_held(self, fork: Event) -> None:
        """Deliver the signals that the parent of a fork held until it was done; a hook may be hit by the next ones."""
        events = self._reading.here.events
        while events and events[-1].op == self.code and events[-1].begin_ns <= abs(fork.end_ns):
            if self.is_between(events[-1]):
                self.expect()
                return
            self.deliver(events[-1])

    def deliver_to_former(self, event: Event) -> None:
        """A handler is about to be replaced: what came during that came to it, if there was one."""
        events = self._reading.here.events
        while events and events[-1].op == self.code and events[-1].begin_ns <= abs(event.end_ns):
            if not self.deliver_if_handled(events[-1]):
                return

    def deliver_if_handled(self, delivery: Event) -> bool:
        """Deliver a signal for which the program has a handler. Returns whether it has one."""
        if not callable(_signal.getsignal(delivery.a)):
            return False
        self.deliver(delivery)
        return True

    def deliver(self, delivery: Event) -> None:
        """Run the handler of a signal."""
        reading = self._reading
        handler = _signal.getsignal(delivery.a)
        if not callable(handler):
            reading.diverge(f"{reading.script.describe(delivery)}: the program has no handler for {delivery.a}.")
        handler(delivery.a, sys._getframe(1))
