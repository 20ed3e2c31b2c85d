"""A try: a program with changed code goes on where it leaves its tape, as far as the tape can answer.

From there on its threads run freely, and what is between them (locks, conditions, queues, futures) is real. What comes
from other processes still comes from the tape: an operation takes the next event of its lane that is the same operation
on the same object. One that has none is taken as done where it only tells others something, or asks the machine; what
waits for others has no answer then, and its thread goes no further.
"""

from __future__ import annotations

import sys
import time
from _thread import LockType, allocate_lock, get_ident
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ipcreel.interpose.frames import program_frame
from ipcreel.mechanism.operation import GIVE, OUT, Operation
from ipcreel.replay import running, switching
from ipcreel.replay.account import Account
from ipcreel.replay.known import Known
from ipcreel.replay.order import Order
from ipcreel.replay.script import Event
from ipcreel.replay.sent import is_compared, otherwise
from ipcreel.replay.stack import where
from ipcreel.replay.standing import forever
from ipcreel.replay.turns import LOCAL

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

    Original = Callable[..., Any]

_MACHINE = frozenset(("clock", "chance"))
_ASKS = frozenset(
    ("process.pid.read", "process.parent.read", "process.group.read", "process.session.read", "process.processors.read")
)
_STARTS = frozenset(  # what they start cannot be told the program
    (
        "process.fork", "process.forkpty", "process.spawn", "process.spawn_by_path", "process.fork_exec",
        "process.exec", "process.exec_with_environment", "subprocess.start", "signal.abort",
    )
)  # fmt: skip
_SIMULATED = frozenset(  # without an effect outside that could be missed, though they give something or may wait
    (
        "clock.sleep", "mp.event.clear", "socket.endpoint.close", "socket.endpoint.settimeout", "pipe.end.close",
        "socket.endpoint.setblocking", "socket.endpoint.close_descriptor", "mp.shared_memory.close",
        "waiting.epoll.close", "waiting.epoll.register", "waiting.epoll.modify", "waiting.epoll.unregister",
        "waiting.poll.register", "waiting.poll.modify", "waiting.poll.unregister", "posix.queue.close",
        "mp.barrier.reset", "mp.barrier.abort",
    )
)  # fmt: skip
_END = "threads.thread.end"
_CONDITION_WAIT = "threads.condition.wait"
_clock = time.monotonic


class Trial:
    """What a try knows of how the program goes on without its tape.

    Attributes:
        begun: whether the program has left its tape.
        account: what was done otherwise.
        order: whose turn it is to take an outcome from the tape.
    """

    def __init__(self, reading: Replaying, known: Known) -> None:
        self.begun = False
        self._reading = reading
        self._script = reading.script
        self._known = known
        self._guard = allocate_lock()
        self._opened: list[LockType] = []
        self._notified: dict[int, bool] = {}  # by thread: whether its wait for a condition was
        self._left: dict[str, Any] = {}  # where the tape was left
        self._times: dict[int, tuple[float, Event]] = {}  # by operation: when a clock was last read, and what it said
        self.account = Account(reading.script)
        self.order = Order(reading, self.account)

    # Before the tape is left.

    def look(self, row: Operation, args: Any, kwargs: Any) -> None:
        """The program is about to do an operation: on another object than the tape, it leaves it."""
        events = self._reading.here.events
        if events and events[-1].op == row.code and self._known.is_other(row, args, kwargs, events[-1].object):
            self.begin(events[-1], f"{row.name} on another object at {where(sys._getframe(1))}")

    def agree(self, row: Operation, event: Event, args: Any, kwargs: Any) -> None:
        """The program did what the tape has."""
        if row.mechanism == "clock":
            self._times[row.code] = (_clock(), event)
        if not self.account.sent and is_compared(row):
            self.account.sent = otherwise(self._reading, row, event, args, kwargs)

    def begin(self, event: Event | None, did: str) -> None:
        """The program leaves its tape, which has `event`, where it does `did`.

        Whatever came before that event is done first, and the other threads go on freely.
        """
        if event is not None:
            self._reading.turns.reach(event)
        with self._guard:
            if self.begun:
                return
            self._left = {"event": -1 if event is None else event.row, "did": did}
            self.begun = True
            opened, self._opened = self._opened, []
        switching.end()
        running.spill(self._reading)
        self._reading.turns.open()
        for waiter in opened:
            waiter.release()
        for pool in self._reading.pools:
            pool.look_again()

    def wait_begun(self) -> None:
        """Return when the tape has been left: by then, what never returned in this thread may return."""
        waiter = allocate_lock()
        waiter.acquire()
        with self._guard:
            if self.begun:
                return
            self._opened.append(waiter)
        waiter.acquire()
        self._reading.standing.go_on(self._reading.here.lane)

    def before_waiting(self, reading: Replaying, event: Event, args: Any) -> Any:
        """As `running.before_waiting` does it; the condition knows who waits, since it is notified for real."""
        if self._script.operations[event.op].name != _CONDITION_WAIT:
            return running.before_waiting(reading, event, args)
        waiter = allocate_lock()
        waiter.acquire()
        args[0]._waiters.append(waiter)
        resume = running.before_waiting(reading, event, args)

        def go_on() -> None:
            if self.begun:
                self._notified[get_ident()] = waiter.acquire(True, -1 if event.a < 0 else event.a / 1e9)
            running.strike(args[0], waiter)
            if resume is not None:
                resume()

        return go_on

    def redo(self, row: Operation, event: Event, original: Original, args: Any, kwargs: Any) -> Any:
        """Do for real what a thread was in when the tape was left."""
        done = self._notified.pop(get_ident(), True) if row.name == _CONDITION_WAIT else original(*args, **kwargs)
        self.account.leave_behind([event])
        return done

    # From there on.

    def note(self, row: Operation, object_: int, payload: Any) -> None:
        """Something happened that is no call."""
        here, reading = self._reading.here, self._reading
        if here.lane < 0:
            reading.lanes.take(here, row.code, object_, payload)
        event = next((event for event in reversed(here.events) if event.op == row.code), None)
        if event is not None:
            here.events.remove(event)
        if row.name == _END:
            self.order.end(here.lane)

    def perform(self, row: Operation, original: Original, args: Any, kwargs: Any) -> Any:
        """Do one operation without the order of the tape."""
        reading = self._reading
        reading.replayed += 1
        if row.name == "process.exit":
            reading.leave(int(args[0] if args else kwargs["status"]))
        if row.name in running.SHOWN:
            return running.without_recording(reading, original, args, kwargs)
        if row.replay != GIVE or row.mechanism in LOCAL:
            if row.semantic:
                return running.without_recording(reading, original, args, kwargs)
            return original(*args, **kwargs)
        event = self._answer(row, args, kwargs)
        if event is None:
            return self._without_event(row, original, args, kwargs)
        if event.end_ns == 0:
            self._end_here(f"{self._script.describe(event)} never returned in the recorded run either")
        self.order.wait(event)
        self.account.leave_behind(one for one in reading.here.events if one.row < event.row)
        self.account.answer(event)
        self.order.look()
        self._known.learn(row, args, kwargs, event.object)
        self.agree(row, event, args, kwargs)
        if event.end_ns < 0:
            raise reading.doing.rebuilt(event)
        return running.give(reading, row, event, args, kwargs)

    def _answer(self, row: Operation, args: Any, kwargs: Any) -> Event | None:
        """The next event of this lane that is this operation on this object, taken from it."""
        here = self._reading.here
        if here.lane < 0:
            self._reading.lanes.take(here, row.code, 0, None)
        event = self._find(row, args, kwargs)
        if event is None:
            return None
        self._deliver_before(event)
        if event in here.events and event.end_ns != 0:
            here.events.remove(event)
        return event

    def _find(self, row: Operation, args: Any, kwargs: Any) -> Event | None:
        for event in reversed(self._reading.here.events):
            if event.op == row.code and not self._is_other(row, args, kwargs, event):
                return event
        return None

    def _is_other(self, row: Operation, args: Any, kwargs: Any, event: Event) -> bool:
        if row.a == "descriptor" and args and type(args[0]) is int and event.end_ns > 0:
            return bool(args[0] != event.a)
        return self._known.is_other(row, args, kwargs, event.object)

    def _deliver_before(self, event: Event) -> None:
        """Deliver the signals that had arrived in this thread by then."""
        reading = self._reading
        arrived = [
            one for one in reversed(reading.here.events) if one.op == reading.deliveries.code and one.row < event.row
        ]
        for delivery in arrived:
            if delivery in reading.here.events and not reading.deliveries.deliver_if_handled(delivery):
                reading.here.events.remove(delivery)

    def _without_event(self, row: Operation, original: Original, args: Any, kwargs: Any) -> Any:
        if row.mechanism in _MACHINE and row.name != "clock.sleep":
            return self._of_machine(row, original, args, kwargs)
        if row.name in _ASKS:
            return running.without_recording(self._reading, original, args, kwargs)
        tells = row.flow == OUT or (row.flow is None and row.give is None)
        if row.name in _STARTS or not (tells or row.name in _SIMULATED):
            thing = self._thing(self._known.object_of(row, args, kwargs))
            self._end_here(f"the tape has no answer for {row.name}{thing} at {where(sys._getframe(1))}")
        self.account.leave_behind(self._reading.here.events)
        self.account.simulated[row.name] += 1
        if row.give is None:
            return None
        a, payload = row.before(args, kwargs) if row.before is not None else (0, None)
        return running.without_recording(self._reading, row.give, (args, kwargs, a, _size_of(args), payload), {})

    def _of_machine(self, row: Operation, original: Original, args: Any, kwargs: Any) -> Any:
        """A clock goes on from what the tape last had; chance is chance."""
        if row.code in self._times:
            at_s, event = self._times[row.code]
            said, passed_s = running.give(self._reading, row, event, args, kwargs), _clock() - at_s
            if type(said) in (int, float):
                return said + (int(passed_s * 1e9) if type(said) is int else passed_s)
        return running.without_recording(self._reading, original, args, kwargs)

    def _thing(self, known: int | None) -> str:
        return f" {self._script.objects[known][3]}".rstrip() if known else ""

    # Its end.

    def _end_here(self, why: str) -> NoReturn:
        """This thread goes no further."""
        reading = self._reading
        reading.watch.begin()
        reading.standing.stop(reading.here.lane, f"{why}: here the try ends")
        self.order.look()
        threads = sum(1 for frame in sys._current_frames().values() if program_frame(frame) is not None)
        if len(reading.standing.places) >= threads and not reading.standing.held:
            reading.over(reading)
        forever()

    def told(self, ended: bool) -> dict[str, Any]:
        """How it went, for whoever reads the reel."""
        if ended and self.begun:
            self.account.leave_behind(self._script.events)
        return {"left": self._left, "ended": ended, **self.account.told()}

    def takes(self, row: Operation, args: Any) -> bool:
        """Whether a call, on a descriptor, is one of `row`: the row cannot know that, but the tape has one later."""
        events = self._reading.here.events
        return bool(args) and any(event.op == row.code and args[0] in (event.a, event.b) for event in events)


def _size_of(args: Any) -> int:
    """How many bytes are given, in a buffer or in a sequence of them: what a write returns."""
    content = args[1] if len(args) > 1 else b""
    try:
        parts = content if isinstance(content, (list, tuple)) else [content]
        return sum(memoryview(part).nbytes for part in parts)
    except TypeError:
        return 0
