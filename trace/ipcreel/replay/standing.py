"""Where the threads of a replayed process stand that never came back from what they waited for."""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from typing import NoReturn

_GRACE_S = 1.0


class Standing:
    """Ends the replay when every thread has come to its own end, or stands.

    Attributes:
        places: where the threads stand, by lane.
        left: how many events no thread has done yet.
    """

    def __init__(self, events: int, ended: bool, over: Callable[[], NoReturn]) -> None:
        """Take the number of events, whether the process came to its end by itself, and what is to be done then."""
        self.places: dict[int, str] = {}
        self.left = events
        self._ended = ended
        self._over = over
        self._is_watched = False

    def here(self, lane: int, place: str) -> NoReturn:
        """The thread that calls goes no further."""
        self.places[lane] = place
        self.look()
        forever()

    def look(self) -> None:
        """End the replay if nothing is left to be done."""
        if self.left:
            return
        if self.places:
            self._over()
        if not self._ended and not self._is_watched:  # it was killed while it computed: it may do so for ever
            self._is_watched = True
            start_new_thread(self._end_soon, ())

    def _end_soon(self) -> None:
        timer = allocate_lock()
        timer.acquire()
        timer.acquire(timeout=_GRACE_S)
        self._over()


def forever() -> NoReturn:
    """Wait for what never comes."""
    lock = allocate_lock()
    while True:
        lock.acquire()
