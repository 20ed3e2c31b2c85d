"""The taped order between the threads of a try: an answer waits for what others did before it, as far as they do it.

Threads run freely there, and what comes from other processes is on the tape already. Without an order one thread would
be given an answer before another has asked. So an event of the tape is taken when those of other threads that come
before it are: but for those that changed code does no more. That cannot be known; but when nothing moves, it is so.
"""

from __future__ import annotations

import sys
from _thread import LockType, allocate_lock
from typing import TYPE_CHECKING

from ipcreel.mechanism.operation import GIVE
from ipcreel.replay.account import Account, is_missed
from ipcreel.replay.garbage import LETS_GO
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying


class Order:
    """Keeps a thread from an event of the tape until it is its turn."""

    def __init__(self, reading: Replaying, account: Account) -> None:
        self._reading = reading
        self._account = account
        self._guard = allocate_lock()
        self._waiting: dict[int, tuple[Event, LockType]] = {}  # by row
        self._passed: dict[int, int] = {}  # by lane: the event up to which nobody waits for it any more
        self._ended: set[int] = set()  # lanes

    def wait(self, event: Event) -> None:
        """Return when it is this event's turn, or will never be."""
        with self._guard:
            if not self._before(event):
                return
            waiter = allocate_lock()
            waiter.acquire()
            self._waiting[event.row] = event, waiter
        self._reading.watch.begin()
        waiter.acquire()

    def look(self) -> None:
        """Something was done: let those go on whose turn has come."""
        with self._guard:
            for event, waiter in list(self._waiting.values()):
                if not self._before(event):
                    del self._waiting[event.row]
                    waiter.release()

    def end(self, lane: int) -> None:
        """A thread has come to its end."""
        self._ended.add(lane)
        self.look()

    def give_up(self) -> bool:
        """Nothing moves: let the first that waits go on. Returns whether there was one."""
        with self._guard:
            if not self._waiting:
                return False
            event, waiter = self._waiting.pop(min(self._waiting))
            self._passed |= dict.fromkeys(self._before(event), event.row)
            self._account.unordered += 1
        waiter.release()
        return True

    def _before(self, event: Event) -> list[int]:
        """The lanes of other threads that have something to do first: also of those that are still to begin."""
        lanes, running = self._reading.lanes, sys._current_frames()
        standing = self._reading.standing.places
        others = [lane for lane, ident in lanes.idents.items() if lane != event.lane and ident in running]
        others += lanes.to_begin
        return [lane for lane in others if lane not in self._ended and lane not in standing and self._has(lane, event)]

    def _has(self, lane: int, event: Event) -> bool:
        """Whether a lane has anything left before an event: what is passed over is done no more."""
        done = max(self._account.last(lane), self._passed.get(lane, -1))
        waits = [other for other, _ in self._waiting.values() if other.lane == lane]
        for other in (*waits, *reversed(self._reading.script.lanes[lane])):
            if other.row > done and self._is_awaited(other) and self._place(other) < self._place(event):
                return True
            if other.begin_ns > abs(event.end_ns):
                return False
        return False

    def _place(self, event: Event) -> int:
        return event.begin_ns if self._reading.script.operations[event.op].is_cause else abs(event.end_ns)

    def _is_awaited(self, event: Event) -> bool:
        row = self._reading.script.operations[event.op]
        return event.end_ns != 0 and row.replay == GIVE and is_missed(row.name) and row.name not in LETS_GO
