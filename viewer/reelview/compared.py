"""A second reel under the first, and where the two part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from ipcreel.reel import Reel
from reelview.alignment import Alignment, align
from reelview.answers import Answers
from reelview.arrangement import add
from reelview.comparison import Comparison, compare_reels, events_of
from reelview.docks import Panel, PanelDock, timeline_of_session
from reelview.linked import Linked
from reelview.panels.compare_page import ComparePage
from reelview.panels.inspector import Inspector
from reelview.panels.page_panel import PagePanel
from reelview.session import Session
from reelview.timeline.indexing import Indexing
from reelview.timeline.marks import Mark

if TYPE_CHECKING:
    from reelview.window import Window

_DIFFERENCE = "difference"
_FLAG = "first difference"


class Compared(QObject):
    """Puts the other timeline under that of a window, links the two, and works out the difference.

    Args:
        window: it shows the one reel.
        other: what is compared with it.
    """

    def __init__(self, window: Window, other: Session) -> None:
        super().__init__(window)
        assert window.session is not None, "the first reel is shown"
        self._window = window
        self.one, self.other = window.session, other
        one_reel, other_reel = self.one.reel, self.other.reel
        assert one_reel is not None, "two reels are compared"
        assert other_reel is not None, "two reels are compared"
        self.linked = Linked(self.one, self.other, _alignment(self.one, self.other), self)
        self.timeline = timeline_of_session(self.other)
        self.timeline.asked.connect(window.trigger)
        self.timeline.mouse.tracy = bool(window.timeline and window.timeline.mouse.tracy)
        self.answers = Answers({_DIFFERENCE: lambda: compare_reels(one_reel, other_reel)})
        self.answers.answered.connect(self._on_answered)
        self._written: ComparePage | None = None
        self._stack(one_reel.path.name, other_reel.path.name)
        self.page = self._make_page()
        self._add_docks(other_reel)
        self._indexing = Indexing(self.other.raster, self.timeline.painting, self)
        self._indexing.progressed.connect(self.timeline.update)
        self._indexing.start()
        self.answers.start()

    def _stack(self, one: str, other: str) -> None:
        """Puts the other timeline under that of the window."""
        inner = self._window.takeCentralWidget()
        assert inner is not None, "a window with a session has its timeline in the middle"
        self._inner = inner
        self._sizes = inner.sizes() if isinstance(inner, QSplitter) else []
        self._outer = _stacked(((one, self._inner), (other, self.timeline)))
        self._window.setCentralWidget(self._outer)
        self._outer.show()
        if isinstance(inner, QSplitter):
            inner.setSizes([1, 0])  # there is no room for curves until they are asked for

    @property
    def comparison(self) -> Comparison | None:
        """None while it is worked out."""
        found: Comparison | None = self.answers.get(_DIFFERENCE)
        return found

    def close(self) -> None:
        """Takes all of it away again; the window is as it was."""
        self._indexing.stop()
        self.answers.leave()
        self._window.takeCentralWidget()
        self._window.setCentralWidget(self._inner)
        self._inner.show()
        if isinstance(self._inner, QSplitter):
            self._inner.setSizes(self._sizes)
        self._outer.deleteLater()
        for name in ("compare", "other"):
            made = self._window.docks.pop(name)
            self._window.removeDockWidget(made)
            made.deleteLater()
        self.one.layers.show_flags(())
        self.deleteLater()

    def _make_page(self) -> PagePanel:
        links = {
            "one": lambda rest: self.one.go_to_event(int(rest)),
            "other": lambda rest: self.other.go_to_event(int(rest)),
            "parting": self._show_parting,
            "pair": self._show_pair,
        }
        return PagePanel(self.one, self._write, name="Compare", others=links)

    def _add_docks(self, other_reel: Reel) -> None:
        panels = (
            Panel("compare", "Compare", lambda: self.page),
            Panel("other", f"Event in {other_reel.path.name}", lambda: Inspector(self.other, other_reel), "bottom"),
        )
        for panel in panels:
            self._window.docks[panel.name] = PanelDock(panel, self._window)
            add(self._window, self._window.docks[panel.name])
        self._window.show_panel("compare")

    def _write(self) -> str:
        return self.answers.trouble(_DIFFERENCE) if self._written is None else self._written.write()

    def _on_answered(self, _name: str) -> None:
        found = self.comparison
        if found is not None:
            self._written = ComparePage(found)
        if found is not None and not found.difference.same:
            events = events_of(found.difference.partings[0])
            self.linked.go_to(*events)
            for session, at_ns in zip((self.one, self.other), self.linked.moments(*events), strict=True):
                session.layers.show_flags((Mark(at_ns, at_ns, _FLAG, True),))
        self.page.rewrite()

    def _show_parting(self, number: str) -> None:
        if self.comparison is not None:
            self.linked.go_to(*events_of(self.comparison.difference.partings[int(number)]))

    def _show_pair(self, rows: str) -> None:
        one, _, other = rows.partition(":")
        self.linked.go_to(int(one), int(other))


def _alignment(one: Session, other: Session) -> Alignment:
    return align(one.data.zero_ns, other.data.zero_ns, one.data.tick_ns, other.data.tick_ns)


def _stacked(parts: tuple[tuple[str, QWidget], ...]) -> QSplitter:
    """Widgets one under another, each under its title."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.setChildrenCollapsible(False)
    for title, widget in parts:
        box, label = QWidget(), QLabel(title)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setContentsMargins(6, 1, 6, 1)
        layout.addWidget(label)
        layout.addWidget(widget, 1)
        widget.show()
        splitter.addWidget(box)
    splitter.setSizes([1000] * len(parts))
    return splitter
