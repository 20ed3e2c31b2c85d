"""Which lane of the tape each thread of the replayed process is."""

from __future__ import annotations

from _thread import _local, allocate_lock, get_ident
from collections.abc import Callable
from typing import Any

from ipcreel.replay.script import Event, Script
from ipcreel.replay.standing import forever

_BEGIN = "threads.thread.begin"


class Here(_local):
    """The thread that asks: the events that are left of its lane, and whether it is inside an operation."""

    mark = outside = 0  # as in `ipcreel.tape.process.Here`
    lane = -1  # not known yet
    events: list[Event]  # the next one is the last
    before_fork = False
    begun: Event | None = None  # with which it began: it is not late before its start has returned
    submitted = 0  # the object of the last operation
    enclosing: list[Event]  # what it is in that code of the program's runs in, the innermost last

    def __init__(self) -> None:
        self.events, self.enclosing = [], []

    @property
    def inside(self) -> bool:
        """Whether it is inside an operation."""
        return self.mark < 0

    @inside.setter
    def inside(self, value: bool) -> None:
        self.mark = -1 if value else self.outside


class Lanes:
    """Gives each thread its lane when it does its first operation.

    Attributes:
        idents: the threads that have a lane, by lane.
        left_of_first: what is left for the thread that the process began with, the next event last.
    """

    def __init__(self, script: Script) -> None:
        """Take the tapes."""
        self._script = script
        self.idents: dict[int, int] = {}
        self.left_of_first: list[Event] = []
        self._present: set[int] = set()  # the threads that have a lane
        self._past: set[int] = set()  # those of processes that forked the one that is replayed now
        self.begin_process()

    def begin_process(self) -> None:
        """The lanes of the process whose tape is read now; the thread that asks has the first of them."""
        self._free = dict(self._script.lanes)
        self._taken: dict[int, list[Event]] = {}  # what is left of those that threads have, by lane
        self._guard = allocate_lock()
        self._past |= self._present - {get_ident()}
        self._present = {get_ident()}
        self.idents = {}

    def take_first(self, here: Here) -> None:
        """Give the thread that the process began with its lane."""
        lane = self._script.first_lane
        here.lane, here.events = lane, self._free.pop(lane, [])
        self.left_of_first = self._taken[lane] = here.events
        self.idents[lane] = get_ident()

    def take(self, here: Here, code: int, object_: int, payload: Any) -> bool:
        """Give a new thread the lane that begins as it does: with this operation, on this object where that is known.

        A thread of the process that forked this one goes no further: it is not there any more.

        Returns:
            Whether there is such a lane.
        """
        own = get_ident()
        if own in self._past and self._script.operations[code].name != _BEGIN:
            forever()
        with self._guard:
            self._past.discard(own)
            self._present.add(own)
            if self._take_again(here, own, code):
                return True
            fitting = [lane for lane, events in self._free.items() if events and events[-1].op == code]
            same = [lane for lane in fitting if object_ and self._free[lane][-1].object == object_]
            if not same and payload is not None:
                same = [lane for lane in fitting if self._script.payload(self._free[lane][-1]) == payload]
            if not fitting:
                return False
            here.lane = min(same or fitting)
            here.events = self._taken[here.lane] = self._free.pop(here.lane)
            self.idents[here.lane] = own
            return True

    def _take_again(self, here: Here, own: int, code: int) -> bool:
        """Give a thread that ends its lane once more: what it has for itself goes, ours maybe before the program's."""
        for lane, ident in self.idents.items():
            events = self._taken[lane]
            if ident == own and events and events[-1].op == code:
                here.lane, here.events = lane, events
                return True
        return False

    def left(self, lane: int) -> list[Event]:
        """What is left for the thread that has a lane, the next event last."""
        return self._taken.get(lane, [])

    @property
    def free(self) -> int:
        """How many lanes no thread has taken yet."""
        return len(self._free)

    @property
    def to_begin(self) -> list[int]:
        """The lanes that no thread has taken yet."""
        return list(self._free)

    @property
    def is_past(self) -> Callable[[], bool] | None:
        """What tells whether the thread that asks was left behind by a fork; None where none was."""
        return (lambda: get_ident() in self._past) if self._past else None
