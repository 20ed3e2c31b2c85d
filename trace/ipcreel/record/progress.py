"""A recording in progress, as a series of reels."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel import mechanism
from ipcreel.record import session
from ipcreel.record.family import is_alive
from ipcreel.reel import Reel, ReelError, open_reel
from ipcreel.tape.growing import GrowingTapes
from ipcreel.tape.layout import newest_tapes, tape_names
from ipcreel.tape.merge import write_reel


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What was recorded up to some tenths of a second ago.

    Attributes:
        reel: as any; it ends now, and so do the operations that have not returned.
        rows: for each row of the snapshot before, its row in this one: nothing is ever taken back.
        fresh: ascending, the rows of this one that have ended, and had not in the snapshot before.
    """

    reel: Reel
    rows: NDArray[np.int64]
    fresh: NDArray[np.int64]


class Progress:
    """Takes snapshots of a recording.

    A snapshot costs as much as was written since the last one, and some tenths of a second a million events.
    """

    def __init__(self, output: Path) -> None:
        """Find the recording.

        Args:
            output: the reel to be, or the directory of its tapes.

        Raises:
            ReelError: nothing is being recorded there.
        """
        self.tapes = tapes_of(output)
        self._growing = GrowingTapes(self.tapes)
        self._before: dict[str, NDArray[np.int64]] = {}
        """The rows of each tape's events in the last snapshot; two columns of that follow."""
        self._pending: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._begin_ns: NDArray[np.int64] = np.zeros(0, np.int64)
        self.output = Path(session.said_of(self.tapes).get("output", str(self.tapes) + ".reel"))
        """The reel that the recorder is to make."""

    def snapshot(self) -> Snapshot | None:
        """Take one; None once the recording has ended and its tapes are gone.

        Raises:
            OSError: there is no room for it.
        """
        now_ns = time.monotonic_ns()  # of what is done while they are read some tapes tell, and some do not
        try:
            tapes, unreadable = self._growing.read()
            run = {**session.said_of(self.tapes), "status": None}
            self.output = Path(run.get("output", self.output))  # the directory is there a moment before it says so
        except FileNotFoundError:
            return None
        if not self.tapes.is_dir():
            return None
        with tempfile.TemporaryDirectory(prefix="ipcreel-live-") as scratch:
            path = Path(scratch) / self.output.name
            _, places = write_reel(tapes, unreadable, path, mechanism.all_operations(), run, now_ns)
            reel = open_reel(path)  # mapped: it stays readable when its file is gone
            reel.path = self.output
        return self._compare(reel, {tape.name: place for tape, place in zip(tapes, places, strict=True)})

    def end(self) -> Snapshot | None:
        """The reel that was made in the end, as the last snapshot; None where none was made.

        Raises:
            ReelError: it cannot be read.
        """
        if not self.output.is_file():
            return None
        reel = open_reel(self.output)
        places = {}
        for row, process in enumerate(reel.processes):
            places[process["tape"]] = here = np.flatnonzero(reel.process == row)
            before = np.sort(self._before.get(process["tape"], here[:0]))
            begin_ns = self._begin_ns[before]
            same = np.arange(len(begin_ns)) - begin_ns.searchsorted(begin_ns)
            self._before[process["tape"]] = before
            places[process["tape"]] = here[reel.begin[here].searchsorted(begin_ns) + same]
        return self._compare(reel, places)

    def is_abandoned(self) -> bool:
        """Whether nobody is left who writes a tape, or makes the reel of them."""
        try:
            pids = [int(name.rpartition("-")[2]) for name in tape_names(self.tapes)]
        except FileNotFoundError:  # the reel is made
            return False
        recorder = session.said_of(self.tapes).get("recorder")
        return not any(is_alive(pid) for pid in (*pids, *([] if recorder is None else [recorder])))

    def _compare(self, reel: Reel, places: dict[str, NDArray[np.int64]]) -> Snapshot:
        rows = np.zeros(len(self._pending), np.int64)
        was_pending = np.ones(len(reel), np.bool_)
        for name, before in self._before.items():
            rows[before] = places[name][: len(before)]
        was_pending[rows] = self._pending
        self._before, self._pending, self._begin_ns = places, reel.pending, reel.begin
        return Snapshot(reel, rows, np.flatnonzero(was_pending & ~reel.pending))


def tapes_of(output: Path) -> Path:
    """The directory in which a recording in progress keeps its tapes.

    Args:
        output: the reel to be, or that directory.

    Raises:
        ReelError: nothing is being recorded there.
    """
    if output.is_dir():
        return output
    found = newest_tapes(output)
    if found is None:
        raise ReelError(f"{output}: nothing is being recorded there. `ipcreel record -o {output} -- …` does.")
    return found
