"""Delivers a signal where it arrived: at the same instruction of the program, after the same event."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import sys
from _thread import get_ident, interrupt_main
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from ipcreel.interpose.frames import program_frame

_main_thread = get_ident()  # this is imported before the program begins


class Arrival:
    """Follows the program until it is where it was when the signal came.

    There the interpreter is told that the signal came, just before it does the instruction: the handler runs when that
    is done, called by the interpreter as it was, and is followed itself where a signal hit it too.

    A place in a loop is passed many times: the plain values of the variables there, which the tape has, tell the rounds
    apart. Only the function that was interrupted is followed instruction by instruction: the others run at full speed.

    Attributes:
        signal: its number.
        site: file, line, function and instruction offset.
        moment: `depth` and `numbers`, as the tape has them.
    """

    def __init__(self, signal: int, site: list[Any], moment: dict[str, Any] | None) -> None:
        self.signal = signal
        self.file, _, self.function, self.instruction = site
        self.numbers: dict[str, Any] = (moment or {}).get("numbers", {})
        self.before: Any = None
        self.is_due: Callable[[], bool] = lambda: True
        self._go_on = self._step  # made once: it is given back at each instruction that is followed

    def watch(self, is_due: Callable[[], bool]) -> None:
        """Begin to follow the thread that calls, as long as the signal `is_due`."""
        self.is_due = is_due
        self.before = sys.gettrace()
        frame = program_frame(sys._getframe(1))
        if frame is not None and self._is_there(frame):  # the operation that has just ended is that instruction
            self._come(frame)
            return
        sys.settrace(self._enter)
        while frame is not None:
            if self._is_of(frame.f_code):
                self._follow(frame)
            frame = frame.f_back

    def _follow(self, frame: FrameType) -> None:
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        frame.f_trace = self._go_on

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        """A function is called."""
        if not self.is_due():
            sys.settrace(self.before)
        elif self._is_of(frame.f_code):
            if self._is_there(frame):  # at the instruction that a function begins with: it has been done
                self._deliver(frame)
                return self.before  # type: ignore[no-any-return]
            self._follow(frame)
            return self._go_on
        return None

    def _step(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if event == "opcode" and frame.f_lasti != self.instruction:  # most are: nothing more is asked of them
            return self._go_on
        if not self.is_due():
            self._leave(frame)
            return self.before  # type: ignore[no-any-return]
        if event == "opcode" and self._is_there(frame):
            self._come(frame)
            return self.before  # type: ignore[no-any-return]
        return self._go_on

    def _is_of(self, code: CodeType) -> bool:
        return (code.co_qualname, code.co_filename) == (self.function, self.file)

    def _is_there(self, frame: FrameType) -> bool:
        if frame.f_lasti != self.instruction or not self._is_of(frame.f_code):
            return False
        values = frame.f_locals
        return all(values.get(name) == value for name, value in self.numbers.items())

    def _leave(self, frame: FrameType | None) -> None:
        sys.settrace(self.before)
        while frame is not None:
            if frame.f_trace == self._step:
                frame.f_trace = self.before
                frame.f_trace_opcodes, frame.f_trace_lines = False, True
            frame = frame.f_back

    def _come(self, frame: FrameType) -> None:
        """Have the interpreter call the handler after the instruction that it is about to do."""
        if get_ident() != _main_thread:  # the interpreter never does so here: it forked, and its child went on
            self._deliver(frame)
            return
        self._leave(frame)
        # After a call the interpreter would look for signals, here in the trace function. After this it does not.
        (_,) = map(interrupt_main, (self.signal,))  # type: ignore[arg-type]

    def _deliver(self, frame: FrameType) -> None:
        self._leave(frame)
        handler = _signal.getsignal(self.signal)
        try:
            if callable(handler):
                handler(self.signal, frame)
        finally:
            # Until Python 3.13 the interpreter copies this dict back into the variables when a trace function ends: it
            # has to have what the handler made of them.
            frame.f_locals  # noqa: B018
