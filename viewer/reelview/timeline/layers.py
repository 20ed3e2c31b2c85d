"""What is drawn with the events when it is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from reelview.lens.lens import Curve
from reelview.timeline.critical import PathColumns
from reelview.timeline.marks import Mark


class Layers(QObject):
    """The critical path and flags over the timeline, and curves under it beside those of the lens."""

    layers_changed = Signal()
    curves_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: PathColumns | None = None
        self._curves: tuple[Curve, ...] = ()
        self._flags: tuple[Mark, ...] = ()

    @property
    def path(self) -> PathColumns | None:
        """None where it is not shown."""
        return self._path

    @property
    def flags(self) -> tuple[Mark, ...]:
        """Moments that are pointed at, such as the first difference of two runs."""
        return self._flags

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Empty where none are shown."""
        return self._curves

    def renumber(self, rows: NDArray[np.int64], lanes: NDArray[np.int64]) -> None:
        """The run has grown: row i of the reel is now `rows[i]`, and lane i is `lanes[i]`."""
        if self._path is not None:
            self._path = replace(self._path, from_lane=lanes[self._path.from_lane], lane=lanes[self._path.lane])
        self._curves = tuple(replace(curve, event=rows[curve.event]) for curve in self._curves)
        self.layers_changed.emit()

    def show_path(self, path: PathColumns | None) -> None:
        self._path = path
        self.layers_changed.emit()

    def show_flags(self, flags: tuple[Mark, ...]) -> None:
        self._flags = flags
        self.layers_changed.emit()

    def show_curves(self, curves: tuple[Curve, ...]) -> None:
        self._curves = curves
        self.curves_changed.emit()
