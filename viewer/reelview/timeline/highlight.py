"""The events that stand out, and those that are left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ipcreel.analysis.keys import ascending

Rows = NDArray[np.int64]


class Highlight(QObject):
    """Rows of the reel that stand out while the others fade, such as a cone; and rows that alone are shown."""

    highlight_changed = Signal()
    filter_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self._kept: Rows | None = None
        self._what = self._filter = ""

    @property
    def rows(self) -> Rows | None:
        """Ascending rows that stand out; None where all are alike."""
        return self._rows

    @property
    def what(self) -> str:
        """What they are, in words."""
        return self._what

    @property
    def kept(self) -> Rows | None:
        """Ascending rows that are shown; None where all are."""
        return self._kept

    @property
    def filter(self) -> str:
        """What was asked for to keep them."""
        return self._filter

    @property
    def notes(self) -> list[str]:
        """What stands out, and what alone is shown, in words."""
        found = []
        if self._rows is not None:
            found.append(f"{self._what}: {len(self._rows):,} events, Esc shows all alike")
        if self._kept is not None:
            found.append(f"only {self._filter}: {len(self._kept):,} events")
        return found

    def renumber(self, rows: Rows) -> None:
        """The run has grown, and row i of the reel is now `rows[i]`: the same events stand out, and are kept."""
        self._rows = None if self._rows is None else np.sort(rows[self._rows])
        self._kept = None if self._kept is None else np.sort(rows[self._kept])

    def highlight(self, rows: Rows | None, what: str = "") -> None:
        self._rows, self._what = (None, "") if rows is None else (ascending(rows), what)
        self.highlight_changed.emit()

    def keep(self, rows: Rows | None, what: str = "") -> None:
        """Shows some events alone, or all again."""
        self._kept, self._filter = (None, "") if rows is None else (ascending(rows), what)
        self.filter_changed.emit()
