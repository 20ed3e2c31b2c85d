"""Stops a replay before a line of its program, the first time that a thread comes there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


def is_file(path: str, wanted: str) -> bool:
    """Whether a person who writes `wanted` means the file at `path`: the end of its path, in whole names."""
    return path == wanted or path.endswith("/" + wanted.removeprefix("./"))


class LineStop:
    """Follows the threads of a program until one of them comes to a line.

    Attributes:
        is_over: nobody is followed any more.
    """

    def __init__(self, file: str, line: int, is_due: Callable[[], bool], stop: Callable[[FrameType], None]) -> None:
        """Take the line, what tells whether the process that is meant runs by now, and what is called there."""
        self._file = file
        self._line = line
        self._is_due = is_due
        self._stop = stop
        self.is_over = False
        self._codes: dict[CodeType, bool] = {}  # whether the line is one of theirs

    def watch(self) -> None:
        """Follow the thread that calls."""
        if not self.is_over and sys.gettrace() is None:
            sys.settrace(self._trace_call)
            frame: FrameType | None = sys._getframe(1)
            while frame is not None:
                frame.f_trace = self._trace_call(frame, "call", None)
                frame = frame.f_back

    def _trace_call(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if self.is_over:
            return None
        code = frame.f_code
        if code not in self._codes:
            lines = (line for _, _, line in code.co_lines())
            self._codes[code] = is_file(code.co_filename, self._file) and self._line in lines
        return self._trace_line if self._codes[code] else None

    def _trace_line(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if event == "line" and frame.f_lineno == self._line and not self.is_over and self._is_due():
            self.is_over = True
            sys.settrace(None)
            frame.f_trace = None
            self._stop(frame)
            return frame.f_trace
        return self._trace_line
