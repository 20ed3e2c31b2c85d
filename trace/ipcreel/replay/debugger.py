"""The debugger of a replay: the program's frame is on top, and its world is the recorded one."""

from __future__ import annotations

import pdb
import posix
import sys
from bdb import Breakpoint
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from ipcreel.interpose.frames import is_ours
from ipcreel.replay.asking import RefusedError
from ipcreel.replay.terminal import Terminal

if TYPE_CHECKING:
    from ipcreel.replay.session import Session


class Debugger(pdb.Pdb):
    """pdb, whose own doing is no part of the replay; one for each thread that a person has stood in.

    Attributes:
        said: what is to be told where it stands next.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(nosigint=True, skip=["ipcreel.*"], readrc=False)
        self.prompt = "(replay) "
        self.said = ""
        self.breaks = session.breaks  # those of one thread are those of all
        self._session = session

    def begin(self) -> None:
        """Before the program begins there is nothing to ask."""

    def interaction(self, frame: Any, traceback: Any) -> None:
        """Ask a person, at a frame of the program."""
        with self._session.asking_a_person(), Terminal(self._session.asking.terminal) as (self.stdin, self.stdout):
            super().interaction(frame, traceback)

    def get_stack(self, f: Any, t: Any) -> tuple[list[tuple[FrameType, int]], int]:
        """The stack without frames of ours."""
        stack, _ = super().get_stack(f, t)
        kept = [entry for entry in stack if not is_ours(entry[0].f_code.co_filename)] or stack[-1:]
        return kept, len(kept) - 1

    def do_where(self, arg: str) -> None:
        """where: the stack, and where in the recorded run it is."""
        super().do_where(arg)
        self.message(self._session.position())

    def do_world(self, arg: str) -> None:
        """world: what the whole run was doing at this moment: who waited for whom, what was in the queues, findings."""
        try:
            for line in self._session.world():
                self.message(line)
        except RefusedError as refused:
            self.error(str(refused))

    def do_back(self, arg: str) -> bool | None:
        """back [N]: go back to the event before this one, or N events back, in this thread."""
        if arg and not (arg.isdigit() and int(arg) > 0):
            self.error("back, or back N: how many events.")
            return None
        return self._go(self._session.event_back(int(arg or 1)))

    def do_to(self, arg: str) -> bool | None:
        """to EVENT | 3.2s | tick 12 | finding 1: go to before an event of this process, an earlier or a later one."""
        try:
            return self._go(self._session.asking.ask("event", text=arg.strip()))
        except RefusedError as refused:
            self.error(str(refused))
            return None

    def _go(self, event: int | None) -> bool | None:
        if event is None:
            self.error("There is nothing before this: it is the first event of this thread.")
            return None
        try:
            self._session.go(event, self._left())
        except RefusedError as refused:
            self.error(str(refused))
            return None
        self.set_continue()
        return True

    def _left(self) -> dict[str, Any]:
        """What whoever stops where is gone to takes over."""
        return {"breakpoints": self._breakpoints(), "queue": self.cmdqueue, "aliases": self.aliases}

    def _breakpoints(self) -> list[dict[str, Any]]:
        kept = []
        for each in Breakpoint.bpbynumber:
            if each is not None:
                given = {name: getattr(each, name) for name in ("file", "line", "temporary", "cond", "funcname")}
                kept.append(
                    {
                        "given": list(given.values()),
                        "enabled": each.enabled,
                        "ignore": each.ignore,
                        "commands": [table.get(each.number) for table in self._command_tables()],
                    }
                )
        return kept

    def _command_tables(self) -> tuple[dict[int, Any], ...]:
        return self.commands, self.commands_doprompt, self.commands_silent

    def take_over(self, note: dict[str, Any]) -> None:
        """Go on with the breakpoints, the aliases and the commands of the one who went back to here."""
        self.cmdqueue, self.aliases = note["queue"], note["aliases"]
        for each in note["breakpoints"]:
            self.set_break(*each["given"])
            made: Any = Breakpoint.bpbynumber[-1]
            made.enabled, made.ignore = each["enabled"], each["ignore"]
            for table, value in zip(self._command_tables(), each["commands"], strict=True):
                if value is not None:
                    table[made.number] = value

    def do_run(self, arg: str) -> bool | None:
        """run: go to the first event of this process."""
        return self._go(self._session.first_event)

    do_restart = do_run

    def do_reverse(self, arg: str) -> None:
        """reverse: go back to the breakpoint that was hit last before this place, or to the first event."""
        try:
            self._session.backwards.go(self._left())
        except RefusedError as refused:
            self.error(str(refused))

    def do_quit(self, arg: str) -> bool | None:
        """quit: end the replay."""
        posix._exit(self._session.exit_code)

    do_w = do_bt = do_where
    do_q = do_exit = do_EOF = do_quit  # noqa: N815

    def dispatch_line(self, frame: FrameType) -> Any:
        """A line is about to be run: stop there, or not."""
        backwards = self._session.backwards
        is_hit = self.break_here(frame)
        if is_hit and backwards.passes_hit():
            return self.trace_dispatch
        if is_hit or self.stop_here(frame):
            backwards.is_at_hit = is_hit
            self.user_line(frame)
            backwards.is_at_hit = False
        return self.trace_dispatch

    def stand(self, frame: FrameType) -> None:
        """Ask at a frame, and go on as it was said."""
        sys.settrace(None)
        self.reset()
        self.botframe = list(_outwards(frame))[-1]
        self.interaction(frame, None)
        if not self._session.is_at_the_end and (self.stoplineno != -1 or self.breaks):
            self._trace(frame)

    def _trace(self, frame: FrameType) -> None:
        """As `Bdb.set_trace` does, but for the step: how to go on is decided."""
        for outer in _outwards(frame):
            if not is_ours(outer.f_code.co_filename):
                outer.f_trace = self.trace_dispatch
        sys.settrace(self.trace_dispatch)

    def join(self, frame: FrameType) -> None:
        """Have the breakpoints hold in this thread too."""
        sys.settrace(None)
        self.reset()
        self.botframe = list(_outwards(frame))[-1]
        self._set_stopinfo(self.botframe, None, -1)  # type: ignore[attr-defined]
        self._trace(frame)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
