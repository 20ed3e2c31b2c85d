"""The event and the range that are selected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """One selection, the same in every panel."""

    event_changed = Signal()
    range_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._event: int | None = None
        self._range: tuple[int, int] | None = None

    @property
    def selected_event(self) -> int | None:
        """The selected event: a row of the reel."""
        return self._event

    @property
    def range_ns(self) -> tuple[int, int] | None:
        return self._range

    def select_event(self, event: int | None) -> None:
        if event != self._event:
            self._event = event
            self.event_changed.emit()

    def select_range(self, begin_ns: int, end_ns: int) -> None:
        """The two ends may come in any order; an empty range is none."""
        chosen = (min(begin_ns, end_ns), max(begin_ns, end_ns)) if begin_ns != end_ns else None
        if chosen != self._range:
            self._range = chosen
            self.range_changed.emit()

    def renumber(self, rows: NDArray[np.int64]) -> None:
        """The run has grown, and row i of the reel is now `rows[i]`: the same event is selected."""
        if self._event is not None:
            self._event = int(rows[self._event])

    def clear(self) -> None:
        self.select_event(None)
        self.select_range(0, 0)
