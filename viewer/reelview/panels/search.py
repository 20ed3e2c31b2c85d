"""The search: a query, what it finds, and the timeline filtered by it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ipcreel.reel import Reel
from reelview import page
from reelview.panels.box import Box
from reelview.panels.event_list import EventList
from reelview.panels.page_panel import PagePanel
from reelview.query import HELP, QueryError, conditions_of, find_events
from reelview.session import Session

_WIDTHS_PX = (66, 62, 112, 54, 56)


def write_conditions(conditions: tuple[tuple[str, str], ...]) -> str:
    """What can be searched for; each example is a link that tries it."""
    rows = [(page.link(f"try:{number}", example), page.text(does)) for number, (example, does) in enumerate(conditions)]
    said = "Conditions are met together; a name with * or ? is meant as a whole. Click one to try it:"
    return page.faint(said) + page.table(rows, (34, 66))


class Search(QWidget):
    """Finds events, goes from one to the next, and can leave the others out of the timeline."""

    def __init__(self, session: Session, reel: Reel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reel = reel
        self.conditions = conditions_of(reel)
        self.query = QLineEdit()
        self.query.setPlaceholderText("Search: words, or conditions such as took>1ms …")
        self.query.setToolTip(HELP)
        self.query.setClearButtonEnabled(True)
        self.query.textChanged.connect(self._on_query_changed)
        self.only = Box("show only these")
        self.only.setToolTip("Leaves all other events out of the timeline")
        self.only.toggled.connect(self._apply)
        self.found = EventList(reel, self)
        self.table = QTableView()
        self.table.setModel(self.found)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(20)
        self.table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS_PX):
            self.table.setColumnWidth(column, width)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.said = QLabel()
        self.said.setWordWrap(True)
        others = {"try": lambda number: self._try(int(number))}
        self.help = PagePanel(
            None, lambda: write_conditions(self.conditions), name="What can be searched for", others=others
        )
        self._lay_out()
        self._on_query_changed("")
        session.selection.event_changed.connect(self._on_event_changed)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        row = QHBoxLayout()
        row.addWidget(self.query, 1)
        row.addWidget(self.only)
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.help, 1)

    def start(self) -> None:
        """Ready to type."""
        self.query.setFocus()
        self.query.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next that was found, with Shift to the previous; it is no key of the window here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """To the next event that was found (by=1), or the previous; round at the ends."""
        count = self.found.rowCount()
        if count:
            current = self.table.currentIndex().row()
            place = (current + by) % count if current >= 0 else (0 if by > 0 else count - 1)
            self._go_to_row(place)

    def _go_to_row(self, place: int) -> None:
        chosen = self.found.index(place, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(chosen, flags)
        self.table.scrollTo(chosen)

    def _on_query_changed(self, text: str) -> None:
        searched = bool(text.strip())
        for widget, shown in ((self.said, searched), (self.table, searched), (self.help, not searched)):
            widget.setVisible(shown)
        if not searched:
            self.found.show_rows(self.found.rows[:0])
        else:
            try:
                rows = find_events(self._reel, text, self._session.data.tick_ns)
                self.found.show_rows(rows)
                found = f"{len(rows):,} of {len(self._reel):,} events. Enter: the next; Shift+Enter: the one before."
                self.said.setText(found if len(rows) else f"Nothing found among {len(self._reel):,} events.")
            except QueryError as error:
                self.found.show_rows(self.found.rows[:0])
                self.said.setText(str(error))
        self._apply()

    def _try(self, number: int) -> None:
        """Adds a condition to the query, to be changed."""
        self.query.setText(self.conditions[number][0])
        self.query.setFocus()

    def _apply(self) -> None:
        highlight = self._session.highlight
        if self.only.isChecked() and self.query.text().strip():
            highlight.keep(self.found.rows, self.query.text())
        elif highlight.kept is not None:
            highlight.keep(None)

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid() and int(self.found.rows[current.row()]) != self._session.selection.selected_event:
            self._session.go_to_event(int(self.found.rows[current.row()]))

    def _on_event_changed(self) -> None:
        """An event that was selected elsewhere is so in the list, where it was found."""
        event, rows = self._session.selection.selected_event, self.found.rows
        place = -1 if event is None else int(rows.searchsorted(np.int64(event)))
        if 0 <= place < len(rows) and int(rows[place]) == event:
            self._go_to_row(place)
        else:
            self.table.clearSelection()
