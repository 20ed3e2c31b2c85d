"""Where the threads of a replayed process stand that never came back from what they waited for."""

from __future__ import annotations

from _thread import allocate_lock, get_ident
from collections.abc import Callable, Iterable
from typing import NoReturn

from ipcreel.replay.script import Event


class Standing:
    """Ends the replay when every thread has come to its own end, or stands.

    Attributes:
        places: where the threads stand, by lane.
        threads: which thread stands there, by lane.
        held: whether nothing may end now: a person is asked. Counted.
        expecting: signals that threads are followed for, by lane.
        is_done: nothing that the tape has is left to be done.
    """

    def __init__(self, events: Iterable[Event], ended: bool, over: Callable[[], NoReturn]) -> None:
        """Take the events, whether the process came to its end by itself, and what is to be done where it stands."""
        self.places: dict[int, str] = {}
        self.threads: dict[int, int] = {}
        self.held = 0
        self.expecting: dict[int, int] = {}
        self.ended = ended
        self.over = over
        events = list(events)
        pending = [event.row for event in events if event.end_ns == 0]
        self._to_begin = set(pending)  # what never returned, and has not been come to yet
        self._to_complete = {event.row for event in events}.difference(pending)

    def here(self, lane: int, place: str) -> NoReturn:
        """The thread that calls goes no further."""
        self.stop(lane, place)
        forever()

    def stop(self, lane: int, place: str) -> None:
        """The thread that calls is about to wait for what may never come."""
        self.places[lane] = place
        self.threads[lane] = get_ident()
        self._look()

    def go_on(self, lane: int) -> None:
        """It came."""
        self.places.pop(lane, None)
        self.threads.pop(lane, None)

    def begun(self, event: Event) -> None:
        """A thread has come to an event."""
        self._to_begin.discard(event.row)
        self.expecting.pop(event.lane, None)

    def done(self, event: Event) -> None:
        """An event is complete."""
        self._to_complete.discard(event.row)
        if self.places:
            self._look()

    def leave_out(self, events: Iterable[Event]) -> None:
        """These will not be complete any more."""
        self._to_complete.difference_update(event.row for event in events)

    @property
    def is_done(self) -> bool:
        return not self._to_begin and not self._to_complete

    def _look(self) -> None:
        if self.places and self.is_done and not self.ended and not self.held:
            self.over()


def forever() -> NoReturn:
    """Wait for what never comes."""
    lock = allocate_lock()
    while True:
        lock.acquire()
