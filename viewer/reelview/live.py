"""Reading a recording in progress beside the user interface."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ipcreel.record.progress import Progress, Snapshot
from ipcreel.reel import ReelError
from reelview.beside import Beside
from reelview.growth import Growth
from reelview.loading import Opened, work_out

_PAUSE_S = 0.2
_SWITCH_S = 0.0005
"""How long this thread may keep the interpreter from a frame; Python's own 5 ms are a third of one."""


class Live(Beside):
    """Follows a recording to its end: `grown` again and again, then one of `ended`, `abandoned` and `failed`.

    It rests as long as it worked: a large run is shown less often, and keeps half of one processor busy at most.
    """

    grown = Signal(object)
    ended = Signal(object)
    abandoned = Signal(str)
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._stopped = threading.Event()
        self._rest_s = _PAUSE_S

    def work(self) -> None:
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        try:
            self._follow(Progress(self.path))
        except ReelError as error:
            self.failed.emit(str(error))
        except Exception as error:  # what is half written may be anything: the window says so and stays
            self.failed.emit(f"{self.path}: it cannot be followed: {type(error).__name__}: {error}")
        finally:
            sys.setswitchinterval(before)

    def rest(self, seconds: float) -> None:
        """Waits so long at least before the next growth."""
        self._rest_s = max(seconds, _PAUSE_S)

    def leave(self, owner: object = None) -> None:
        """Looks no longer; the thread ends after the step that it is in."""
        self._stopped.set()
        super().leave(owner)

    def _follow(self, progress: Progress) -> None:
        abandoned = False
        while not self._stopped.is_set():
            began = time.perf_counter()
            snapshot = progress.snapshot()
            if snapshot is None:
                self._end(progress)
                return
            if len(snapshot.reel):
                growth = self._growth(snapshot)
                if growth is not None:
                    self.grown.emit(growth)
            if abandoned:
                self.abandoned.emit(
                    f"the recorder has ended without a reel. This makes it: ipcreel recover {progress.tapes}"
                )
                return
            abandoned = progress.is_abandoned()
            self._stopped.wait(max(self._rest_s, time.perf_counter() - began))

    def _end(self, progress: Progress) -> None:
        last = progress.end()
        if last is None:
            self.failed.emit(f"{progress.output}: the recording has ended, and no reel was made of it.")
            return
        growth = self._growth(last)
        if growth is not None:
            self.ended.emit(growth)

    def _growth(self, snapshot: Snapshot) -> Growth | None:
        """What the window shows of a snapshot; None where the thread was told to end."""
        for step in work_out(snapshot.reel):
            if self.isInterruptionRequested():
                return None
            if isinstance(step, Opened):
                for _ in step.raster.build():
                    if self.isInterruptionRequested():
                        return None
                return Growth(step, snapshot.rows)
        return None
