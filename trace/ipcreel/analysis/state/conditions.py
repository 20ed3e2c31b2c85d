"""What a wait on a condition gives back while it lasts: the lock of the condition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events

Rows = NDArray[np.int64]

_WAITS = ("threads.condition.wait", "mp.condition.wait")


class Conditions:
    """The conditions of a run, and their locks.

    A wait gives back the lock of its condition however often its thread has taken it, and has it again at its end; the
    lock's own events say nothing of either.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._codes = {events.codes[name] for name in _WAITS if name in events.codes}
        creates = events.rows("threads.condition.create")
        self._key_of_lock = dict(zip(events.object[creates].tolist(), events.a[creates].tolist(), strict=True))

    def is_wait(self, row: int) -> bool:
        return int(self._events.op[row]) in self._codes

    def waits_at(self, at_ns: int) -> Rows:
        """The waits on conditions that go on at a moment."""
        events, rows = self._events, self._events.rows(*_WAITS, done=False)
        going_on = (events.begin_ns[rows] <= at_ns) & ((events.end_ns[rows] > at_ns) | events.pending[rows])
        return rows[going_on]

    def given_back(self, wait: int, held: Sequence[int]) -> int | None:
        """The lock that a wait gives back; the last that its lane took, where the tape does not say which it is.

        Args:
            held: the locks that its lane holds but for that, in the order in which they were taken.
        """
        key = self._key_of_lock.get(int(self._events.object[wait]))
        known = [lock for lock in held if key and self._events.objects[lock][2] == key]
        return next(reversed(known or held), None)
