"""A row of the table made into a wrapper that replays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from ipcreel.mechanism.operation import Operation
from ipcreel.mechanism.ownership import made_by_program, watched
from ipcreel.mechanism.reading import Reading
from ipcreel.replay import executors, futures, lateness, managers, prompting, running
from ipcreel.replay.deliveries import Deliveries
from ipcreel.replay.doing import FORKS, Doing
from ipcreel.replay.forks import Forks
from ipcreel.replay.garbage import CLOSE, LETS_GO, Garbage
from ipcreel.replay.handing import Handing
from ipcreel.replay.known import Known
from ipcreel.replay.lanes import Here, Lanes
from ipcreel.replay.script import Event, Script
from ipcreel.replay.stack import where
from ipcreel.replay.standing import Standing, forever
from ipcreel.replay.trial import Trial
from ipcreel.replay.turns import Turns
from ipcreel.replay.watch import Watch
from ipcreel.tape import process

if TYPE_CHECKING:
    from ipcreel.replay.session import Session

    class Diverge(Protocol):
        def __call__(self, what: str, sent: dict[str, Any] | None = None) -> NoReturn: ...


_SHOWN_BYTES = 80
_MADE_BY_C = frozenset(("posix.queue.notified",))  # a thread begins with it: it is asked for, and may never be made
_START, _JOIN = "threads.thread.start", "threads.thread.join"
_OF_THREADS = frozenset((_START, _JOIN))
_CREATE = "socket.endpoint.create"
_PID = "process.pid.read"
_DO_MORE = running.SHOWN | {prompting.INPUT}
_PIDS = frozenset((_PID, "process.parent.read"))


class Replaying(Reading):
    """The table read in order to replay.

    Attributes:
        script: the tapes.
        replayed: how many events were taken from them.
        diverge: called with what the tape has and what the program did, and with what it sent where that is it; it does
            not return. Nothing is raised:
            a program's own `finally` would go on with something else.
        over: called when no thread goes any further; it does not return either.
        session: what is wanted of a replay that stops somewhere; None where nothing is.
        shown: how often the program has written to the console.
        muted: what the program writes to the console was written before, and is not written again.
        watch: what notices that nothing moves.
        differs: whether the program has written other than it did.
        leave: ends the process with an exit code.
        standing: the threads that go no further.
        deliveries: the signals that came.
        garbage: what ends because nothing refers to it any more.
        handing: hands out what the tape has where that is all.
        doing: does what is more than that.
        known: what objects of the program are called on the tape.
        callbacks: the functions that are added to futures.
        pools: what threads wait at for each other besides: the queues of thread pools, the callbacks.
        trial: lets a program with changed code go on where it leaves its tape; None where that is not wanted.
    """

    replays = True

    def __init__(
        self,
        script: Script,
        over: Callable[[Replaying], NoReturn],
        diverge: Diverge,
        leave: Callable[[int], NoReturn],
        differ: Callable[[str], None],
    ) -> None:
        self.script = script
        self.streams = tuple(script.surroundings.get("streams", ()))
        self.replayed = 0
        self.differs = script.differs
        self.shown = 0
        self.over = over
        self.diverge = diverge
        self.leave = leave
        self.session: Session | None = None
        self.muted = False
        self.watch = Watch(self)
        self._differ = differ
        self.deliveries = Deliveries(self)
        self.garbage = Garbage(self)
        self.trial: Trial | None = None
        self.known = Known()
        self.handing = Handing(self)
        self.doing = Doing(self)
        self.callbacks = futures.Callbacks(self)
        self.pools: list[executors.Choosing | futures.Callbacks] = [self.callbacks]
        self.forks = Forks()
        self.lanes = Lanes(script)
        self.begin_process()

    def begin_process(self) -> None:
        """Read the tape of the process that the script is at, from its begin."""
        script = self.script
        self.standing = Standing(script.events, script.ended or script.leaves, partial(self.over, self))
        if self.session is not None:
            self.session.begin_process()
        self.lanes.begin_process()  # first: a thread of the parent that asks for a lane from here on goes no further
        self.turns = Turns(script.events, script.operations, self.lanes.is_past, script.late)
        self.here = process.here = Here()  # type: ignore[assignment]
        self.lanes.take_first(self.here)
        if script.tries and script.is_last:
            self.trial = Trial(self, self.known)

    @property
    def has_left(self) -> bool:
        """Whether the program has left its tape, and is let go on."""
        return self.trial is not None and self.trial.begun

    def leave_tape(self, event: Event | None, did: str, tape_has: str) -> None:
        """The program does other than its tape has: go on without, in a try, and otherwise diverge."""
        if self.trial is None:
            self.diverge(f"{tape_has}: that is what the tape has; the program did {did}.")
        self.trial.begin(event, did)

    def install(self, module: ModuleType, names: tuple[str, ...]) -> None:
        try:
            super().install(module, names)
        except Exception:  # a module of the program's own, under that name: as it was recorded, so far as it goes
            pass
        executors.adapt(module, self)
        futures.adapt(module, self)
        managers.adapt(module, self)
        lateness.adapt(module, self)

    def stand(self, place: str) -> NoReturn:
        """The thread that calls has come to the end of what is known of it."""
        self.watch.begin()
        if not self.here.events:  # what it is in ends behind the end of its tape
            self.standing.leave_out(self.here.enclosing)
        self.standing.here(self.here.lane, place)

    def wrap(self, row: Operation, original: Callable[..., Any], bound: bool = False) -> FunctionType:
        self.handing.learn(row, does_more=row.name in FORKS or row.name in _DO_MORE)
        if row.name in _PIDS:
            original = self._pid_inside(original, row.name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if self.here.mark < 0 or not ((concerns is None or concerns(args, kwargs)) or self.takes(row, args)):
                return original(*args, **kwargs)
            if closes:
                self.garbage.order(args)
            return self.perform(row, original, args, kwargs)

        closes, concerns = row.name == CLOSE, row.concerns

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
        if row.name == prompting.PROMPT and isinstance(payload, bytes):
            prompting.prompt(self, row, payload)
            return -1
        event = None if self.has_left else self.take(row, object_, payload)
        if event is None:
            assert self.trial is not None, "only in a try is there no event"
            self.trial.note(row, object_, payload)
            return -1
        self.known.learn_number(row, object_, event.object)
        self.turns.begin(event)
        self.turns.wait(event)
        self.finish(event)
        return -1

    def takes(self, row: Operation, args: Any) -> bool:
        """Whether a call is one of `row` that the row says no of: it may not know any more, where the tape does."""
        if (
            row.concerns in (made_by_program, watched) or row.mechanism == "clock" or row.name == _CREATE
        ):  # which know it
            return False
        if self.trial is not None and self.trial.begun:
            return self.trial.takes(row, args)
        if self.garbage.lets_go(row) or (self.garbage.is_ending and row.name in LETS_GO):
            return True  # in which order is not compared: see docs/replay.md
        following = self.here.events[-1] if self.here.events else None
        if following is None or following.op != row.code:
            return False
        is_descriptor = bool(args) and type(args[0]) is int and following.end_ns > 0
        return not is_descriptor or args[0] in (following.a, following.b)

    def _is_not_on_tape(self, row: Operation, caller: FrameType) -> bool:
        """Whether an operation on a thread was done, or not, without an event: where the process ended before a start
        had returned; and where pools that are gone are garbage: the interpreter joins the threads of the others.
        """
        if row.name == _START:
            return not self.here.events and self.lanes.free > 0
        return caller.f_code.co_name == "_python_exit"

    def is_shown(self, event: Event) -> bool:
        """Whether an event wrote to the console: where that is otherwise, it is said, and no divergence."""
        return self.script.operations[event.op].name in running.SHOWN

    def _is_behind_its_end(self, row: Operation) -> bool:
        """Whether the process came to its end here by itself, and now goes on. One that was killed may have."""
        is_first = self.here.events is self.lanes.left_of_first
        return self.script.ended and is_first and row.name not in LETS_GO and not sys.is_finalizing()

    def comes(self, name: str) -> bool:
        """Whether the next event of this thread is an operation called `name`."""
        events = self.here.events
        return bool(events) and self.script.operations[events[-1].op].name == name

    def take(self, row: Operation, object_: int = 0, payload: object = None) -> Event | None:
        """The next event of this thread's lane, which must be one of `row`; None where a try leaves the tape here."""
        here = self.here
        if here.lane < 0:
            self._give_lane(row, object_, payload)
        if not here.events and self.trial is None and not self._is_behind_its_end(row):
            self.stand("the tape ends here")
        if not here.events:
            self.leave_tape(None, f"{row.name} at {where(sys._getframe(1))}", "nothing more")
            return None
        if row.code != self.deliveries.code:
            self.deliveries.catch_up()
        event = here.events[-1]
        if event.op != row.code and self.is_shown(event) and event.row != self.script.stop:
            self.turns.wait(here.events.pop())
            self.differ(event, b"", self.script.payload(event))
            self.finish(event)
            return self.take(row, object_, payload)
        if event.op != row.code and (self.garbage.skip(event) or self.garbage.collect(event)):
            return self.take(row, object_, payload)
        if event.op != row.code:
            self.leave_tape(event, f"{row.name} at {where(sys._getframe(1))}", self.script.describe(event))
            return None
        if self.session is not None:
            self.session.pass_by(event)
        here.events.pop()
        self.replayed += 1
        self.standing.begun(event)
        return event

    def _give_lane(self, row: Operation, object_: int, payload: object) -> None:
        """Let a new thread have its lane."""
        self.watch.begin()
        if not self.lanes.take(self.here, row.code, object_, payload):
            if row.name in _MADE_BY_C:
                forever()
            if self.trial is None:
                self.diverge(f"a thread that the tape does not have did {row.name} at {where(sys._getframe(1))}.")

    def perform(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Do one operation: from the tape, or in its turn, as the row says."""
        if self.garbage.is_collecting and self.garbage.is_early(row, args):
            return self.garbage.end_early(row, original, args, kwargs)
        events = self.here.events
        if events and events[-1].op == row.code and self.handing.is_all(row, events):
            return self.handing.hand_out(row, events, args, kwargs)
        return self._perform(row, original, args, kwargs)

    def _perform(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        trial = self.trial
        if trial is not None and trial.begun:
            return trial.perform(row, original, args, kwargs)
        self.deliveries.catch_up()
        if self.garbage.is_ending and row.name in LETS_GO:
            return self.garbage.let_go(row, original, args, kwargs)
        if row.name in running.SHOWN and self.here.lane >= 0 and not self.comes(row.name):
            self.garbage.catch_up()
        if row.name in running.SHOWN and self.here.lane >= 0 and not self.comes(row.name):
            return running.show_more(self, row, original, args, kwargs)
        if row.name in _OF_THREADS and not self.comes(row.name) and self._is_not_on_tape(row, sys._getframe(3)):
            return running.without_recording(self, original, args, kwargs)
        if trial is not None:
            trial.look(row, args, kwargs)
        elif row.flow:
            self.handing.look(row, args, kwargs)
        event = None if self.has_left else self.take(row)
        if event is None:
            assert trial is not None, "only in a try is there no event"
            return trial.perform(row, original, args, kwargs)
        if self.script.tries:
            self.known.learn(row, args, kwargs, event.object)
        return self.doing.do(event, row, original, args, kwargs)

    def differ(self, event: Event, given: bytes, taped: bytes) -> None:
        """The program writes other than it did: say where that began."""
        if not self.differs:
            self.differs = True
            at = next((place for place, pair in enumerate(zip(given, taped, strict=False)) if pair[0] != pair[1]), 0)
            has, wrote = _cut(taped[at:]), _cut(given[at:])
            self._differ(f"{self.script.describe(event)}: the tape has {has}, the program wrote {wrote}.")

    def stand_until_left(self, place: str) -> None:
        """The thread that calls waits for others of the process: in a try they may go on otherwise than they did."""
        if self.trial is None:
            self.stand(place)
        self.watch.begin()
        self.standing.stop(self.here.lane, place)
        self.trial.wait_begun()

    def finish(self, event: Event) -> None:
        """An event is complete."""
        self.turns.complete(event)
        self.standing.done(event)
        self.deliveries.follow(event)
        if self.script.is_late:
            lateness.come_back(self, event)


def _cut(content: bytes) -> str:
    return repr(content if len(content) <= _SHOWN_BYTES else content[:_SHOWN_BYTES] + b"...")
