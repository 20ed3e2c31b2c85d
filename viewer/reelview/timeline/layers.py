"""What is drawn with the events when it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from reelview.lens.lens import Curve
from reelview.timeline.critical import PathColumns


class Layers(QObject):
    """The critical path over the timeline, and curves under it beside those of the lens."""

    layers_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: PathColumns | None = None
        self._curves: tuple[Curve, ...] = ()

    @property
    def path(self) -> PathColumns | None:
        """None where it is not shown."""
        return self._path

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Empty where none are shown."""
        return self._curves

    def show_path(self, path: PathColumns | None) -> None:
        self._path = path
        self.layers_changed.emit()

    def show_curves(self, curves: tuple[Curve, ...]) -> None:
        self._curves = curves
        self.layers_changed.emit()
