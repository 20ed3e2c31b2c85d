"""The synchronization panel."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ipcreel.reel import Reel
from reelview.panels.box import Box
from reelview.panels.page_panel import PagePanel
from reelview.panels.sync_page import SyncPage, event_of
from reelview.session import SYNCHRONIZATION, Session
from reelview.timeline.keys import hint


class SyncPanel(QWidget):
    """The page, and what of it is drawn with the timeline."""

    def __init__(self, session: Session, reel: Reel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reel = reel
        self._page: SyncPage | None = None
        self.path = Box("critical path")
        self.path.setToolTip(f"Draws the critical path on the timeline ({hint('path')})")
        self.path.clicked.connect(session.toggle_path)
        self.curves = Box("curves")
        self.curves.setToolTip(f"Queue depth, blocked lanes, barrier skew under the timeline ({hint('curves')})")
        self.curves.clicked.connect(session.toggle_curves)
        self.page = PagePanel(session, self._write, name="Synchronization", others={"step": self._show_step})
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 4)
        row.addWidget(self.path)
        row.addWidget(self.curves)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.page, 1)
        session.cursor.moved.connect(self.page.refresh)
        session.answers.answered.connect(self._on_answered)
        session.layers.layers_changed.connect(self._on_layers_changed)
        session.layers.curves_changed.connect(self._on_layers_changed)
        self._on_layers_changed()
        self._on_answered(SYNCHRONIZATION)

    def _write(self) -> str:
        if self._page is None:
            return self._session.answers.trouble(SYNCHRONIZATION)
        return self._page.write(self._session.cursor.at_ns)

    def _show_step(self, number: str) -> None:
        found = self._session.synchronization
        assert found is not None, "there are links to steps only once they are known"
        step = found.path[int(number)]
        event = event_of(step)
        if event is not None:
            self._session.go_to_event(event)
        self._session.cursor.move_to(step.begin_ns)
        self._session.view.reveal(step.begin_ns)
        if self._session.layers.path is None:
            self._session.toggle_path()

    def _on_answered(self, name: str) -> None:
        found = self._session.synchronization
        known = found is not None
        for box in (self.path, self.curves):
            box.setEnabled(known)
        if name == SYNCHRONIZATION and found is not None and self._page is None:
            self._page = SyncPage(self._reel, found, self._session.data.tick_ns)
        self.page.rewrite()

    def _on_layers_changed(self) -> None:
        self.path.setChecked(self._session.layers.path is not None)
        self.curves.setChecked(bool(self._session.layers.curves))
