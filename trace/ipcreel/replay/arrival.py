"""Delivers a signal where it arrived: at the same instruction of the program, after the same event."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from ipcreel.interpose.frames import program_frame


class Arrival:
    """Follows the program instruction by instruction until it is where it was when the signal came.

    A place in a loop is passed many times: the depth of the stack and the plain values of the variables there, which
    the tape has, tell the rounds apart.

    Attributes:
        signal: its number.
        site: file, line, function and instruction offset.
        moment: `depth` and `numbers`, as the tape has them.
    """

    def __init__(self, signal: int, site: list[Any], moment: dict[str, Any] | None) -> None:
        self.signal = signal
        self.file, _, self.function, self.instruction = site
        self.numbers: dict[str, Any] = (moment or {}).get("numbers", {})
        self.passed: FrameType | None = None  # the frame that has just done the instruction
        self.before: Any = None

    def watch(self) -> None:
        """Begin to follow the thread that calls."""
        self.before = sys.gettrace()
        frame = program_frame(sys._getframe(1))
        if frame is not None and self._stands_at(frame):  # the operation that has just ended is that instruction
            self.passed = frame
        sys.settrace(self._trace)
        while frame is not None:
            frame.f_trace = self._trace
            frame.f_trace_opcodes = True
            frame = frame.f_back

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        frame.f_trace_opcodes = True
        if event != "opcode":
            return self._trace
        if self.passed is frame:
            self.passed = None
            if self._is_there(frame):
                self._deliver(frame)
                return self.before  # type: ignore[no-any-return]
        if self._stands_at(frame):
            self.passed = frame
        return self._trace

    def _stands_at(self, frame: FrameType) -> bool:
        return bool(frame.f_lasti == self.instruction and frame.f_code.co_qualname == self.function)

    def _is_there(self, frame: FrameType) -> bool:
        if frame.f_code.co_filename != self.file:
            return False
        values = frame.f_locals
        return all(values.get(name) == value for name, value in self.numbers.items())

    def _deliver(self, frame: FrameType) -> None:
        sys.settrace(self.before)
        outer: FrameType | None = frame
        while outer is not None:
            outer.f_trace = self.before
            outer.f_trace_opcodes = False
            outer = outer.f_back
        handler = _signal.getsignal(self.signal)
        if callable(handler):
            handler(self.signal, frame)
