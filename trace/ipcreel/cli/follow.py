"""The events of a recording in progress, as they come."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ipcreel.record import session
from ipcreel.reel import Reel, ReelError, open_reel
from ipcreel.reel.select import Selection, select

_PAUSE_S = 0.2


def follow(output: Path, selection: Selection) -> Iterator[tuple[Reel, list[int]]]:
    """Yield a snapshot of the recording and the events in it that were not in the one before, until it has ended.

    Args:
        output: the reel to be, or its directory of tapes.
        selection: which events.

    Raises:
        ReelError: nothing is being recorded there.
    """
    tapes = _tapes_of(output)
    seen: set[tuple[int, int, int]] = set()
    with tempfile.TemporaryDirectory(prefix="ipcreel-follow-") as scratch:
        snapshot = Path(scratch) / "snapshot.reel"
        while tapes.is_dir():
            session.take_snapshot(tapes, snapshot)
            yield _fresh(open_reel(snapshot), selection, seen)
            time.sleep(_PAUSE_S)
    if output.is_file():
        yield _fresh(open_reel(output), selection, seen)


def _fresh(reel: Reel, selection: Selection, seen: set[tuple[int, int, int]]) -> tuple[Reel, list[int]]:
    rows = []
    for row in select(reel, selection).tolist():
        identity = (int(reel.begin[row]), int(reel.lane[row]), int(reel.op[row]))
        if identity not in seen and not reel.pending[row]:
            seen.add(identity)
            rows.append(row)
    return reel, rows


def _tapes_of(output: Path) -> Path:
    if output.is_dir():
        return output
    found = sorted(output.absolute().parent.glob(f".{output.name}.*{session.SUFFIX}"))
    if not found:
        raise ReelError(f"{output}: nothing is being recorded there. `ipcreel record -o {output} -- …` does.")
    return found[-1]
