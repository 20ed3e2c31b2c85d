"""Building the index of a timeline beside the user interface."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from reelview.raster.choose import Raster


class Indexing(QThread):
    """Builds a raster's index step by step; what is ready is drawn with at once."""

    progressed = Signal(float)

    def __init__(self, raster: Raster, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._raster = raster

    def run(self) -> None:
        shown = 0.0
        for done in self._raster.build():
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
