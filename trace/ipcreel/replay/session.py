"""Where a replay stops, and what is done there: a report, the debugger, or an editor."""

from __future__ import annotations

import posix
import sys
from _thread import RLock, get_ident
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from ipcreel.interpose.frames import program_frame
from ipcreel.replay.asking import Asking, RefusedError
from ipcreel.replay.backwards import Backwards
from ipcreel.replay.checkpoints import Checkpoints
from ipcreel.replay.flushing import flush
from ipcreel.replay.lines import LineStop
from ipcreel.replay.script import Event
from ipcreel.replay.stack import report

if TYPE_CHECKING:
    from ipcreel.replay.debugger import Debugger
    from ipcreel.replay.reading import Replaying
    from ipcreel.replay.wire import Wire
_exit = posix._exit


class Session:
    """What a person has of a replay that stops.

    Attributes:
        asking: the way to the reel.
        breaks: file → lines, for the debuggers of all threads.
        exit_code: what the replay ends with when it is left.
        is_at_the_end: nothing follows.
        has_stood: it has come to its place: breakpoints of an editor hold from there on.
        backwards: the way back to a breakpoint.
    """

    def __init__(self, reading: Replaying, asking: Asking) -> None:
        self.reading = reading
        self.script = reading.script
        self.asking = asking
        self.breaks: dict[str, list[int]] = {}
        self.exit_code = 0
        self._guard = RLock()
        self._debuggers: dict[object, Debugger] = {}
        self.is_at_the_end = False
        self._wire: Wire | None = None
        self.has_stood = False
        self.backwards = Backwards(self)
        self.checkpoints: Checkpoints | None = None
        self.lines: LineStop | None = None
        if self.script.debug:
            watch = reading.watch
            self.checkpoints = Checkpoints(
                asking.scratch, self.script.is_ahead, self._begin_again, lambda: watch.has_begun, asking.terminal
            )
        if self.script.line is not None:
            self.lines = LineStop(*self.script.line, lambda: self.script.is_last, self.stop_at)
            self.lines.watch()

    def begin_process(self) -> None:
        """The replay goes on as a process that was forked."""
        if self.checkpoints is not None:
            self.checkpoints.due()

    def pass_by(self, event: Event) -> None:
        """A thread is about to take an event: stop there, if that is wanted."""
        if self.checkpoints is not None:
            self.checkpoints.consider()
        if self.lines is not None:
            self.lines.watch()
        self.backwards.pass_by(event)
        if event.row == self.script.stop:
            self.reading.turns.reach(event)
            self.reading.muted = False
            self.backwards.stops_at = event
            self.stop_at(self._frame_of(event))
        elif self._is_to_stop():
            self.stop_at(self._frame_of(event))
        elif self.breaks and self.has_stood and sys.gettrace() is None:
            self._debugger().join(sys._getframe(1))

    def _is_to_stop(self) -> bool:
        """Whether an editor wants the program to stop, though it stands at no place."""
        if self._wire is None or not self.has_stood or not self._wire.is_asked:
            return False
        with self._guard, self.apart():
            debugger: Any = self._debugger()
            return bool(debugger.answer_meanwhile())

    def _frame_of(self, event: Event) -> FrameType:
        """The program's frame: the one that did the event, or the nearest to us."""
        file = self.script.sites[event.site][0]
        nearest = frame = program_frame(sys._getframe(2))
        while frame is not None and frame.f_code.co_filename != file:
            frame = frame.f_back
        return frame or nearest or sys._getframe(2)

    def stop_at(self, frame: FrameType) -> None:
        """The replay has come to where it was to stop."""
        if self.script.debug:
            self.asking.note(stopped=True)
            if not self.backwards.take_up(self._note, frame):
                self._ask(frame, self.position())
        else:
            self._report(frame)

    def _report(self, frame: FrameType) -> None:
        with self.apart():
            flush()
            try:
                lines = [self.position(), *report(frame), *self.world()]
            except RefusedError as refused:
                lines = [str(refused)]
            sys.stderr.write("".join(f"{line}\n" for line in lines))
            sys.stderr.flush()
            self.asking.note(stopped=True)
            _exit(0)

    def _ask(self, frame: FrameType, said: str) -> None:
        with self._guard:
            debugger, note = self._debugger(), self._note
            if note is not None and self.checkpoints is not None:
                self.checkpoints.note = None
                debugger.take_over(note)
            with self.apart():
                sys.stderr.write(f"{said}\n")
                sys.stderr.flush()
            debugger.said, self.has_stood = said, True
            debugger.stand(frame)

    @property
    def _note(self) -> dict[str, Any] | None:
        """What the one who went back to here left, and nobody took up yet."""
        return self.checkpoints.note if self.checkpoints is not None else None

    def go_on_silently(self, note: dict[str, Any], frame: FrameType) -> None:
        """Go on from a place that was gone back to, with the breakpoints that hold; nobody is asked."""
        assert self.checkpoints is not None, "it was gone back to"
        self.checkpoints.note = None
        self.has_stood = self.reading.muted = True
        with self._guard:
            debugger = self._debugger()
            debugger.take_over(note)
            debugger.join(frame)

    def end(self, said: list[str], frame: FrameType | None = None, code: int = 0) -> None:
        """Nothing follows: ask a person, who may go back from here."""
        if not self.script.debug:
            return
        self.backwards.end()
        self.is_at_the_end = True
        self.exit_code = code
        self.reading.muted = False
        frame = program_frame(frame)
        if frame is not None:
            self._ask(frame, "\n".join(said))
            return
        names: dict[str, Any] = sys.modules["__main__"].__dict__
        code_here = compile("ask(sys_._getframe(0))", "<the end of the program>", "exec")
        exec(code_here, {**names, "sys_": sys, "ask": lambda here: self._ask(here, "\n".join(said))})

    def _debugger(self) -> Debugger:
        """The debugger of the thread that calls."""
        own = get_ident()
        if own not in self._debuggers:
            with self.apart():
                self._debuggers[own] = self._new_debugger()
        return self._debuggers[own]

    def _new_debugger(self) -> Debugger:
        from ipcreel.replay.debugger import Debugger

        if self._wire is None:
            return Debugger(self)
        from ipcreel.replay.editor import Editor

        return Editor(self, self._wire)

    def begin(self) -> None:
        """Let an editor say what it wants before the program begins."""
        if self.asking.editor >= 0:
            with self.apart():
                from ipcreel.replay.wire import Wire

                self._wire = Wire(self.asking.editor)
            self._debugger().begin()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is done in here is no part of the replay."""
        here = self.reading.here
        before, here.inside = here.inside, True
        try:
            yield
        finally:
            here.inside = before

    @contextmanager
    def asking_a_person(self) -> Iterator[None]:
        """A person is at the prompt: nothing ends, and the others wait for their turns."""
        standing = self.reading.standing
        with self._guard, self.apart():
            standing.held += 1
            self._tell_prompt(True)
            try:
                yield
            finally:
                self._tell_prompt(False)
                standing.held -= 1

    def _tell_prompt(self, begins: bool) -> None:
        try:
            self.asking.ask("prompt", begins=begins)
        except RefusedError:
            pass

    @property
    def _now(self) -> tuple[int, Event | None]:
        """The moment at which the thread that asks stands, and its next event."""
        here = self.reading.here
        if here.events:
            return here.events[-1].begin_ns, here.events[-1]
        own = self.script.of_lane(here.lane)
        return (abs(own[-1].end_ns) or own[-1].begin_ns) if own else 0, None

    def position(self) -> str:
        """Where in the recorded run the thread that asks stands."""
        with self.apart():
            at_ns, event = self._now
            name = self.script.lane_names.get(self.reading.here.lane, "this thread")
            try:
                when = self.asking.ask("when", at_ns=at_ns)
            except RefusedError as refused:
                when = str(refused)
            before = f"before {self.script.describe(event)}" if event is not None else "behind its last event"
            return f"ipcreel: {name} is {before}, at {when}."

    def world(self) -> list[str]:
        """What the whole run was doing at this moment.

        Raises:
            RefusedError: it cannot be told.
        """
        lines: list[str] = self.asking.ask("world", at_ns=self._now[0], lane=self.reading.here.lane)
        return lines

    @property
    def first_event(self) -> int | None:
        """The first event of this process."""
        return self.script.events[0].row if self.script.events else None

    def event_back(self, count: int) -> int | None:
        """The event that is `count` before the next one of this thread, or its first; None where it is there."""
        here = self.reading.here
        own = self.script.of_lane(here.lane)
        taken = len(own) - len(here.events)
        return own[max(taken - count, 0)].row if taken else None

    def go(self, event: int, note: dict[str, Any]) -> None:
        """Go to before an event; return where it is still to come.

        Raises:
            RefusedError: it cannot be gone to.
        """
        if self.script.is_ahead(event) and not self.is_at_the_end:
            self.script.stop = event
            return
        if self.checkpoints is None:
            raise RefusedError("This replay keeps no checkpoints.")
        self.checkpoints.go_back({"event": event, **note})

    def _begin_again(self, event: int) -> None:
        """In the process that goes on from a checkpoint: what was written before is not written again."""
        self.script.stop = event
        self.reading.muted = True
        if self.lines is not None:  # it was come to, and may be come to again
            self.lines.is_over = True
