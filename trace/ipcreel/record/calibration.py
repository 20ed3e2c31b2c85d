"""What recording costs on this machine at this time: measured by the recorder in its own process, after the run.

The program has paid for its events already; here the same wrappers are put around a function that does nothing, and
write to a tape that is thrown away. It takes some milliseconds, and nothing of it in the recorded program.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ipcreel.mechanism.operation import Operation
from ipcreel.record.wrap import recorded
from ipcreel.tape import process

_ROUNDS, _CALLS, _FORKS = 9, 200, 3
_mine: str | None = None  # the name of the tape that was thrown away last
_TEXT = b"thirty-two bytes, as many do have"
_ROWS = {
    "instant": Operation(1, "calibration.instant"),
    "blocking": Operation(2, "calibration.blocking", blocks=True),
    "payload": Operation(3, "calibration.payload", before=lambda args, kwargs: (0, _TEXT)),
}
# The loop lies in no file of ours: it stands for the program, whose calls have sites.
_LOOP = """
def loop(call, count, clock):
    begin = clock()
    for _ in range(count):
        call()
    return (clock() - begin) / count
"""


def measure(tapes: Path) -> dict[str, float] | None:
    """Nanoseconds of processor time: an `instant` operation, a `blocking` one, a `payload`, the new tape of a `fork`.

    Args:
        tapes: the directory of the recording, which is to be removed.

    Returns:
        What recording adds to each; None where there is no room to measure it.
    """
    if getattr(process.tape, "name", _mine) is not _mine:  # this recorder is a recorded program itself
        return None
    scope: dict[str, Callable[..., float]] = {}
    exec(compile(_LOOP, "calibration", "exec"), {}, scope)
    try:
        scratch = tempfile.mkdtemp(dir=tapes)
        try:
            return _measured(scratch, scope["loop"])
        finally:
            process.stop_recording()
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError:
        return None


def _measured(scratch: str, loop: Callable[..., float]) -> dict[str, float]:
    global _mine  # noqa: PLW0603
    begin = time.process_time_ns()
    for _ in range(_FORKS):
        process.open_tape(scratch, "fork", 1 << 20, None, {})
        _mine = process.tape.name
        process.here = process.Here()
    costs = {"fork": (time.process_time_ns() - begin) / _FORKS}

    def nothing() -> None:
        return None

    bare = _median(loop, nothing)
    for name, row in _ROWS.items():
        costs[name] = max(_median(loop, recorded(row, nothing)) - bare, 0.0)
    costs["payload"] = max(costs["payload"] - costs["instant"], 0.0)
    return costs


def _median(loop: Callable[..., float], call: Callable[[], None]) -> float:
    return sorted(loop(call, _CALLS, time.process_time_ns) for _ in range(_ROUNDS))[_ROUNDS // 2]
