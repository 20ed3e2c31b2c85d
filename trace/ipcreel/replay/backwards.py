"""Goes back to the breakpoint that was hit last before a place: the replay runs again from its first event, hit by hit.

A hit is known by what the tape knows of it: its thread, the event that the thread does next, and which hit since the
event before that one it is. So the run that finds it and the one that goes there mean the same.

    event 3   hit   hit   event 7   hit   here        the last before here is (lane, event 8, 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ipcreel.replay.asking import RefusedError
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.session import Session

_NO_EVENT = -1  # a thread does nothing more
_SEARCH, _TARGET = "search", "target"


class Hit(NamedTuple):
    """A breakpoint that a thread came to."""

    lane: int
    following: int  # the row of the next event of its thread, or _NO_EVENT
    place: int  # the first since the event before that one is 1


@dataclass
class Search:
    """Goes by the hits before a place.

    Attributes:
        lane: the thread that stands at the place.
        following: the row of its next event, or _NO_EVENT.
        most: how many hits since its last event lie before the place; None where all do: it is about to do the next.
        found: the last hit so far.
    """

    lane: int
    following: int
    most: int | None
    found: Hit | None = None

    def is_over(self, hit: Hit) -> bool:
        """Whether a hit is not before the place any more; otherwise it is the last so far."""
        is_here = (hit.lane, hit.following) == (self.lane, self.following)
        if is_here and self.most is not None and hit.place > self.most:
            return True
        self.found = hit
        return False


class Backwards:
    """The hits of a replay, and the way back to one.

    Attributes:
        is_at_hit: a person is asked at a breakpoint.
        stops_at: the event before which a person was asked last.
    """

    def __init__(self, session: Session) -> None:
        self.is_at_hit = False
        self.stops_at: Event | None = None
        self._session = session
        self._last: dict[int, Hit] = {}  # by lane
        self._search: Search | None = None
        self._target: Hit | None = None
        self._kept: dict[str, Any] = {}  # what the debugger that stops there takes over

    def go(self, note: dict[str, Any]) -> NoReturn:
        """Go back to the last hit before this place, or to the first event where there was none.

        Raises:
            RefusedError: it cannot be gone back.
        """
        first, following = self._session.first_event, self._following
        if first is None:
            raise RefusedError("There is nothing before this.")
        is_before_event = self.stops_at is not None and self.stops_at.row == following
        most = None if is_before_event or self._session.is_at_the_end else self._count(following) - self.is_at_hit
        self._go_back({"event": first, _SEARCH: [self._lane, following, most], **note})

    def take_up(self, note: dict[str, Any] | None, frame: FrameType) -> bool:
        """Go on with a search from the event that was gone back to. Returns whether there is one."""
        if note is None or not (_SEARCH in note or _TARGET in note):
            return False
        self._kept = {name: note[name] for name in note if name not in ("event", _SEARCH, _TARGET)}
        self._search = Search(*note[_SEARCH]) if _SEARCH in note else None
        self._target = Hit(*note[_TARGET]) if _TARGET in note else None
        self._session.go_on_silently(self._kept, frame)
        return True

    def passes_hit(self) -> bool:
        """The thread that calls has come to a breakpoint. Returns whether another one is looked for."""
        following = self._following
        hit = self._last[self._lane] = Hit(self._lane, following, self._count(following) + 1)
        if hit == self._target:
            self._target = None
            self._session.reading.muted = False
        if self._search is not None and self._search.is_over(hit):
            self._return_to(self._search.found)
        return self._target is not None or self._search is not None

    def pass_by(self, event: Event) -> None:
        """A thread is about to take an event: the search is over where that is its place."""
        if self._search is not None and (event.lane, event.row) == (self._search.lane, self._search.following):
            self._return_to(self._search.found)

    def end(self) -> None:
        """Nothing follows."""
        if self._search is not None:
            self._return_to(self._search.found)

    @property
    def _lane(self) -> int:
        return self._session.reading.here.lane

    @property
    def _following(self) -> int:
        events = self._session.reading.here.events
        return events[-1].row if events else _NO_EVENT

    def _count(self, following: int) -> int:
        """How many hits there were since the last event of the thread that calls."""
        last = self._last.get(self._lane)
        return last.place if last is not None and last.following == following else 0

    def _return_to(self, hit: Hit | None) -> NoReturn:
        """Go back to a hit, from the event before it; where there is none, to the first event."""
        if hit is None:
            self._go_back({"event": self._session.first_event, **self._kept})
        own = [event.row for event in self._session.script.of_lane(hit.lane)]
        at = own.index(hit.following) if hit.following in own else len(own)
        self._go_back({"event": own[at - 1] if at else self._session.first_event, _TARGET: hit, **self._kept})

    def _go_back(self, note: dict[str, Any]) -> NoReturn:
        if self._session.checkpoints is None:
            raise RefusedError("This replay keeps no checkpoints.")
        self._session.checkpoints.go_back(note)
