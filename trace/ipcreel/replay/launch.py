"""Replays a process, and says how that ended."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass

from ipcreel.reel import Reel, ReelError
from ipcreel.replay.divergence import Divergence, DivergenceError
from ipcreel.replay.interleavings import Interleavings, Notes, was_left
from ipcreel.replay.interpreter import Interpreter
from ipcreel.replay.place import Place
from ipcreel.replay.plan import How
from ipcreel.replay.tried import Tried

INTERRUPTED = 128 + signal.SIGINT
_LEAST_PATIENCE_S, _PATIENCE, _PATIENCE_IN_ALL = 20.0, 10.0, 4.0  # how long a run may take that nobody sees, and all
_RACED = (
    "ipcreel: it left its tape where its threads may have raced: whether another of their orders agrees is tried.\n"
)


@dataclass(frozen=True)
class Ending:
    """How a replay ended.

    Attributes:
        code: the exit code of the process.
        diverged: where it left its tape, None where they agreed to the end.
        stands: where each of its threads stands that waits for ever.
        replayed: how many events were taken from the tapes.
        stopped: whether it came to the place where it was to stop.
        tried: how it went on without its tape, None where it was not let.
        differs: where it first wrote to the console what it had not written, empty where the output was the same.
        refused: why it could not be replayed, where it is one of many; empty where it could.
    """

    code: int
    diverged: Divergence | None = None
    stands: tuple[str, ...] = ()
    replayed: int = 0
    stopped: bool = False
    differs: str = ""
    tried: Tried | None = None
    refused: str = ""

    @property
    def divergence(self) -> str:
        """What the tape has and what the program did, empty where they agreed to the end."""
        return self.diverged.what if self.diverged else ""

    def check(self) -> None:
        """Return if the process did what its tape has.

        Raises:
            DivergenceError: it did not.
            ReelError: it could not be replayed.
        """
        if self.refused:
            raise ReelError(self.refused)
        if self.diverged is not None:
            raise DivergenceError("\n".join(self.diverged.lines()))


def replay(reel: Reel, process: int, *, place: Place | None = None, how: How | None = None) -> Ending:
    """Replay one process.

    Args:
        reel: what was recorded.
        process: its row.
        place: where it is to stop; to its end, where there is none.
        how: what else is wanted of it.

    Raises:
        ReelError: its program cannot be run.
    """
    how = how or How()
    interpreter, tried, begun_s = Interpreter(reel, process), Interleavings(), time.monotonic()
    code, notes = interpreter.run(place, how, tried, seeks=not how.tries and how.port is None)
    if was_left(notes) is not None:
        tried.see(notes)
        if not how.quiet and sys.stderr.isatty():  # a person waits
            sys.stderr.write(_RACED)
        code, notes = _seek(interpreter, place, how, tried, notes, time.monotonic() - begun_s)
    if code is None:
        return _without_end(reel, process, how)
    return _ending(reel, process, code, notes)


def _seek(
    interpreter: Interpreter, place: Place | None, how: How, tried: Interleavings, notes: Notes, took_s: float
) -> tuple[int | None, Notes]:
    """Try other interleavings of its threads, out of sight, and not much longer than the first run took.

    Returns:
        How the run went that is to be told of.
    """
    recorded_s = (interpreter.reel.end_ns - interpreter.reel.begin_ns) / 1e9
    unseen = How(quiet=True, patience_s=_LEAST_PATIENCE_S + _PATIENCE * (took_s + recorded_s))
    until_s = time.monotonic() + _LEAST_PATIENCE_S + _PATIENCE_IN_ALL * took_s
    code: int | None = None
    while (code is None or was_left(notes) is not None) and time.monotonic() < until_s and tried.choose(notes):
        code, notes = interpreter.run(None, unseen, tried, seeks=True)
    agrees = code is not None and was_left(notes) is None and not any("diverged" in note for note in notes)
    if not agrees:
        tried.give_up()
    if agrees and how.quiet and not how.debug and place is None:
        return code, notes
    return interpreter.run(place, how, tried, seeks=False)


def _without_end(reel: Reel, process: int, how: How) -> Ending:
    what = f"it had not come to its end after {how.patience_s:.0f} s, and was ended. Replay it alone to see where."
    return Ending(-signal.SIGKILL, Divergence.from_note(reel, process, {"what": what, "agreed": []}))


def _ending(reel: Reel, process: int, code: int, notes: Notes) -> Ending:
    told = {key: note[key] for note in notes for key in note if key != "diverged"}
    diverged = next(
        (Divergence.from_note(reel, process, note["diverged"]) for note in notes if "diverged" in note), None
    )
    return Ending(
        code,
        diverged,
        tuple(told.get("stands", ())),
        told.get("replayed", 0),
        "stopped" in told,
        told.get("differs", ""),
        Tried(reel, process, told["tried"]) if "tried" in told else None,
    )
