"""Building the index of a timeline beside the user interface."""

from __future__ import annotations

import os
import sys
import threading

from PySide6.QtCore import QObject, Signal

from reelview.beside import Beside
from reelview.raster.choose import Raster

_NICE = 10
"""A tenth of what others get: much less, and what it holds would be held long on a busy machine."""


class Indexing(Beside):
    """Builds a raster's index step by step; what is ready is drawn with at once.

    Two threads that compute hand the interpreter lock to and fro, and a frame that is drawn meanwhile takes five times
    as long. Therefore the index waits while `painting` is held, but for steps that need no lock: a frame meets one step
    at most, a few ms. A frame does not wait for its processor either, where others leave none over.
    """

    progressed = Signal(float)

    def __init__(self, raster: Raster, painting: threading.Lock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._raster = raster
        self._painting = painting

    def work(self) -> None:
        _stand_back()
        shown = 0.0
        for done in self._raster.build():
            if not self._raster.builds_beside:
                with self._painting:
                    pass
            if self.isInterruptionRequested():
                return
            if done - shown >= 0.02:
                shown = done
                self.progressed.emit(done)
        self.progressed.emit(1.0)

    def stop(self) -> None:
        """Asks the thread to end, and waits until it has."""
        self.requestInterruption()
        self.wait()


def _stand_back() -> None:
    """Lets other threads have the processor before this one."""
    if sys.platform == "linux":  # elsewhere a process has one priority; sched(7)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
