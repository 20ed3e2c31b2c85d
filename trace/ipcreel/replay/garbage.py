"""What ends because nothing refers to it any more: when, and in which order, is no part of what a program did."""

from __future__ import annotations

import gc
from _thread import get_ident
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import Operation
from ipcreel.replay import running
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

CLOSE = "pipe.end.close"
LETS_GO = frozenset(  # a socket that was not closed says which one it is
    (
        CLOSE, "socket.endpoint.close", "socket.endpoint.getsockname", "socket.endpoint.getpeername",
        "waiting.epoll.close",
    )
)  # fmt: skip


class Garbage:
    """Lets objects of the program end where that shows on the tape.

    Attributes:
        is_ending: the interpreter collects its last garbage, and takes its modules apart. What it reaches then, and in
            which order, depends on what we are to them.
    """

    def __init__(self, reading: Replaying) -> None:
        self.is_ending = False
        self._reading = reading
        self._collected_for = -1
        self._collecting = 0  # the thread
        self._early: set[tuple[int, int]] = set()  # what was let go before its event: operation, descriptor or object

    def collect(self, event: Event) -> bool:
        """Let garbage end that ended here: when the collector runs is not on the tape, but what it closes is.

        Returns:
            Whether that was the event.
        """
        if self._collecting or event.row in (self._reading.script.stop, self._collected_for):
            return False
        self._collected_for = event.row
        self._collecting = get_ident()
        try:
            gc.collect()
        finally:
            self._collecting = 0
        events = self._reading.here.events
        return not events or events[-1] is not event

    def catch_up(self) -> None:
        """Let end what has ended by now on the tape, where the program goes on with something else."""
        events = self._reading.here.events
        while events and self.is_let_go(events[-1]) and (self.skip(events[-1]) or self.collect(events[-1])):
            pass

    @property
    def is_collecting(self) -> bool:
        """Whether it is `collect` that goes on, in any thread."""
        return self._collecting != 0

    def is_early(self, row: Operation, args: Any) -> bool:
        """Whether `collect` lets something go that is not due: there was more garbage than what ended there."""
        if not self.lets_go(row):
            return False
        events = self._reading.here.events
        following = events[-1] if events else None
        return following is None or following.op != row.code or (row.name == CLOSE and following.a != args[0])

    def lets_go(self, row: Operation) -> bool:
        """Whether it is `collect` that does an operation."""
        return self._collecting != 0 and self._collecting == get_ident() and row.name in LETS_GO

    def end_early(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Let something go that is not due. Its event, if one ever comes, is passed over: see `skip`."""
        self._early.add(_name(row.code, args))
        if row.name == CLOSE:  # a plain file may have that number here
            return None
        return running.without_recording(self._reading, original, args, kwargs)

    def skip(self, event: Event) -> bool:
        """Pass over the next event if what it lets go is gone already. Returns whether it is."""
        reading = self._reading
        if not self._early or event.row == reading.script.stop:
            return False
        name = _named(event, reading.script.operations[event.op].name)
        if name not in self._early:
            return False
        self._early.discard(name)
        reading.here.events.pop()
        reading.replayed += 1
        reading.turns.wait(event)
        reading.finish(event)
        return True

    def order(self, args: tuple[Any, ...]) -> None:
        """The program closes a descriptor, where the tape may close another one first.

        What ends together, as a function returns, ends in an order that depends on who else refers to it; and what the
        tape closes first may be garbage here. In the former case the two events change places.
        """
        reading = self._reading
        events = reading.here.events
        while events and self.skip(events[-1]):
            pass
        if reading.has_left or self.is_ending or not (args and events) or not self._closes_other(events[-1], args[0]):
            return
        for place in range(len(events) - 1, -1, -1):
            other = events[place]
            if not self.is_let_go(other):
                break
            if self._closes(other) and other.a == args[0]:
                first = events[-1]
                events[-1] = first._replace(a=other.a, object=other.object)
                events[place] = other._replace(a=first.a, object=first.object)
                return
        self.collect(events[-1])

    def _closes(self, event: Event) -> bool:
        return event.end_ns > 0 and self._reading.script.operations[event.op].name == CLOSE

    def _closes_other(self, event: Event, descriptor: Any) -> bool:
        return event.a != descriptor and self._closes(event)

    def is_let_go(self, event: Event) -> bool:
        """Whether an event is what an object does when nothing refers to it any more."""
        return self._reading.script.operations[event.op].name in LETS_GO

    def let_go(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """An object ends as the interpreter does, in whatever order: the outcome is its own, where the tape has one."""
        reading = self._reading
        of_descriptor = args[0] if args and type(args[0]) is int else None
        own = (event for event in reversed(reading.here.events) if event.op == row.code)
        event = next((event for event in own if of_descriptor in (None, event.a)), None)
        if event is None:
            try:
                return running.without_recording(reading, original, args, kwargs)
            except OSError:  # what is inert has nothing to close
                return None
        reading.turns.open()  # there are no threads any more, but those that the interpreter stops
        reading.here.events.remove(event)
        reading.replayed += 1
        if event.end_ns < 0:
            raise OSError  # the class that it was of may be gone by now
        return reading.doing.outcome(row, event, original, args, kwargs)


def _name(code: int, args: Any) -> tuple[int, int]:
    """What an operation lets go: a descriptor by its number, anything else by the object's."""
    thing = args[0] if args else None
    return code, thing if type(thing) is int else getattr(thing, "_ipcreel_object", 0)


def _named(event: Event, name: str) -> tuple[int, int]:
    return event.op, event.a if name == CLOSE else event.object
