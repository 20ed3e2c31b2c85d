"""Futures of a replay: which of them were done is what the tape says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_known: WeakValueDictionary[object, Any] = (
    WeakValueDictionary()
)  # what a future's call is known by on the tape: the future


def submitted(reading: Replaying, event: Event, future: Any) -> None:
    """Remember what the tape knows this future by."""
    future._ipcreel_object = event.object
    _known[_hashable(reading.script.objects[event.object][2])] = future


def _hashable(key: Any) -> object:
    return tuple(key) if isinstance(key, list) else key


def wait(reading: Replaying, event: Event, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """`concurrent.futures.wait`: those that were done are, or will be as soon as their threads go on."""
    given = set(args[0] if args else kwargs["fs"])
    keys = reading.script.payload(event)
    done = {future for future in map(_known.get, map(_hashable, keys)) if future in given}
    here = reading.here
    here.inside = True
    try:
        if done:
            original(done)
        return type(original(()))(done, given - done)
    finally:
        here.inside = False


def advance(reading: Replaying, event: Event, original: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """A step of `as_completed`: the future that was next."""
    if event.b:
        args[1].append(_known[_hashable(reading.script.payload(event))])
    return bool(event.b)


def cancel(reading: Replaying, event: Event, original: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """A future is cancelled where it was."""
    if event.b:
        here = reading.here
        here.inside = True
        try:
            original(*args, **kwargs)
        finally:
            here.inside = False
    return bool(event.b)
