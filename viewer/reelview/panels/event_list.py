"""Events as a table model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ipcreel.reel import Reel
from ipcreel.reel.describe import text_of
from ipcreel.reel.text import duration_text

COLUMNS = ("time", "lane", "operation", "object", "took", "payload")
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class EventList(QAbstractTableModel):
    """Some events of a reel, a row each; nothing is read of those that are not looked at."""

    def __init__(self, reel: Reel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reel = reel
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def rows(self) -> NDArray[np.int64]:
        return self._rows

    def show_rows(self, rows: NDArray[np.int64]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not index.isValid():
            return None
        return self.cells(int(self._rows[index.row()]))[index.column()]

    def cells(self, row: int) -> tuple[str, ...]:
        """An event in the columns."""
        reel = self._reel
        took = duration_text(int(reel.end[row] - reel.begin[row]))
        return (
            f"{(int(reel.begin[row]) - reel.begin_ns) / 1e9:.6f}",
            reel.lane_name(int(reel.lane[row])),
            str(reel.operations[int(reel.op[row])]["name"]),
            str(reel.objects[int(reel.object[row])][3]),
            "pending" if reel.pending[row] else f"raised, {took}" if reel.raised[row] else took,
            text_of(reel, row, 80),
        )
