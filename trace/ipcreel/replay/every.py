"""Replays every process of a reel, several at a time, and tells how that went."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ipcreel.reel import Reel, ReelError
from ipcreel.replay.launch import Ending, replay
from ipcreel.replay.plan import How, find_process, replayable, unique_names

_REFUSED = 2  # the exit code of what could not be done

_LEAST_PATIENCE_S, _PATIENCE = 60.0, 20.0  # how long a replay may take, the latter times what was recorded


@dataclass(frozen=True)
class Outcome:
    """How the replay of one process went.

    Attributes:
        process: its row.
        name: what it is called, with its place among those that are called so.
        events: how many events its tape has.
        recorded_s: how long it took when it was recorded, from its first event to its last.
        replayed_s: how long the replay took, with the start of its interpreter.
        ending: how it ended.
    """

    process: int
    name: str
    events: int
    recorded_s: float
    replayed_s: float
    ending: Ending


def replay_all(reel: Reel, wanted: str | None = None, at_once: int | None = None) -> Iterator[Outcome]:
    """Replay every process that has a tape, in the order of their begin.

    Args:
        reel: what was recorded.
        wanted: the name or the pid of those that are meant; all, where it is None.
        at_once: how many at a time; as many as there are processors where it is not said.
    """
    chosen = _chosen(reel, wanted)
    with ThreadPoolExecutor(at_once or len(os.sched_getaffinity(0))) as pool:
        yield from pool.map(lambda process, name: _one(reel, process, name), chosen, unique_names(reel, chosen))


def _chosen(reel: Reel, wanted: str | None) -> list[int]:
    rows = replayable(reel, wanted)
    return rows if rows or wanted is None else [find_process(reel, wanted)]  # which says that there is none


def _one(reel: Reel, process: int, name: str) -> Outcome:
    rows = np.flatnonzero(reel.process == process)
    took_ns = (
        int(max(reel.begin[rows].max(), np.abs(reel.end[rows]).max()) - reel.begin[rows].min()) if len(rows) else 0
    )
    begin = time.perf_counter()
    try:
        ending = replay(reel, process, how=How(quiet=True, patience_s=_LEAST_PATIENCE_S + _PATIENCE * took_ns / 1e9))
    except ReelError as error:  # the others can be replayed all the same
        ending = Ending(_REFUSED, refused=str(error))
    return Outcome(process, name, len(rows), took_ns / 1e9, time.perf_counter() - begin, ending)
