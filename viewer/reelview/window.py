"""The main window: the timeline, the panels around it, and what plays them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QInputDialog, QLabel, QMainWindow

from reelview import arrangement, choosers, menus, notes
from reelview.bottom_line import BottomLine
from reelview.chooser import Chooser
from reelview.comparing import Comparing
from reelview.docks import Panel, PanelDock, focus_next, panels_of, timeline_of_session, with_curves
from reelview.exporting import Exporting
from reelview.help_page import write_help
from reelview.opener import Opener
from reelview.panels.inspector import Inspector
from reelview.panels.page_panel import PagePanel
from reelview.panels.search import Search
from reelview.playback import speed_label
from reelview.session import FINDINGS, SYNCHRONIZATION, Session
from reelview.settings import Remembered
from reelview.steady_label import SteadyLabel
from reelview.theme import use_theme
from reelview.ticks import duration_label, tick_at
from reelview.timeline.indexing import Indexing
from reelview.timeline.keys import action_of
from reelview.timeline.legend import Legend
from reelview.timeline.marks import Mark
from reelview.timeline.widget import Timeline

_STEPS = {
    f"step_{what}{back}": (what, -1 if back else 1) for what in ("event", "tick", "flow") for back in ("", "_back")
}


class Window(QMainWindow):
    """Forwards what is asked for to the session it shows.

    Args:
        remembered: where the layout and the recent files are kept; None: nothing is.
    """

    def __init__(self, remembered: Remembered | None = None) -> None:
        super().__init__()
        self.session: Session | None = None
        self.timeline: Timeline | None = None
        self.is_in_trouble = False
        self.remembered = remembered
        self.docks: dict[str, PanelDock] = {}
        self.exporting = Exporting(self)
        self._legend: Legend | None = None
        self._indexing: Indexing | None = None
        self._path: Path | None = None
        self.comparing = Comparing(self)
        self._moment, self._speed = SteadyLabel(), QLabel()
        self.bottom = BottomLine(self.statusBar(), self.show_panel)
        self.setWindowTitle("ipcreel")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        arrangement.narrow_tabs()
        self.resize(1280, 760)
        self.preferences = menus.fill(self)
        self._tools = menus.fill_tool_bar(self, self._speed, self._moment)
        if remembered:
            remembered.restore_geometry(self)
            if remembered.theme:
                use_theme(remembered.theme)
        self.opener = Opener(self)
        self.opener.show_empty()

    # opening

    def open(self, path: Path, compare: Path | None = None) -> None:
        """Opens a reel in a thread of its own, and then the one it is compared with."""
        self.opener.open(path, compare)

    def follow(self, path: Path) -> None:
        """Shows a recording in progress: the reel to be, or the directory of its tapes."""
        self.opener.follow(path)

    def end_live(self) -> None:
        """The recording has ended, and what is shown is its reel."""
        self.opener.end_live()
        self.tell(FINDINGS)
        if self.session is not None and self.session.reel is not None:
            path = self.session.reel.path
            self.setWindowTitle(f"{path.name} — ipcreel")
            self.statusBar().showMessage("The program has ended. This is its reel.", 10_000)
            if self.remembered:
                self.remembered.add_recent(path)

    # the session

    def show_session(self, session: Session, name: str) -> None:
        """Shows a reel in place of what was shown."""
        self.close_session()
        self.session = session
        self.is_in_trouble = False
        self.timeline = timeline_of_session(session)
        self.timeline.asked.connect(self.trigger)
        self.timeline.mouse.tracy = bool(self.remembered and self.remembered.tracy)
        session.cursor.moved.connect(self._on_cursor_moved)
        session.selection.event_changed.connect(self._on_event_changed)
        session.playback.speed_changed.connect(self._on_speed_changed)
        session.playback.playing_changed.connect(self._on_playing_changed)
        session.history.changed.connect(lambda: menus.enable_tools(self._tools, session))
        menus.enable_tools(self._tools, session)
        session.answers.answered.connect(self._on_answered)
        middle = with_curves(session, self.timeline)
        self.setCentralWidget(middle)
        middle.show()  # Qt leaves no room to what is hidden, and the panels would take it
        self._legend = Legend(self.timeline)
        self.statusBar().addWidget(self._legend, 1)
        self._add_docks(session)
        self._restore_marks(session)
        self.setWindowTitle(f"{name} — ipcreel")
        self.timeline.setFocus()
        self._on_cursor_moved()
        self._on_speed_changed()
        if session.lens_trouble:
            self.statusBar().showMessage(session.lens_trouble)
        self._indexing = Indexing(session.raster, self.timeline.painting, self)
        self._indexing.progressed.connect(self._on_index_progressed)
        self._indexing.start()
        session.answers.start()

    def _add_docks(self, session: Session) -> None:
        self.docks = {panel.name: PanelDock(panel, self) for panel in panels_of(session)}
        arrangement.arrange(self)
        arrangement.restore(self)

    def _keep_layout(self) -> None:
        if self.remembered:
            self.remembered.keep_layout(self, self.docks)

    def _restore_marks(self, session: Session) -> None:
        if session.reel is not None and self.remembered:
            self._path = session.reel.path
            session.marks.set_all(notes.read_marks(self._path, session.data.zero_ns))
            session.marks.marks_changed.connect(self._on_marks_changed)

    def remake_docks(self) -> None:
        """There are other panels than before."""
        assert self.session is not None, "there are panels where there is a session"
        self._keep_layout()
        self._remove_docks()
        self._add_docks(self.session)

    def show_panels(self, names: tuple[str, ...]) -> None:
        """Shows some panels alone, one above another."""
        arrangement.show_alone(self, names)

    def show_panel(self, name: str) -> None:
        """Shows a panel, in front of others in its place."""
        if name in self.docks:
            self.docks[name].show()
            self.docks[name].raise_()

    def close_session(self) -> None:
        if self._indexing:
            self._indexing.stop()
            self._indexing = None
        self.comparing.stop()
        if self.session:
            self.session.playback.pause()
            self.session.answers.leave()
            self._keep_layout()
        self._remove_docks()
        menus.enable_tools(self._tools, None)
        self.bottom.clear()
        if self._legend is not None:
            self.statusBar().removeWidget(self._legend)
            self._legend.deleteLater()
            self._legend = None
        self.session = self.timeline = None

    def _remove_docks(self) -> None:
        for made in self.docks.values():
            self.removeDockWidget(made)
            made.deleteLater()
        self.docks = {}

    # what a person prefers

    def prefer_theme(self, name: str) -> None:
        """Light, dark, or with an empty name as the system; the next window is so too."""
        use_theme(name)
        if self.remembered:
            self.remembered.theme = name

    def prefer_mouse(self, tracy: bool) -> None:
        """Whether the left button moves and the wheel zooms; the next window is so too."""
        if self.remembered:
            self.remembered.tracy = tracy
        for timeline in self.findChildren(Timeline):
            timeline.mouse.tracy = tracy

    # actions

    def trigger(self, name: str) -> None:
        """Does an action of keys.py; without a reel those that need none."""
        if self.session is None or self.timeline is None:
            if name == "help":
                self.show_help()
            elif name == "commands":
                self.choose_command().open()
            return
        if name in _STEPS:
            self.session.playback.step(*_STEPS[name])
            self.session.view.reveal(self.session.cursor.at_ns)
            return
        own = self._own_actions(self.session).get(name)
        if own:
            own()
        elif self.sender() is not self.timeline:
            self.timeline.trigger(name)

    def _own_actions(self, session: Session) -> dict[str, Callable[[], object]]:
        return {
            "play": session.playback.toggle,
            "slower": session.playback.slower,
            "faster": session.playback.faster,
            "search": self.search,
            "find_lane": lambda: self.choose_lane().open(),
            "commands": lambda: self.choose_command().open(),
            "next_panel": lambda: focus_next(self.timeline, self.docks),
            "help": self.show_help,
            "wait_for": lambda: self.show_panel("state"),
            "source": lambda: self.show_panel("inspector"),
            "replay": self.replay,
            "cone": self.toggle_cone,
            "path": session.toggle_path,
            "curves": session.toggle_curves,
            "note": self.ask_for_note,
        }

    def toggle_cone(self) -> None:
        """Lets the past and the future of the selected event stand out, or all be alike again."""
        assert self.session is not None, "actions are done in a session only"
        event = self.session.selection.selected_event
        if self.session.highlight.rows is not None or event is None:
            self.session.highlight.highlight(None)
        else:
            self.session.show_cone(event)

    def replay(self) -> None:
        """Opens a terminal with the replay of the selected event's process, up to the event."""
        self.show_panel("inspector")
        for found in self.findChildren(Inspector):
            found.replay_here()

    def search(self) -> None:
        self.show_panel("search")
        found = self.docks.get("search")
        if found and isinstance(found.widget(), Search):
            found.widget().start()  # type: ignore[attr-defined]

    def ask_for_note(self) -> None:
        """A note at the cursor, kept beside the reel."""
        assert self.session is not None, "actions are done in a session only"
        text, given = QInputDialog.getText(self, "Note", "What is to be remembered of this moment?")
        if given and text:
            at_ns = self.session.cursor.at_ns
            self.session.marks.set_all((*self.session.marks.all, Mark(at_ns, at_ns, text, True)))

    def choose_command(self) -> Chooser:
        return choosers.choose_command(self)

    def choose_lane(self) -> Chooser:
        assert self.timeline is not None, "actions are done in a session only"
        return choosers.choose_lane(self, self.timeline)

    def show_help(self) -> None:
        """The help page, in a panel like the others."""
        if "help" not in self.docks:
            page = Panel("help", "Help", lambda: PagePanel(self.session, write_help, name="Help"))
            self.docks["help"] = PanelDock(page, self)
            arrangement.add(self, self.docks["help"])
        self.show_panel("help")

    # what happened

    def _on_cursor_moved(self) -> None:
        self.show_moment()
        if self.session is not None and self.session.playback.is_playing:
            self.session.view.follow(self.session.cursor.at_ns)

    def show_moment(self) -> None:
        """Says on the tool bar where the cursor is."""
        if self.session is None:
            return
        at_ns = self.session.cursor.at_ns
        ticks = self.session.data.tick_ns
        tick = f"   tick {tick_at(ticks, at_ns)}" if len(ticks) else ""
        self._moment.show_text(duration_label(at_ns - self.session.data.zero_ns, 1000) + tick)

    def _on_event_changed(self) -> None:
        """What was chosen is seen, unless a person searches in the same place."""
        found, event = self.docks.get("search"), self.docks.get("inspector")
        if self.session is None or found is None or event is None or self.session.selection.selected_event is None:
            return
        search = found.widget()
        if event in self.tabifiedDockWidgets(found) and isinstance(search, Search) and not search.query.text():
            event.raise_()

    def _on_playing_changed(self) -> None:
        menus.show_playing(self._tools["play"], self.session is not None and self.session.playback.is_playing)

    def _on_speed_changed(self) -> None:
        if self.session is not None:
            self._speed.setText(speed_label(self.session.playback.speed))

    def _on_answered(self, name: str) -> None:
        """A program that no lens knows has the curves of synchronization at first."""
        self.tell(name)
        if self.session and name == SYNCHRONIZATION and not (self.session.lens and self.session.lens.curves):
            self.session.toggle_curves()

    def tell(self, name: str) -> None:
        """Says at the bottom what has become known of the run."""
        if self.session:
            self.bottom.tell(self.session, name, is_live=self.opener.is_live)

    def _on_index_progressed(self, done: float) -> None:
        self.bottom.show_index(done)
        if self.timeline is not None:
            self.timeline.update()

    def _on_marks_changed(self) -> None:
        if self.session is None or self._path is None:
            return
        try:
            notes.write_marks(self._path, self.session.data.zero_ns, self.session.marks.all)
        except OSError as error:
            self.statusBar().showMessage(f"the marks cannot be kept beside {self._path.name}: {error.strerror}")

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        arrangement.limit(self, event.oldSize().width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = action_of(event)
        if name is None:
            super().keyPressEvent(event)
        else:
            self.trigger(name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        self.opener.stop()
        self.close_session()
        self._keep_layout()
        super().closeEvent(event)
