"""A window on a recording in progress."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QToolBar

from reelview.answers import Answers
from reelview.beside import collect
from reelview.docks import panels_of
from reelview.growth import Growth, grow, session_of
from reelview.live import Live
from reelview.panels.curve_view import CurveView
from reelview.renewal import Renewal
from reelview.session import SYNCHRONIZATION, Session
from reelview.timeline.keys import hint

if TYPE_CHECKING:
    from reelview.window import Window

_REST, _MOST_REST_S = 20, 5.0
"""Between two growths the window has this many times the processor's time that it took to show one, up to a limit."""


class LiveView(QObject):
    """Lets the window's session grow as the program runs, and shows the reel itself in the end.

    The timeline stays at the end of the run as long as the end is in view.
    """

    def __init__(self, window: Window, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._renewal: Renewal | None = None
        self._answers: Answers | None = None
        self._is_stopped = False
        """Then what the thread may have told meanwhile is not shown any more."""
        self._live = Live(path)
        self._live.grown.connect(self._on_grown)
        self._live.ended.connect(self._on_ended)
        self._live.failed.connect(self._on_failed)
        self._live.abandoned.connect(self._on_abandoned)
        self._said = QLabel("● recording")
        self._said.setToolTip("Closing the window ends nothing: the program goes on, and its reel is made.")
        self.follow = QAction("⇥ follow", self)
        self.follow.setCheckable(True)
        self.follow.setToolTip(f"Stay at the end of the run ({hint('show_end')}); scroll away to stop")
        self.follow.triggered.connect(self._on_follow)
        self._bar = QToolBar("Live", window)
        self._bar.setObjectName("live")
        self._bar.setMovable(False)
        self._bar.addAction(self.follow)
        self._bar.addWidget(self._said)
        window.addToolBar(self._bar)

    def start(self) -> None:
        self._live.start()

    def stop(self) -> None:
        """Looks no longer; the recording goes on."""
        self._is_stopped = True
        self._live.leave()
        if self._answers:
            self._answers.leave()
        self._window.removeToolBar(self._bar)
        self._bar.deleteLater()
        self.deleteLater()

    def _on_grown(self, growth: Growth) -> None:
        if self._is_stopped:
            return
        began_s = time.thread_time()
        self._show(growth, f"{self._live.path.name}, live")
        self._said.setText(f"● recording: {len(growth.opened.reel):,} events")
        self._on_range_changed()
        self._live.rest(min(_REST * (time.thread_time() - began_s), _MOST_REST_S))
        collect()  # the run as it was is held by panels that are gone

    def _on_ended(self, growth: Growth) -> None:
        if self._is_stopped:
            return
        if self._answers:
            self._answers.leave()
            self._answers = None
        self._show(growth, growth.opened.reel.path.name)
        self._answers = None
        self._window.end_live()

    def _on_failed(self, text: str) -> None:
        if not self._is_stopped:
            self._window.opener.stop()
            self._window.opener.show_trouble(text)

    def _on_abandoned(self, text: str) -> None:
        """What was recorded stays in view."""
        if self._is_stopped:
            return
        self._said.setText("○ no recorder")
        self._said.setToolTip(text)
        self._window.statusBar().showMessage(text)

    def _show(self, growth: Growth, name: str) -> None:
        window = self._window
        session, timeline = window.session, window.timeline
        if session is None or timeline is None:
            window.show_session(session_of(growth), name)
            assert window.session is not None, "it is shown"
            window.session.view.range_changed.connect(self._on_range_changed)
            self._answers = window.session.answers
            return
        window.session = grow(session, growth, timeline)
        window.show_moment()  # the cursor moved before there were the ticks of what came
        self._renew_panels(window.session)
        self._answer(window.session)

    def _renew_panels(self, session: Session) -> None:
        window, panels = self._window, panels_of(session)
        curves = window.findChild(CurveView)
        if curves is not None:
            curves.show_session(session)
            session.layers.curves_changed.emit()  # a lens may have found its curves by now: there is room to be made
        if {panel.name for panel in panels} - window.docks.keys():
            window.remake_docks()
            self._renewal = None
        else:
            self._renewal = self._renewal or Renewal(window.docks, self)
            self._renewal.renew(panels)

    def _answer(self, session: Session) -> None:
        """Works out what takes long of the run as it is now, unless that goes on for the run as it was."""
        if self._answers is None or self._answers.is_whole:
            self._answers = session.answers
            self._answers.answered.connect(self._on_answered)
            self._answers.answered.connect(self._window.tell)
            self._answers.start()

    def _on_answered(self, name: str) -> None:
        """Draws the path and the curves anew where they are shown; at first, the curves of a program without others."""
        session = self._window.session
        if name != SYNCHRONIZATION or session is None or session.answers is not self._answers:
            return
        others = session.lens is not None and bool(session.lens.curves)
        if session.layers.curves or not others:
            session.layers.show_curves(())
            session.toggle_curves()
        if session.layers.path is not None:
            session.layers.show_path(None)
            session.toggle_path()

    def _on_follow(self) -> None:
        if self._window.timeline is not None:
            self._window.timeline.trigger("show_end")
        self._on_range_changed()

    def _on_range_changed(self) -> None:
        if self._window.session is not None:
            self.follow.setChecked(self._window.session.view.is_at_end)
