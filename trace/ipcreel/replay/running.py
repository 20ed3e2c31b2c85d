"""Operations between the threads of a process, which a replay does for real once their turn has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import Operation
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

# What has waited says in `b` how that ended; nothing needs to be done again,.
_ANSWERED = frozenset(("threads.event.wait", "threads.barrier.wait"))
SHOWN = frozenset(("console.write", "console.descriptor.write"))  # what a person who replays wants to see
_TAKES = frozenset(("threads.lock.acquire", "threads.semaphore.acquire"))


def run(reading: Replaying, row: Operation, event: Event, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Do an operation whose turn has come, so that it ends as it did."""
    if row.name == "threads.condition.wait":
        return bool(event.b)  # the lock was given back and taken again around the turn: see `around_turn`
    if row.name in _ANSWERED:
        return event.b if row.name == "threads.barrier.wait" else bool(event.b)
    if row.name in _TAKES:
        return without_recording(reading, original, args[:1], {}) if event.b else False
    return without_recording(reading, original, args, kwargs)


def without_recording(reading: Replaying, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call what is behind an operation, as something that happens inside it."""
    here = reading.here
    here.inside = True
    try:
        return original(*args, **kwargs)
    finally:
        here.inside = False


def enclose(reading: Replaying, event: Event, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Do an operation in which the program's own code runs: that code is replayed inside it."""
    try:
        result = original(*args, **kwargs)
    except BaseException:
        reading.turns.wait(event)
        reading.finish(event)
        raise
    if event.end_ns == 0:
        reading.stand(reading, f"{reading.script.describe(event)} never returned")
    reading.turns.wait(event)
    reading.finish(event)
    if event.end_ns < 0:
        raise reading.rebuilt(event)
    return result
