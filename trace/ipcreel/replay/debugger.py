"""The debugger of a replay: the program's frame is on top, and its world is the recorded one."""

from __future__ import annotations

import pdb
import sys
from types import FrameType
from typing import Any

from ipcreel.interpose.frames import program_frame
from ipcreel.replay.script import Script
from ipcreel.tape import process


class Debugger(pdb.Pdb):
    """pdb, whose own doing is no part of the replay."""

    def __init__(self, script: Script) -> None:
        super().__init__(nosigint=True, skip=["ipcreel.*"])
        self.prompt = "(replay) "
        self._script = script

    def interaction(self, frame: Any, traceback: Any) -> None:
        here = process.here
        before, here.inside = here.inside, True
        try:
            super().interaction(frame, traceback)
        finally:
            here.inside = before

    def do_world(self, argument: str) -> None:
        """world: what the other processes were doing at this moment."""
        for row in self._script.world:
            self.message(row)

    def do_quit(self, arg: str) -> bool | None:
        """quit: end the replay."""
        import posix

        posix._exit(0)

    do_q = do_exit = do_EOF = do_quit  # noqa: N815


def debug(script: Script, frame: FrameType) -> None:
    """Ask a person what to do at the program's frame outside of `frame`; return when it is to go on."""
    outer = program_frame(frame)
    debugger = Debugger(script)
    debugger.reset()
    debugger.interaction(outer, None)
    if debugger.stoplineno == -1 and not debugger.breaks:
        return
    while outer is not None:  # as `Bdb.set_trace` does, but for the step: how to go on is decided
        outer.f_trace = debugger.trace_dispatch
        debugger.botframe = outer
        outer = outer.f_back
    sys.settrace(debugger.trace_dispatch)
