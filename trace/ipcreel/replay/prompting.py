"""What a program asked on a terminal with `input`, and the line that it was given, stand there again in a replay."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipcreel.mechanism.operation import Operation
from ipcreel.replay import running
from ipcreel.replay.script import Event

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

INPUT, PROMPT = "console.input", "console.prompt"
_STDOUT = 1
_write = os.write


def prompt(reading: Replaying, row: Operation, text: bytes) -> None:
    """The program asks: the tape has that next, or it is something that somebody changed in order to see more."""
    event = reading.take(row) if reading.here.lane >= 0 and not reading.has_left and reading.comes(PROMPT) else None
    if event is None:
        _show(reading, text)
        return
    reading.turns.wait(event)
    taped = reading.script.payload(event)
    if isinstance(taped, bytes) and taped != text:
        reading.differ(event, text, taped)
    _show(reading, text)
    reading.finish(event)


def show_line(reading: Replaying, event: Event) -> None:
    """The line that a person typed, as the terminal showed it."""
    line = reading.script.payload(event)
    if isinstance(line, str):
        _show(reading, f"{line}\n".encode("utf-8", "surrogateescape"))


def _show(reading: Replaying, text: bytes) -> None:
    if reading.muted or reading.script.child_pid is not None:  # the latter: it is the parent's, on the way to the child
        return
    running.write_once(reading, lambda: _write(_STDOUT, text))
