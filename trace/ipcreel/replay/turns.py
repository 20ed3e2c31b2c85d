"""The taped order of a process's threads: whose turn it is to complete an operation."""

from __future__ import annotations

import _thread
from collections.abc import Iterable

from ipcreel.replay.script import Event


class Turns:
    """Lets the threads of a replayed process complete their operations in the order in which they did.

    A cause takes its place at its begin, anything else at its end: a release has happened by the time that an acquire
    ends, while its own end may have been noted later. A process with one lane never waits here.
    """

    def __init__(self, events: Iterable[Event], causes: frozenset[int]) -> None:
        """Take the events of one process; `causes` are the codes of operations that are the begin of a flow."""
        done = [event for event in events if event.end_ns != 0]
        done.sort(key=lambda event: event.begin_ns if event.op in causes else abs(event.end_ns))
        self._order = [event.row for event in done]
        self._place = {row: place for place, row in enumerate(self._order)}
        self._finished = bytearray(len(done))
        self._next = 0
        self._changed: list[_thread.LockType] = []  # a lock for each thread that waits
        self._guard = _thread.allocate_lock()
        self._single = len({event.lane for event in done}) < 2

    def wait(self, event: Event) -> None:
        """Return when every event before this one is complete."""
        place = self._place.get(event.row)
        if self._single or place is None:
            return
        while True:
            with self._guard:
                if self._next >= place:
                    return
                waiter = _thread.allocate_lock()
                waiter.acquire()
                self._changed.append(waiter)
            waiter.acquire()

    def complete(self, event: Event) -> None:
        """This event is complete: let the next one go on."""
        place = self._place.get(event.row)
        if self._single or place is None:
            return
        with self._guard:
            self._finished[place] = 1
            while self._next < len(self._finished) and self._finished[self._next]:
                self._next += 1
            waiters, self._changed = self._changed, []
        for waiter in waiters:
            waiter.release()
