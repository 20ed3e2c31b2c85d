"""The panels of a session, each in a dock of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QSplitter, QVBoxLayout, QWidget

from ipcreel.reel import Reel
from reelview.panels.curve_view import CurveView
from reelview.panels.findings_page import write_findings
from reelview.panels.inspector import Inspector
from reelview.panels.page_panel import PagePanel
from reelview.panels.parts import PartsView
from reelview.panels.run_page import write_run
from reelview.panels.search import Search
from reelview.panels.state_panel import StatePanel
from reelview.panels.sync_panel import SyncPanel
from reelview.session import FINDINGS, RUN, Session
from reelview.timeline.widget import Timeline

_LEAST_AROUND_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel by its name in code and on the command line, its title, what makes it, and where it stands at first."""

    name: str
    title: str
    make: Callable[[], QWidget]
    place: str = "top"


def panels_of(session: Session) -> list[Panel]:
    """The panels that a session has something to show in."""
    found = []
    if session.lens is not None:
        found.append(Panel("pricing", session.lens.title, lambda: pricing(session)))
    reel = session.reel
    if reel is not None:
        found.append(Panel("state", "State", lambda: StatePanel(session, reel)))
        found.append(Panel("synchronization", "Synchronization", lambda: SyncPanel(session, reel)))
        found.append(Panel("findings", "Findings", lambda: findings(session, reel)))
        found.append(Panel("run", "Run", lambda: about_run(session, reel)))
        found.append(Panel("inspector", "Event", lambda: Inspector(session, reel), "bottom"))
        found.append(Panel("search", "Search", lambda: Search(session, reel), "bottom"))
    return found


def pricing(session: Session) -> QWidget:
    """What a lens says of the cursor's moment: its number in parts, and its page."""
    lens = session.lens
    assert lens is not None, "there is a panel of a lens only where there is a lens"
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    page = PagePanel(session, lambda: lens.page(session.cursor.at_ns), name=lens.title)
    session.cursor.moved.connect(page.refresh)
    layout.addWidget(PartsView(session))
    layout.addWidget(page, 1)
    return box


def findings(session: Session, reel: Reel) -> QWidget:
    """What is wrong with the run; a click shows what proves it."""

    def show(number: str) -> None:
        finding = reel.findings[int(number)]
        rows = np.array(finding.events, np.int64)
        begin_ns, end_ns = int(reel.begin[rows].min()), int(reel.begin[rows].max())
        session.highlight.highlight(rows, finding.code)
        with session.history.step():
            session.go_to_event(finding.events[0])
            session.cursor.move_to(max(finding.at_ns, end_ns))
            session.view.show_around(begin_ns, max(end_ns, begin_ns + _LEAST_AROUND_NS))

    def write() -> str:
        return session.answers.trouble(FINDINGS) or write_findings(reel)

    panel = PagePanel(session, write, name="Findings", others={"finding": show})
    session.answers.answered.connect(panel.rewrite)
    return panel


def about_run(session: Session, reel: Reel) -> QWidget:
    """The run as a whole, and the marks that were set in it."""

    def write() -> str:
        facts = session.facts
        return session.answers.trouble(RUN) if facts is None else write_run(reel, facts, session.marks.all)

    panel = PagePanel(session, write, name="Run")
    session.answers.answered.connect(panel.rewrite)
    session.marks.marks_changed.connect(panel.refresh)
    return panel


def timeline_of_session(session: Session) -> Timeline:
    """The timeline of a session, with as much of its index as the first frame needs."""
    for _ in session.raster.build_first():
        pass
    return Timeline(
        session.data,
        session.raster,
        view=session.view,
        selection=session.selection,
        cursor=session.cursor,
        order=session.order,
        marks=session.marks,
        highlight=session.highlight,
        layers=session.layers,
        history=session.history,
    )


def with_curves(session: Session, timeline: Timeline) -> QWidget:
    """The timeline, and under it curves on the same axis: as high as they need, and half of the window at most."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    curves = CurveView(session, timeline)
    splitter.addWidget(timeline)
    splitter.addWidget(curves)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    splitter.setChildrenCollapsible(True)

    fitted = -1

    def fit() -> None:
        nonlocal fitted
        wanted = curves.sizeHint().height()
        if wanted != fitted:
            fitted = wanted
            splitter.setSizes([max(splitter.height() - wanted, wanted), wanted])

    session.layers.curves_changed.connect(fit)
    fit()
    return splitter


def focus_next(timeline: QWidget | None, docks: Mapping[str, QDockWidget]) -> None:
    """From the timeline to the first panel that is seen, from there to the next, and round."""
    seen = (made.widget() for made in docks.values())
    places = [place for place in (timeline, *seen) if place is not None and not place.visibleRegion().isEmpty()]
    here = next((n for n, place in enumerate(places) if _has_focus(place)), -1)
    focus_in(places[(here + 1) % len(places)])


def focus_in(there: QWidget) -> None:
    """Gives the keys to the first thing in a place that takes them."""
    tabbed = Qt.FocusPolicy.TabFocus
    fields = (each for each in (there, *there.findChildren(QWidget)) if each.focusPolicy() & tabbed)
    next(fields, there).setFocus(Qt.FocusReason.ShortcutFocusReason)


def _has_focus(place: QWidget) -> bool:
    return place.hasFocus() or any(each.hasFocus() for each in place.findChildren(QWidget))


class PanelDock(QDockWidget):
    """A panel in a dock, known by its name so that the layout can be remembered."""

    def __init__(self, panel: Panel, parent: QWidget) -> None:
        super().__init__(panel.title, parent)
        self.place = panel.place
        self.setObjectName(panel.name)
        self.setWidget(panel.make())
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
