"""Where the threads of a replayed process stand that never came back from what they waited for."""

from __future__ import annotations

from _thread import allocate_lock, get_ident, start_new_thread
from collections.abc import Callable
from typing import NoReturn

_GRACE_S = 1.0


class Standing:
    """Ends the replay when every thread has come to its own end, or stands.

    Attributes:
        places: where the threads stand, by lane.
        threads: which thread stands there, by lane.
        held: whether nothing may end now: a person is asked. Counted.
        left: how many events no thread has done yet.
        expecting: how many of those come after a signal that a thread is followed for, by lane.
    """

    def __init__(self, events: int, ended: bool, over: Callable[[], NoReturn]) -> None:
        """Take the number of events, whether the process came to its end by itself, and what is to be done then."""
        self.places: dict[int, str] = {}
        self.threads: dict[int, int] = {}
        self.held = 0
        self.left = events
        self.expecting: dict[int, int] = {}
        self._ended = ended
        self._over = over
        self._is_watched = False

    def here(self, lane: int, place: str) -> NoReturn:
        """The thread that calls goes no further."""
        self.places[lane] = place
        self.threads[lane] = get_ident()
        self.look()
        forever()

    def look(self) -> None:
        """End the replay if nothing is left to be done."""
        if self.held or self.left > sum(self.expecting.values()):
            return
        if not self.left and self.places:
            self._over()
        stuck = self.places and self.expecting  # a signal may have hit a wait of the library's that is for ever now
        if (stuck or (not self.left and not self._ended)) and not self._is_watched:
            self._is_watched = True
            start_new_thread(self._end_soon, (self.left,))

    def _end_soon(self, left: int) -> None:
        timer = allocate_lock()
        timer.acquire()
        timer.acquire(timeout=_GRACE_S)
        self._is_watched = False
        if self.left == left and not self.held:
            self._over()  # nothing has moved; a process that was killed while it computed may do so for ever
        self.look()


def forever() -> NoReturn:
    """Wait for what never comes."""
    lock = allocate_lock()
    while True:
        lock.acquire()
