"""The main window: the timeline, and what plays it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QMenu, QToolBar

from reelview.docks import dock, panels_of, with_curves
from reelview.playback import speed_label
from reelview.session import Session
from reelview.ticks import duration_label
from reelview.timeline.indexing import Indexing
from reelview.timeline.keys import ACTIONS, hint
from reelview.timeline.widget import Timeline

_VIEW = ("zoom_in", "zoom_out", "pan_left", "pan_right", "focus", "show_all", "back", "forward")
_LANES = ("taller", "lower", "arrows", "pin", "hide", "show_hidden")
_GO = ("next_event", "previous_event", "follow_flow", "follow_flow_back", "mark", "keep_mark", "remove_mark")
_STEPPING = ("step_event", "step_event_back", "step_tick", "step_tick_back", "step_flow", "step_flow_back")
_MENUS = {"&View": _VIEW, "&Lanes": _LANES, "&Go": _GO, "&Play": ("play", *_STEPPING, "slower", "faster")}
_STEPS = {
    f"step_{what}{back}": (what, -1 if back else 1) for what in ("event", "tick", "flow") for back in ("", "_back")
}
_DOCK_PX = 430
_EMPTY = "Open a reel with `ipcreel view NAME.reel`; `ipcreel record` makes one."


class Window(QMainWindow):
    """Forwards what is asked for to the session it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.timeline: Timeline | None = None
        self.is_in_trouble = False
        self._indexing: Indexing | None = None
        self._moment = QLabel()
        self._speed = QLabel()
        self._build = QLabel()
        self.docks: dict[str, QDockWidget] = {}
        self.setWindowTitle("ipcreel")
        self.resize(1280, 760)
        self._show_text(_EMPTY)
        for title, names in _MENUS.items():
            self._fill_menu(self.menuBar().addMenu(title), names)
        self._fill_tool_bar()
        self.statusBar().addPermanentWidget(self._build)

    def _fill_menu(self, menu: QMenu, names: tuple[str, ...]) -> None:
        texts = {action.name: action.text for action in ACTIONS}
        for name in names:
            # The key stands in the text: as a shortcut it would be taken from text fields, and could not be held.
            action = menu.addAction(f"{texts[name]}\t{hint(name)}")
            action.triggered.connect(lambda _checked, name=name: self.trigger(name))

    def _fill_tool_bar(self) -> None:
        bar = QToolBar("Playback", self)
        bar.setMovable(False)
        for text, name in (
            ("◀", "step_event_back"),
            ("▶❙❙", "play"),
            ("▶", "step_event"),
            ("−", "slower"),
            ("+", "faster"),
        ):
            action = bar.addAction(text)
            described = next(action.text for action in ACTIONS if action.name == name)
            action.setToolTip(f"{described} ({hint(name)})")
            action.triggered.connect(lambda _checked, name=name: self.trigger(name))
        for label in (self._speed, self._moment):
            label.setContentsMargins(10, 0, 0, 0)
            bar.addWidget(label)
        self.addToolBar(bar)

    def show_session(self, session: Session, name: str) -> None:
        """Shows a reel in place of what was shown."""
        self.close_session()
        self.session = session
        self.is_in_trouble = False
        self.timeline = Timeline(
            session.data,
            session.raster,
            view=session.view,
            selection=session.selection,
            cursor=session.cursor,
            order=session.order,
            marks=session.marks,
            highlight=session.highlight,
        )
        for _ in session.raster.build_first():
            pass
        self.timeline.asked.connect(self.trigger)
        session.cursor.moved.connect(self._on_cursor_moved)
        session.playback.speed_changed.connect(self._on_speed_changed)
        self.setCentralWidget(with_curves(session, self.timeline))
        self._add_docks(session)
        self.setWindowTitle(f"{name} — ipcreel")
        self.timeline.setFocus()
        self._on_cursor_moved()
        self._on_speed_changed()
        self._indexing = Indexing(session.raster, self.timeline.painting, self)
        self._indexing.progressed.connect(self._on_index_progressed)
        self._indexing.start()

    def _add_docks(self, session: Session) -> None:
        before: QDockWidget | None = None
        for panel in panels_of(session):
            made = self.docks[panel.name] = dock(panel, self)
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
            if before is not None:
                self.tabifyDockWidget(before, made)
            before = made
        if self.docks:
            next(iter(self.docks.values())).raise_()
            self.resizeDocks(list(self.docks.values()), [_DOCK_PX] * len(self.docks), Qt.Orientation.Horizontal)

    def show_panels(self, names: tuple[str, ...]) -> None:
        """Shows some panels alone, one above another."""
        chosen = [self.docks[name] for name in names]
        for made in self.docks.values():
            made.hide()
        for made in chosen:
            self.removeDockWidget(made)
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
            made.show()
        self.resizeDocks(chosen, [_DOCK_PX] * len(chosen), Qt.Orientation.Horizontal)

    def show_trouble(self, text: str) -> None:
        """Says in the window what went wrong."""
        self.close_session()
        self.is_in_trouble = True
        self._show_text(text)

    def close_session(self) -> None:
        if self._indexing:
            self._indexing.stop()
            self._indexing = None
        if self.session:
            self.session.playback.pause()
        for made in self.docks.values():
            self.removeDockWidget(made)
            made.deleteLater()
        self.docks = {}
        self.session = self.timeline = None

    def trigger(self, name: str) -> None:
        """Does an action of keys.py."""
        if self.session is None or self.timeline is None:
            return
        playback = self.session.playback
        if name in _STEPS:
            playback.step(*_STEPS[name])
            self.session.view.reveal(self.session.cursor.at_ns)
        elif name == "play":
            playback.toggle()
        elif name == "slower":
            playback.slower()
        elif name == "faster":
            playback.faster()
        elif self.sender() is not self.timeline:
            self.timeline.trigger(name)

    def _show_text(self, text: str) -> None:
        label = QLabel(text)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setMargin(40)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setCentralWidget(label)

    def _on_cursor_moved(self) -> None:
        if self.session is None:
            return
        at_ns = self.session.cursor.at_ns
        self._moment.setText(duration_label(at_ns - self.session.data.zero_ns, 1000))
        if self.session.playback.is_playing:
            self.session.view.follow(at_ns)

    def _on_speed_changed(self) -> None:
        if self.session is not None:
            self._speed.setText(speed_label(self.session.playback.speed))

    def _on_index_progressed(self, done: float) -> None:
        self._build.setText("" if done >= 1 else f"index {done:.0%}")
        if self.timeline is not None:
            self.timeline.update()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_session()
        super().closeEvent(event)
