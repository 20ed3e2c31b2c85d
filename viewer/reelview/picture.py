"""A picture of a reel, drawn without a window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from ipcreel.reel import Reel, ReelError
from reelview import arrangement
from reelview.beside import collect_between_events
from reelview.export import save_picture
from reelview.panels.page_panel import PagePanel
from reelview.session import Session
from reelview.theme import use_theme
from reelview.timeline.indexing import Indexing
from reelview.timeline.widget import Timeline
from reelview.window import Window

STAGES = 4


def render(
    reel: Reel,
    output: Path,
    begin_ns: int,
    end_ns: int,
    width_px: int,
    height_px: int,
    panels: tuple[str, ...] = (),
    at_ns: int | None = None,
    event: int | None = None,
    cone: bool = False,
    theme: str | None = None,
    path: bool = False,
    compare: Reel | None = None,
    stage: Callable[[str], None] = lambda what: None,
) -> None:
    """Draw the window as it shows a reel from `begin_ns` to `end_ns`, into a .png or an .svg.

    Args:
        panels: which panels stand beside the timeline.
        at_ns: where the cursor stands; by default at the begin.
        event: the selected event.
        cone: whether what led to that event stands out, from the begin of its tick on where there are ticks.
        path: whether the critical path is drawn.
        compare: a reel that stands under the first, aligned with it.
        theme: light or dark; by default as the system is.
        stage: is told what is done, STAGES times; a long reel takes its time.

    Raises:
        ReelError: there is no such panel, or the picture cannot be written.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    collect_between_events()
    before = qInstallMessageHandler(_say)
    if theme is not None:
        use_theme(theme)
    window, session = _window_of(reel, compare, (width_px, height_px), stage)
    stage("drawing")
    missing = [name for name in panels if name not in window.docks]
    if missing:
        raise ReelError(f"no panel {', '.join(missing)}. This reel has: {', '.join(window.docks)}.")
    window.show()
    window.show_panels(panels)
    if event is not None:
        session.selection.select_event(event)
        if cone:
            session.show_cone(event, _since(session, event))
    _show_layers(session, path=path, curves="synchronization" in panels)
    session.view.show(begin_ns, end_ns)
    session.cursor.move_to(begin_ns if at_ns is None else at_ns)
    for indexing in window.findChildren(Indexing):
        indexing.wait()  # before that the picture is coarse
    settle(app)
    for timeline in window.findChildren(Timeline):
        timeline.show_selected()
    for page in window.findChildren(PagePanel):
        page.rewrite()
    settle(app)
    arrangement.share_height(window, panels)
    settle(app)
    written = save_picture(window, output)
    window.close()
    settle(app)
    qInstallMessageHandler(before)
    if not written:
        raise ReelError(f"{output}: the picture cannot be written there.")


def _window_of(
    reel: Reel, compare: Reel | None, size_px: tuple[int, int], stage: Callable[[str], None]
) -> tuple[Window, Session]:
    """A window with all that is worked out of a reel, and of the one under it."""
    reels = [each for each in (reel, compare) if each is not None]
    stage("matching causes with effects")
    for each in reels:
        _ = each.flows
    stage("arranging lanes")
    session, *others = (Session.of_reel(each) for each in reels)
    window = Window()
    window.show_session(session, reel.path.name)
    window.resize(*size_px)
    stage("working out what panels show")
    session.answers.finish()
    for other in others:
        window.comparing.show(other).answers.finish()
    return window, session


def _show_layers(session: Session, *, path: bool, curves: bool) -> None:
    if path:
        session.toggle_path()
    if curves and not session.layers.curves:
        session.toggle_curves()


def _say(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Leave out what Qt says of a platform without a window manager: that it gives no size hints."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(text + "\n")


def _since(session: Session, event: int) -> int:
    """When the tick of an event began; the begin of the run where it has no ticks."""
    begins = session.data.tick_ns
    row = session.data.span_of_event(event)
    at_ns = session.data.spans.first_ns if row is None else int(session.data.spans.begin_ns[row])
    place = int(begins.searchsorted(np.int64(at_ns), "right")) - 1
    return int(begins[place]) if place >= 0 else session.data.spans.first_ns


def settle(app: QCoreApplication) -> None:
    """Let everything that has been asked for be drawn."""
    for _ in range(20):
        app.processEvents()
