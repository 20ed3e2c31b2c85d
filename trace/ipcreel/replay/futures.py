"""Futures of a replay: which of them were done is what the tape says."""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ipcreel.mechanism.futures import DONE
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


class Callbacks:
    """The functions that are added to futures: who calls them is what the tape says.

    A future is set a little after the tape has its end. Whoever sets it calls what was added until then.
    """

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading
        self._guard = allocate_lock()
        self._waiting: list[LockType] = []

    def add(self, event: Event, future: Any, function: Callable[..., Any]) -> bool:
        """Have `function` called by whoever sets the future. Returns True where it is done: it is called at once."""
        if event.b:
            with future._condition:
                while future._state not in DONE:
                    future._condition.wait()
            return True
        with future._condition:
            future._done_callbacks.append(function)
        with self._guard:
            self._reading.script.to_add[event.object] -= 1
        self.look_again()
        return False

    def look_again(self) -> None:
        """Let those who wait look whether all has been added."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.release()

    def wait_added(self, future: Any) -> None:
        """Return when all is added that whoever sets `future` calls."""
        number, known = getattr(future, "_ipcreel_object", 0), self._reading.known
        object_ = known.of_number("futures.call", number) or known.of_number("futures.future", number)
        while True:
            with self._guard:
                if self._reading.has_left or self._reading.script.to_add.get(object_, 0) <= 0:
                    return
                waiter = allocate_lock()
                waiter.acquire()
                self._waiting.append(waiter)
            waiter.acquire()


def adapt(module: ModuleType, reading: Replaying) -> None:
    """Have whoever sets a future wait for what is added to it."""
    if module.__name__ != "concurrent.futures._base":
        return
    kind: Any = getattr(module, "Future")  # noqa: B009
    plain = kind._invoke_callbacks

    def _invoke_callbacks(self: Any) -> None:
        if not reading.here.inside:
            reading.callbacks.wait_added(self)
        plain(self)

    kind._invoke_callbacks = _invoke_callbacks
