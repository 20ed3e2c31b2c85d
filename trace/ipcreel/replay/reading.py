"""A row of the table made into a wrapper that replays."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ipcreel.interpose.frames import program_frame
from ipcreel.mechanism.operation import FENCE, GIVE, Operation
from ipcreel.mechanism.reading import Reading
from ipcreel.replay.script import Event, Script
from ipcreel.tape import process


class DivergenceError(BaseException):
    """The program does what it did not do when it was recorded. Not an Exception: programs catch those."""


class EndOfTape(BaseException):
    """All that was recorded of this process has been replayed."""


_FORKS = ("process.fork", "process.forkpty")


class Replaying(Reading):
    """The table read in order to replay.

    Attributes:
        script: the tapes.
        replayed: how many events were taken from them.
    """

    replays = True

    def __init__(self, script: Script, at_end: Callable[[str], None]) -> None:
        self.script = script
        self.replayed = 0
        self.at_end = at_end
        self.lane = script.lane_rows[0]

    def wrap(self, row: Operation, original: Callable[..., Any], bound: bool = False) -> FunctionType:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if process.here.inside or not self.takes(row, args, kwargs):
                return original(*args, **kwargs)
            return self.perform(row, original, args, kwargs)

        def bound_wrapper(_: object, /, *args: Any, **kwargs: Any) -> Any:
            return wrapper(*args, **kwargs)

        chosen: Any = bound_wrapper if bound else wrapper
        return chosen  # type: ignore[no-any-return]

    def note(
        self, row: Operation, object_: int, a: int = 0, b: int = 0, payload: object = None, begin_ns: int = 0
    ) -> None:
        self.take(row)

    def takes(self, row: Operation, args: Any, kwargs: Any) -> bool:
        """Whether a call is one of `row`: as the row itself says, or, where it cannot know any more, the tape."""
        if row.concerns is None or row.concerns(args, kwargs):
            return True
        events = self.script.lanes.get(self.lane)
        return events is not None and bool(events) and events[-1].op == row.code

    def perform(self, row: Operation, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Do one operation: from the tape where the row says so."""
        event = self.take(row)
        if row.replay == FENCE:
            raise DivergenceError(f"{self.script.describe(event)}: {row.name} can be seen, not replayed.")
        if event.end_ns == 0:
            self.at_end(
                f"{self.script.describe(event)} never returned: the process stood here when the recording ended"
            )
        if event.end_ns < 0:
            raise rebuild(self.script.payload(event))
        if row.name in _FORKS and event.b == self.script.child_pid:
            self.script.next_process()
            self.lane = self.script.lane_rows[0]
            return 0
        if row.replay == GIVE:
            return row.give(args, kwargs, event.a, event.b, self.script.payload(event)) if row.give else None
        return original(*args, **kwargs)

    def take(self, row: Operation) -> Event:
        """The next event of this lane, which must be one of `row`."""
        events = self.script.lanes.get(self.lane)
        if not events:
            self.at_end("the tape ends here")
            raise EndOfTape
        event = events.pop()
        if event.op != row.code:
            raise DivergenceError(
                f"{self.script.describe(event)}: that is what the tape has; the program did {row.name} at {_here()}."
            )
        self.replayed += 1
        return event


def _here() -> str:
    frame = program_frame(sys._getframe(2))
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "an unknown place"


def rebuild(payload: Any) -> BaseException:
    """The exception that a payload describes: of the same type where that is known by now, with equal arguments."""
    module, _, name = str(payload["raised"]).rpartition(".")
    if module not in sys.modules:
        module, name = "builtins", name if hasattr(sys.modules["builtins"], name) else "Exception"
    kind: Any = importlib.import_module(module)
    for part in name.split("."):
        kind = getattr(kind, part, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise DivergenceError(f"the tape has an exception {payload['raised']}, which this program does not know")
    error = kind.__new__(kind, *payload["args"])
    error.args = tuple(payload["args"])
    return error
