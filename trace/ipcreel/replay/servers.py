"""Servers of `socketserver` in a replay: whether one was told to stop is what its thread did next.

`shutdown` tells it through a variable without a lock, which another thread sets between two of its operations: when, is
not on the tape.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_VARIABLE = "_BaseServer__shutdown_request"
_SERVES, _TAKES_REQUEST = "serve_forever", "get_request"


def adapt(module: ModuleType, reading: Replaying) -> None:
    """Have the servers of `module` ask the tape."""
    server: Any = getattr(module, "BaseServer")  # noqa: B009
    file = server.serve_forever.__code__.co_filename

    last_waits: dict[int, int] = {}  # by lane: the event of its last wait

    def is_of(event: Event, function: str) -> bool:
        site = reading.script.sites[event.site]
        return bool(site[0] == file and site[2].endswith(function))

    def is_told(self: Any) -> bool:
        here = reading.here
        if reading.has_left or here.lane < 0:
            return bool(self.__dict__.get(_VARIABLE, False))
        if here.lane not in last_waits:
            waits = (event.row for event in here.events if is_of(event, _SERVES))
            last_waits[here.lane] = next(waits, -1)  # the last event is the first there
        following = here.events[-1] if here.events else None
        if following is None:
            return True
        return following.row > last_waits[here.lane] and not is_of(following, _TAKES_REQUEST)

    def tell(self: Any, value: bool) -> None:
        self.__dict__[_VARIABLE] = value

    setattr(server, _VARIABLE, property(is_told, tell))
