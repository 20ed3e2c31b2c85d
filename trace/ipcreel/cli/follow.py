"""The events of a recording in progress, as they come."""

from __future__ import annotations

import select as waiting
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ipcreel.record.progress import Progress, Snapshot
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.select import Selection, select

_PAUSE_S = 0.2


def follow(output: Path, selection: Selection) -> Iterator[tuple[Reel, list[int]]]:
    """Yield a snapshot of the recording and the events in it that have ended since the one before, until it has ended.

    Args:
        output: the reel to be, or its directory of tapes.
        selection: which events; what it names may be yet to come.

    Raises:
        ReelError: nothing is being recorded there, or the recorder was killed.
    """
    progress = Progress(output)
    abandoned = False
    began_s = time.monotonic()
    while snapshot := progress.snapshot():
        yield snapshot.reel, _chosen(snapshot, selection)
        if _nobody_reads():
            return
        if abandoned:
            raise ReelError(f"the recorder has ended without a reel. This makes it: ipcreel recover {progress.tapes}")
        abandoned = progress.is_abandoned()
        # A long recording takes long to look at: half of the time is for those who make it.
        time.sleep(max(_PAUSE_S, time.monotonic() - began_s))
        began_s = time.monotonic()
    last = progress.end()
    if last is not None:
        yield last.reel, _chosen(last, selection)


def _chosen(snapshot: Snapshot, selection: Selection) -> list[int]:
    rows: list[int] = np.intersect1d(select(snapshot.reel, selection, growing=True), snapshot.fresh).tolist()
    return rows


def _nobody_reads() -> bool:
    """Whether stdout is a pipe whose reader has gone: `| head` has seen enough, even where no more comes."""
    poll = waiting.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(happened & waiting.POLLERR for _, happened in poll.poll(0))
