"""A row of the table made into a wrapper that replays."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import sys
from collections.abc import Callable
from functools import partial
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from ipcreel.interpose.frames import program_frame
from ipcreel.mechanism.operation import FENCE, GIVE, Operation
from ipcreel.mechanism.reading import Reading
from ipcreel.replay import executors, running
from ipcreel.replay.arrival import Arrival
from ipcreel.replay.forks import Forks
from ipcreel.replay.lanes import Here, Lanes
from ipcreel.replay.outcome import rebuild
from ipcreel.replay.script import Event, Script
from ipcreel.replay.standing import Standing
from ipcreel.replay.turns import Turns
from ipcreel.tape import process

if TYPE_CHECKING:
    from ipcreel.replay.session import Session

_DELIVERED = "signal.delivered"
_BETWEEN = 0  # `b` of a delivery between two instructions
_FORKS = frozenset(("process.fork", "process.forkpty"))
_PID = "process.pid.read"
_PIDS = frozenset((_PID, "process.parent.read"))
_WAITS_FOR = "threads.condition.wait_for"
_WAITED = frozenset(("threads.barrier.wait", "threads.condition.wait"))  # see `running.before_waiting`


class Replaying(Reading):
    """The table read in order to replay.

    Attributes:
        script: the tapes.
        replayed: how many events were taken from them.
        diverge: called with what the tape has and what the program did; it does not return. Nothing is raised:
            a program's own `finally` would go on with something else.
        over: called when no thread goes any further; it does not return either.
        session: what is wanted of a replay that stops somewhere; None where nothing is.
        muted: what the program writes to the console was written before, and is not written again.
        leave: ends the process with an exit code.
        standing: the threads that go no further.
    """

    replays = True

    def __init__(
        self,
        script: Script,
        over: Callable[[Replaying], NoReturn],
        diverge: Callable[[str], NoReturn],
        leave: Callable[[int], NoReturn],
    ) -> None:
        self.script = script
        self.replayed = 0
        self.over = over
        self.diverge = diverge
        self.leave = leave
        self.session: Session | None = None
        self.muted = False
        self.delivered = next((code for code, row in script.operations.items() if row.name == _DELIVERED), -1)
        self.forks = Forks()
        self.lanes = Lanes(script)
        self.begin_process()

    def begin_process(self) -> None:
        """Read the tape of the process that the script is at, from its begin."""
        script = self.script
        self.turns = Turns(script.events, script.operations)
        self.standing = Standing(len(script.events), script.ended, partial(self.over, self))
        if self.session is not None:
            self.session.begin_process()
        self.here = process.here = Here()  # type: ignore[assignment]
        self.lanes.begin_process()
        self.lanes.take_first(self.here)

    def install(self, module: ModuleType, names: tuple[str, ...]) -> None:
        super().install(module, names)
        if module.__name__ == "concurrent.futures.thread":
            executors.adapt(module, self)

    def stand(self, place: str) -> NoReturn:
        """The thread that calls has come to the end of what is known of it."""
        self.standing.here(self.here.lane, place)

    def wrap(self, row: Operation, original: Callable[..., Any], bound: bool = False) -> FunctionType:
        if row.name in _PIDS:
            original = self._pid_inside(original, row.name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if self.here.inside or not self.takes(row, args, kwargs):
                return original(*args, **kwargs)
            return self.perform(row, original, args, kwargs)

        def bound_wrapper(_: object, /, *args: Any, **kwargs: Any) -> Any:
            return wrapper(*args, **kwargs)

        chosen: Any = bound_wrapper if bound else wrapper
        return chosen  # type: ignore[no-any-return]

    def _pid_inside(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        """What the library asks for inside an operation: the process is the recorded one there too."""

        def read(*args: Any, **kwargs: Any) -> Any:
            original(*args, **kwargs)
            return self.script.pid if name == _PID else self.script.parent_pid

        return read

    def note(
        self, row: Operation, object_: int, a: int = 0, b: int = 0, payload: object = None, begin_ns: int = 0
    ) -> int:
        event = self.take(row, object_, payload)
        self.turns.wait(event)
        self.finish(event)
        return -1

    def takes(self, row: Operation, args: Any, kwargs: Any) -> bool:
        """Whether a call is one of `row`: as the row itself says, or, where it cannot know any more, the tape."""
        if row.concerns is None or row.concerns(args, kwargs):
            return True
        return bool(self.here.events) and self.here.events[-1].op == row.code

    def comes(self, name: str) -> bool:
        """Whether the next event of this thread is an operation called `name`."""
        events = self.here.events
        return bool(events) and self.script.operations[events[-1].op].name == name

    def take(self, row: Operation, object_: int = 0, payload: object = None) -> Event:
        """The next event of this thread's lane, which must be one of `row`."""
        here = self.here
        if here.lane < 0 and not self.lanes.take(here, row.code, object_, payload):
            self.diverge(f"a thread that the tape does not have did {row.name} at {_where()}.")
        if not here.events:
            self.stand("the tape ends here")
        event = here.events[-1]
        if event.op != row.code:
            self.diverge(
                f"{self.script.describe(event)}: that is what the tape has; the program did {row.name} at {_where()}."
            )
        if self.session is not None:
            self.session.pass_by(event)
        here.events.pop()
        self.replayed += 1
        self.standing.left -= 1
        self.standing.expecting.pop(here.lane, None)
        return event

    def perform(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Do one operation: from the tape, or in its turn, as the row says."""
        event = self.take(row)
        if row.replay == FENCE:
            self.diverge(f"{self.script.describe(event)}: {row.name} can be seen, not replayed.")
        self.turns.begin(event)
        self.here.submitted = event.object
        if row.name == _WAITS_FOR:
            original, args = running.wait_for, (self, *args)
        if row.replay != GIVE and self._encloses(event) and row.name not in _WAITED:
            return running.enclose(self, event, original, args, kwargs)
        resume = running.before_waiting(self, event, args) if row.name in _WAITED else None
        self.deliver_within(event)
        if event.end_ns == 0:
            self._end_or_stand(row, event)
        self.turns.wait(event)
        if resume is not None:
            resume()
        try:
            if event.end_ns < 0:
                raise self.rebuilt(event)
            if row.name in _FORKS:
                return self._fork(event)
            if row.replay == GIVE:
                if row.name in running.SHOWN and not self.muted:
                    running.without_recording(self, original, args, kwargs)
                return row.give(args, kwargs, event.a, event.b, self.script.payload(event)) if row.give else None
            return running.run(self, row, event, original, args, kwargs)
        finally:
            self.finish(event)

    def _end_or_stand(self, row: Operation, event: Event) -> NoReturn:
        if row.name == "process.exit":
            self.leave(event.a)
        self.stand(f"{self.script.describe(event)} never returned")

    def rebuilt(self, event: Event) -> BaseException:
        """The exception that ended an event."""
        payload = self.script.payload(event)
        error = rebuild(payload)
        if error is None:
            self.diverge(f"{self.script.describe(event)} raised {payload['raised']}, which this program does not know.")
        return error

    def _encloses(self, event: Event) -> bool:
        """Whether something other than a signal's delivery happened inside it, in its thread."""
        following = self.here.events[-1] if self.here.events else None
        if following is None or following.op == self.delivered:
            return False
        return event.end_ns == 0 or following.begin_ns < abs(event.end_ns)

    def _fork(self, event: Event) -> int:
        if event.b != self.script.child_pid:
            return event.b
        self.script.next_process()
        self.begin_process()
        self.forks.after_in_child()
        return 0

    def finish(self, event: Event) -> None:
        """An event is complete; if a signal arrived before the next one, watch for the place."""
        self.turns.complete(event)
        self.standing.look()
        following = self.here.events[-1] if self.here.events else None
        if following is None or following.op != self.delivered:
            return
        if following.b != _BETWEEN and following.begin_ns > abs(event.end_ns):  # in what we do after the operation
            self._deliver(following)
        elif following.b == _BETWEEN:
            self.standing.expecting[self.here.lane] = len(self.here.events)
            self.standing.look()  # the others may all stand by now
            Arrival(following.a, self.script.sites[following.site], self.script.payload(following)).watch()

    def deliver_within(self, event: Event) -> None:
        """Deliver the signals that arrived while `event` was going on."""
        while self.here.events:
            following = self.here.events[-1]
            if following.op != self.delivered or (event.end_ns != 0 and following.begin_ns > abs(event.end_ns)):
                return
            if following.b == _BETWEEN and event.end_ns != 0:
                return
            self._deliver(following)

    def _deliver(self, delivery: Event) -> None:
        handler = _signal.getsignal(delivery.a)
        if not callable(handler):
            self.diverge(f"{self.script.describe(delivery)}: the program has no handler for {delivery.a}.")
        handler(delivery.a, sys._getframe(1))


def _where() -> str:
    frame = program_frame(sys._getframe(2))
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "an unknown place"
