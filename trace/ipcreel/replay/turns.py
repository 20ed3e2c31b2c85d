"""The taped order of a process's threads: whose turn it is to begin or complete an operation."""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections.abc import Callable, Iterable
from operator import eq

from ipcreel.mechanism.operation import RUN
from ipcreel.replay.script import Event, Row
from ipcreel.replay.standing import forever

LOCAL = frozenset(("threads", "queues", "futures"))  # mechanisms between the threads of a process
_BACK, _CROSSED = 8, 2  # how many places of a thread are looked at, and how many of them may be tried


class Turns:
    """Lets the threads of a replayed process do their operations in the order in which they did.

    A cause takes its place at its begin, anything else at its end: a release has happened by the time that an acquire
    ends, while its own end may have been noted later. What waited has a place at its begin too: nobody leaves a barrier
    before everybody has come to it. So has what runs code of the library inside: it may tell others something by a
    plain variable, as the `close` of a pool does. A process with one lane never waits here.

    Attributes:
        is_single: nobody waits for anybody: there is one lane, or the order is over.
        is_past: tells whether the thread that asks was left behind by the fork that made the process, wherever in an
            operation of the parent it is; None where none was.
    """

    def __init__(
        self,
        events: Iterable[Event],
        operations: dict[int, Row],
        is_past: Callable[[], bool] | None = None,
        late: Iterable[int] = (),
    ) -> None:
        """Take the events of one process; `operations` are the rows of their codes.

        Who comes from a place of `late` goes on when everything before its next one is done, see `interleavings`.
        """
        events = list(events)
        self.is_past = is_past
        self._begin: dict[int, int] = {}  # row of an event: its place
        self._end: dict[int, int] = {}
        self._next = 0
        self._order: list[int] = []  # the rows, by place
        self._lanes: list[int] = []  # by place
        self._keeps = bytearray()  # by place: whether the next one is of the same thread, so that nobody waits for it
        self._late: dict[int, int] = {}  # a place: the next one of its thread
        self._events: dict[int, Event] = {}
        self._waiting: dict[int, LockType] = {}  # a place: the lock that its thread waits for
        self._postponed: dict[int, Callable[[], None]] = {}  # a place: what is done there, by whoever comes to it
        self._guard = allocate_lock()
        self.is_single = len({event.lane for event in events}) < 2
        if not self.is_single:
            self._lay_out(events, operations)
            self._late = {place: following for place in late if (following := self._following(place)) is not None}

    def open(self) -> None:
        """From here on every thread may do what it likes."""
        with self._guard:
            self.is_single = True
            waiting, self._waiting = self._waiting, {}
            for place in sorted(self._postponed):
                self._postponed.pop(place)()
        for waiter in waiting.values():
            waiter.release()

    def _lay_out(self, events: list[Event], operations: dict[int, Row]) -> None:
        kinds = {code: _kind(operation) for code, operation in operations.items()}
        marks: list[tuple[int, int, bool, int]] = []  # when, the row, whether it is its end, the lane
        for row, begin_ns, lane, op, *_, end_ns in events:
            begins, is_cause = kinds[op]
            if begins or end_ns == 0:
                marks.append((begin_ns, row, False, lane))
            if end_ns != 0:
                marks.append((begin_ns if is_cause else abs(end_ns), row, True, lane))
        marks.sort()
        for place, (_, row, is_end, _) in enumerate(marks):
            (self._end if is_end else self._begin)[row] = place
        self._order = [row for _, row, _, _ in marks]
        lanes = self._lanes = [lane for _, _, _, lane in marks]
        self._keeps = bytearray(map(eq, lanes, (*lanes[1:], -1)))
        self._events = {event.row: event for event in events}

    @property
    def expected(self) -> Event | None:
        """The event whose turn it is, None where there is no order, or its end has come."""
        return self._events[self._order[self._next]] if self._next < len(self._order) else None

    @property
    def reached(self) -> int:
        """How many places were left."""
        return self._next

    def others(self, lane: int) -> list[int]:
        """Where a thread may have been interrupted before what this one does wrongly, the likeliest first.

        This thread itself may have, also before something that it does either way, or one that came back before it
        did; or else one that did so after it.
        """
        if self.is_single:
            return []
        own = [place for place in range(self._next - 1, -1, -1) if self._lanes[place] == lane]
        before = self._last_of_others(lane, own[0] if own else 0)
        after = self._last_of_others(lane, self._next) - before
        crossed = [place for place in own[:_BACK] if self._is_crossed(place)]
        places = [*sorted(before, reverse=True), *sorted(after)]
        return [*crossed[:_CROSSED], *filter(self._is_crossed, places)]

    def _last_of_others(self, lane: int, end: int) -> set[int]:
        """The last place before `end` of each other thread."""
        return set({other: place for place, other in enumerate(self._lanes[:end]) if other != lane}.values())

    def _is_crossed(self, place: int) -> bool:
        """Whether others do anything before a thread that comes from a place comes to its next one."""
        following = self._following(place)
        return following is not None and following > place + 1

    def _following(self, place: int) -> int | None:
        """The next place of the thread that comes from one."""
        try:
            return self._lanes.index(self._lanes[place], place + 1)
        except ValueError:
            return None

    def _leave_behind(self) -> None:
        """Do not return to a thread that the fork left behind."""
        if self.is_past is not None and self.is_past():
            forever()

    def begin(self, event: Event) -> None:
        """Return when it is this event's turn to begin."""
        self._leave_behind()
        if not self.is_single:
            place = self._begin.get(event.row)
            if place is not None:
                self._reach(place)
                self._leave(place)
                if place in self._late:
                    self._reach(self._late[place])

    def reach(self, event: Event) -> None:
        """Return when everything before this event is done; it is still to begin."""
        self._leave_behind()
        if not self.is_single:
            place = self._begin.get(event.row, self._end.get(event.row))
            if place is not None:
                self._reach(place)

    def wait(self, event: Event) -> None:
        """Return when every event before this one is complete."""
        self._leave_behind()
        if not self.is_single:
            place = self._end.get(event.row)
            if place is not None:
                self._reach(place)

    def complete(self, event: Event) -> None:
        """This event is complete: let the next one go on."""
        if not self.is_single:
            place = self._end.get(event.row)
            if place is not None:
                self._leave(place)

    def come_back(self, event: Event) -> None:
        """Return when the thread may go on behind this event, which is complete: at once, if it is not to be late."""
        following = self._late.get(self._end.get(event.row, -1))
        if following is not None:
            self._reach(following)

    def pass_by(self, event: Event) -> None:
        """Return when it is this event's turn to end, nothing being done between its begin and that."""
        self._leave_behind()
        if self.is_single:
            return
        row = event.row
        place = self._begin.get(row)
        if place is not None:
            if self._next < place:
                self._reach(place)
            self._leave(place)
        place = self._end.get(row)
        if place is not None and self._next < place:
            self._reach(place)

    def postpone(self, event: Event, act: Callable[[], None]) -> bool:
        """Have `act` done when it is this event's turn, and do not wait for it. Returns False where it is its turn."""
        place = None if self.is_single else self._end.get(event.row)
        if place is None:
            return False
        with self._guard:
            if self._next >= place or self.is_single:
                return False
            self._postponed[place] = act
            return True

    def _reach(self, place: int) -> None:
        with self._guard:
            if self._next >= place or self.is_single:
                return
            waiter = self._waiting[place] = allocate_lock()
            waiter.acquire()
        waiter.acquire()

    def _leave(self, place: int) -> None:
        if place != self._next:  # it was left already, ahead of what it stands for
            return
        if self._keeps[place]:  # as long as a thread goes on alone, nobody else is told, nor changes anything here
            self._next = place + 1
            return
        with self._guard:
            self._next += 1
            while (act := self._postponed.pop(self._next, None)) is not None:
                act()
                self._next += 1
            waiter = self._waiting.pop(self._next, None)
        if waiter is not None:
            waiter.release()


def _kind(operation: Row) -> tuple[bool, bool]:
    """Whether an operation has a place at its begin, and whether what it does happens there."""
    return (operation.blocks and not operation.is_cause) or _runs_inside(operation), operation.is_cause


def _runs_inside(operation: Row) -> bool:
    return operation.replay == RUN and operation.name.partition(".")[0] not in LOCAL
