"""Operations between the threads of a process, which a replay does without waiting once their turn has come."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import IN, Operation
from ipcreel.replay import futures
from ipcreel.replay.script import Event
from ipcreel.replay.sent import is_begin

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

    Original = Callable[..., Any]
    Run = Callable[["Replaying", Event, Original, Any, Any], Any]

_SETS_HANDLER = "signal.handler.set"
_NO_DESCRIPTOR = -1  # forkpty gives it to the child
_BUFFERED = "console.write"
BY_DESCRIPTOR = "console.descriptor.write"  # a signal that comes within it comes behind its bytes more often than not
SHOWN = frozenset((_BUFFERED, BY_DESCRIPTOR))  # what a person who replays wants to see


def run(reading: Replaying, row: Operation, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
    """Do an operation whose turn has come, so that it ends as it did."""
    special = _RUNS.get(row.name)
    if special is not None:
        return special(reading, event, original, args, kwargs)
    result = without_recording(reading, original, args, kwargs)
    return _known_as(reading, event, row.name, args, result)


def is_special(row: Operation) -> bool:
    """Whether a replay does it in a way of its own."""
    return row.name in _RUNS


def _known_as(reading: Replaying, event: Event, name: str, args: Any, result: Any) -> Any:
    """What was made is known by what the tape knows it by."""
    if name == "futures.call.submit":
        futures.submitted(reading, event, result)
    elif name.endswith(".create") and hasattr(type(args[0]) if args else None, "_ipcreel_object"):
        args[0]._ipcreel_object = event.object
    return result


def without_recording(reading: Replaying, original: Original, args: Any, kwargs: Any) -> Any:
    """Call what is behind an operation, as something that happens inside it."""
    here = reading.here
    before, here.inside = here.inside, True
    try:
        return original(*args, **kwargs)
    finally:
        here.inside = before


def give(reading: Replaying, row: Operation, event: Event, args: Any, kwargs: Any) -> Any:
    """The outcome that the tape has. What is done in order to make it is no part of the program."""
    if row.give is None:
        return None
    script = reading.script
    if script.cut and event.row in script.cut and row.flow == IN:
        reading.diverge(
            f"{reading.script.describe(event)}: of what it got only the first part was kept; record the program again "
            "with a larger --payload-limit."
        )
    payload, here = script.payload(event), reading.here
    mark, here.mark = here.mark, -1  # inside
    try:
        return row.give(args, kwargs, event.a, event.b, payload)
    finally:
        here.mark = mark


def show(reading: Replaying, row: Operation, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    """Write what the process that is replayed wrote to the console, if it is what the tape has."""
    if reading.script.child_pid is not None:  # it is the parent's, on the way to the child
        return
    given, taped = row.before(args, kwargs)[1] if row.before else None, reading.script.payload(event)
    if isinstance(taped, bytes) and isinstance(given, bytes) and not is_begin(taped, given):
        reading.differ(event, given, taped)
    if isinstance(given, bytes) and event.b < len(given):  # a full pipe took only that much, or nothing
        args = (args[0], given[: max(event.b, 0)])
    write_once(reading, partial(without_recording, reading, original, args, kwargs))


def write_once(reading: Replaying, write: Callable[[], object]) -> None:
    """Write to the console, but for what an earlier run of this replay has written there."""
    reading.shown += 1
    if reading.shown <= reading.script.shown:
        return
    try:
        write()
    except OSError:  # whoever looks on has gone
        pass


def shows_later(reading: Replaying, row: Operation, event: Event, original: Original, args: Any, kwargs: Any) -> bool:
    """Whether a write to the console out of its turn is left for whoever comes to its turn, and not waited for.

    The thread that writes holds the lock of the stream's buffer: another one, whose turn comes first, may want it.
    """
    following = reading.here.events[-1] if reading.here.events else None
    holds_lock = row.name == _BUFFERED and reading.trial is None and event.end_ns > 0
    if not holds_lock or (following is not None and following.begin_ns < event.end_ns):  # a signal came meanwhile
        return False
    given = row.before(args, kwargs)[1] if row.before else None  # a copy: what is written is the buffer itself

    def act() -> None:
        if not reading.muted:
            show(reading, row, event, original, (args[0], given), kwargs)

    return isinstance(given, bytes) and reading.turns.postpone(event, act)


def show_more(reading: Replaying, row: Operation, original: Original, args: Any, kwargs: Any) -> Any:
    """Write what the program did not write: a line that somebody put in in order to see more changes nothing else."""
    given = row.before(args, kwargs)[1] if row.before else None
    if reading.here.events and isinstance(given, bytes) and given:
        reading.differ(reading.here.events[-1], given, b"")
    write_once(reading, partial(without_recording, reading, original, args, kwargs))
    return len(given) if isinstance(given, bytes) else None


def in_child(row: Operation) -> Any:
    """What a fork returns in the child."""
    return (0, _NO_DESCRIPTOR) if row.name == "process.forkpty" else 0


def enclose(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
    """Do an operation in which the program's own code runs: that code is replayed inside it."""
    if reading.script.operations[event.op].is_cause:
        reading.turns.wait(event)
        reading.turns.complete(event)
    reading.here.enclosing.append(event)
    try:
        reading.deliveries.expect()
        if reading.script.operations[event.op].name == _SETS_HANDLER:
            reading.deliveries.deliver_to_former(event)
        result = original(*args, **kwargs)
        reading.deliveries.deliver_within(event)
    except BaseException:
        reading.here.enclosing.pop()
        reading.turns.wait(event)
        reading.finish(event)
        raise
    reading.here.enclosing.pop()
    if reading.has_left:
        return result
    if event.end_ns == 0:
        reading.stand(f"{reading.script.describe(event)} never returned")
    reading.turns.wait(event)
    reading.finish(event)
    if event.end_ns < 0:
        raise reading.doing.rebuilt(event)
    return _known_as(reading, event, reading.script.operations[event.op].name, args, result)


def _take(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> bool:
    """A lock or a semaphore: it is free, as the order of the tape has it, but a replay never waits for it."""
    if event.b:
        without_recording(reading, original, (args[0], False) if original.__name__ == "acquire" else args[:1], {})
    return bool(event.b)


def _release(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    try:
        without_recording(reading, original, args, kwargs)
    except (RuntimeError, ValueError):  # the tape says that it went well
        pass


def _was_woken(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> bool:
    return bool(event.b)


def _arrived(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> int:
    return event.b


def _notify(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    """Who was notified is what the tape says, but in a try: there it is for real."""
    if reading.trial is not None:
        without_recording(reading, original, args, kwargs)


def _nothing(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    return None


def _start(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
    """A thread notes its begin before its start returns; it is known by what the tape knows it by."""
    args[0]._ipcreel_object = event.object
    reading.turns.complete(event)
    return without_recording(reading, original, args, kwargs)


def _join(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    """Join the thread whose end the tape has here.

    A pool joins the threads of a set, in the order of their addresses, which are others now.
    """
    if event.b:
        own = getattr(args[0], "_ipcreel_object", event.object)
        thread = args[0] if own == event.object else _thread_of(event.object)
        if thread is not None:
            without_recording(reading, original, (thread,), {})


def _thread_of(number: int) -> Any:
    """The thread that the tape knows by a number; None where it has ended."""
    alive = list(sys.modules["threading"]._active.values())  # without its lock, which the program may hold
    return next((thread for thread in alive if getattr(thread, "_ipcreel_object", 0) == number), None)


_items: dict[tuple[int, int], list[Any]] = {}  # id of a queue, id of an item on the tape: what was put
_queues: dict[int, Any] = {}  # by id: where something was put


def _put(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> None:
    """Two puts at once went in in an order that nobody knows: a get finds its item by its number."""
    if _keeps_otherwise(args[0]):
        return without_recording(reading, original, args, kwargs)  # type: ignore[no-any-return]
    item = args[1] if len(args) > 1 else kwargs["item"]
    _items.setdefault((id(args[0]), event.a), []).append(item)
    _queues[id(args[0])] = args[0]


def spill(reading: Replaying) -> None:
    """Put into the queues for real what the tape has put there, and nobody got."""
    for (queue, _), items in _items.items():
        for item in items:
            without_recording(reading, type(_queues[queue]).put, (_queues[queue], item), {})
    _items.clear()


def strike(condition: Any, waiter: Any) -> None:
    """A wait for a condition is over: it is not to be notified any more."""
    try:
        condition._waiters.remove(waiter)
    except ValueError:
        pass


def _keeps_otherwise(queue: Any) -> bool:
    """Whether it is a class of the program's, with its own way to keep items: what is got need not have been put."""
    put, get = getattr(type(queue), "_put", None), getattr(type(queue), "_get", None)
    return any(method is not None and method.__module__ != "queue" for method in (put, get))


def _get(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
    if _keeps_otherwise(args[0]):
        return without_recording(reading, original, args, kwargs)
    key = (id(args[0]), event.a)
    held = _items.get(key)
    if not held:
        reading.diverge(f"{reading.script.describe(event)}: what it got was never put into it.")
    item = held.pop(0)
    if not held:
        del _items[key]
    return item


def _result(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
    """The future is done by now, or will be as soon as the thread that said so goes on."""
    return without_recording(reading, original, args[:1], {})


def _add_callback(reading: Replaying, event: Event, original: Original, args: Any, kwargs: Any) -> bool:
    return without_recording(reading, reading.callbacks.add, (event, *args), kwargs)  # type: ignore[no-any-return]


def fail(reading: Replaying, event: Event, original: Original, args: Any) -> None:
    """Raise what a future raises: its very exception, which it keeps, as it kept what was alive then.

    Returns:
        It was no exception of the future's own: it was waited for in vain.
    """
    if _RUNS.get(reading.script.operations[event.op].name) is not _result:
        return
    raised = reading.script.payload(event)
    was_in_vain = str(raised["raised"]).endswith("TimeoutError") and not raised["args"]
    if not was_in_vain or without_recording(reading, args[0].done, (), {}):
        _result(reading, event, original, args, {})


def wait_for(reading: Replaying, condition: Any, predicate: Callable[[], Any], timeout: Any = None) -> Any:
    """`Condition.wait_for`, which waits again as often as the tape has it: it looks at the clock by itself."""
    result = predicate()
    while not result and (reading.has_left or reading.comes("threads.condition.wait")):
        condition.wait(timeout)
        result = predicate()
    return result


def before_waiting(reading: Replaying, event: Event, args: Any) -> Any:
    """What an operation does before it waits. Returns what is to be done once its turn has come, if anything."""
    name = reading.script.operations[event.op].name
    if name == "threads.barrier.wait":
        barrier = args[0]
        if barrier._action is not None and event.end_ns > 0 and event.b == barrier._parties - 1:
            barrier._action()
    elif name == "threads.condition.wait":
        return _give_back(args[0])
    return None


def _give_back(condition: Any) -> Any:
    """Let go of the lock of a condition. Returns what takes it again."""
    try:
        state = condition._release_save()
    except RuntimeError:
        return None
    return lambda: condition._acquire_restore(state)


_RUNS: dict[str, Run] = {
    "threads.lock.acquire": _take,
    "threads.lock.release": _release,
    "threads.semaphore.acquire": _take,
    "threads.semaphore.release": _release,
    "threads.condition.wait": _was_woken,
    "threads.condition.notify": _notify,
    "threads.condition.notify_all": _notify,
    "threads.event.wait": _was_woken,
    "threads.barrier.wait": _arrived,
    "threads.thread.start": _start,
    "threads.thread.join": _join,
    "queues.queue.put": _put,
    "queues.queue.get": _get,
    "queues.queue.task_done": _nothing,
    "queues.queue.join": _nothing,
    "queues.simple.put": _put,
    "queues.simple.get": _get,
    "futures.future.result": _result,
    "futures.future.exception": _result,
    "futures.future.cancel": futures.cancel,
    "futures.future.add_done_callback": _add_callback,
    "futures.set.wait": futures.wait,
    "futures.set.next": futures.advance,
}
