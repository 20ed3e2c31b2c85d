"""The events of a recording in progress, as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ipcreel.record.progress import Progress, Snapshot
from ipcreel.reel import Reel
from ipcreel.reel.select import Selection, select

_PAUSE_S = 0.2


def follow(output: Path, selection: Selection) -> Iterator[tuple[Reel, list[int]]]:
    """Yield a snapshot of the recording and the events in it that have ended since the one before, until it has ended.

    Args:
        output: the reel to be, or its directory of tapes.
        selection: which events.

    Raises:
        ReelError: nothing is being recorded there.
    """
    progress = Progress(output)
    while snapshot := progress.snapshot():
        yield snapshot.reel, _chosen(snapshot, selection)
        time.sleep(_PAUSE_S)
    last = progress.end()
    if last is not None:
        yield last.reel, _chosen(last, selection)


def _chosen(snapshot: Snapshot, selection: Selection) -> list[int]:
    rows: list[int] = np.intersect1d(select(snapshot.reel, selection), snapshot.fresh).tolist()
    return rows
