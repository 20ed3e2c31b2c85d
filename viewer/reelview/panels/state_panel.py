"""The state at the cursor."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ipcreel.reel import Reel
from reelview.panels.graph_view import GraphView
from reelview.panels.page_panel import PagePanel
from reelview.panels.state_page import StatePage
from reelview.session import Session


class StatePanel(QWidget):
    """The wait-for graph, and all that was so, at the cursor."""

    def __init__(self, session: Session, reel: Reel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._page = StatePage(reel, session.states, session.usage)
        self.graph = GraphView(session, reel)
        self.page = PagePanel(session, self._write, name="State at the cursor")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.graph)
        layout.addWidget(self.page, 1)
        session.cursor.moved.connect(self.page.refresh)

    def _write(self) -> str:
        at_ns = self._session.cursor.at_ns
        self.graph.show_graph(self._page.at(at_ns).graph)
        return self._page.write(at_ns)
