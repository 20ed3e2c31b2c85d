"""The menus and the tool bar of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolBar, QWidget

from reelview import arrangement
from reelview.timeline.keys import ACTIONS, hint

if TYPE_CHECKING:
    from reelview.session import Session
    from reelview.window import Window

_VIEW = ("zoom_in", "zoom_out", "pan_left", "pan_right", "focus", "show_all", "show_end", "back", "forward")
_LANES = ("taller", "lower", "arrows", "path", "curves", "pin", "hide", "show_hidden", "find_lane")
_GO = (
    "search", "next_event", "previous_event", "lane_above", "lane_below", "follow_flow", "follow_flow_back", "cone",
    "wait_for", "source", "replay", "mark", "keep_mark", "note", "remove_mark",
)  # fmt: skip
_PLAY = (
    "play", "step_event", "step_event_back", "step_tick", "step_tick_back", "step_flow", "step_flow_back", "slower",
    "faster",
)  # fmt: skip
_BEFORE = (("← Back", "back"), ("→", "forward"))
_PLAYING = (("◀ Step", "step_event_back"), ("▶ Play", "play"), ("Step ▶", "step_event"))
_SPEED = (("Slower", "slower"), ("Faster", "faster"))
_AFTER = (("Search", "search"), ("Commands", "commands"), ("Help", "help"))


def fill(window: Window) -> dict[str, QAction]:
    """All menus; returns what a person prefers, by name.

    Keys stand in the texts: as shortcuts they would be taken from text fields, and could not be held.
    """
    bar = window.menuBar()
    _fill_file(window, bar.addMenu("&File"))
    for title, names in (("&View", _VIEW), ("&Lanes", _LANES), ("&Go", _GO), ("&Play", _PLAY)):
        menu = bar.addMenu(title)
        for name in names:
            _entry(window, menu, name)
        if title == "&View":
            preferences = _fill_preferences(window, menu)
    panels = bar.addMenu("P&anels")
    panels.aboutToShow.connect(lambda: _fill_panels(window, panels))
    helps = bar.addMenu("&Help")
    for name in ("help", "commands", "next_panel"):
        _entry(window, helps, name)
    return preferences


def fill_tool_bar(window: Window, speed: QLabel, moment: QLabel) -> dict[str, QAction]:
    """Back and forward, playing with its speed and its moment, and where to look further; returns them by name."""
    bar = QToolBar("Tools", window)
    bar.setObjectName("playback")
    bar.setMovable(False)
    made = _add_tools(window, bar, _BEFORE)
    bar.addSeparator()
    made |= _add_tools(window, bar, _PLAYING)
    bar.addSeparator()
    made |= _add_tools(window, bar, _SPEED[:1])
    speed.setContentsMargins(6, 0, 6, 0)
    bar.addWidget(speed)
    made |= _add_tools(window, bar, _SPEED[1:])
    bar.addSeparator()
    moment.setContentsMargins(10, 0, 10, 0)
    bar.addWidget(moment)
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    made |= _add_tools(window, bar, _AFTER)
    window.addToolBar(bar)
    return made


def enable_tools(tools: dict[str, QAction], session: Session | None) -> None:
    """Lets be pressed what does something now: without a reel the help and the commands alone."""
    for name, action in tools.items():
        action.setEnabled(session is not None or name in ("commands", "help"))
    if session is not None:
        tools["back"].setEnabled(session.history.can_go_back)
        tools["forward"].setEnabled(session.history.can_go_forward)


def show_playing(action: QAction, playing: bool) -> None:
    """Says on the tool bar what a press would do now."""
    action.setText("❙❙ Pause" if playing else "▶ Play")


def _add_tools(window: Window, bar: QToolBar, tools: tuple[tuple[str, str], ...]) -> dict[str, QAction]:
    made = {}
    for text, name in tools:
        action = made[name] = bar.addAction(text)
        action.setToolTip(f"{_text(name)} ({hint(name)})")
        action.triggered.connect(lambda _checked, name=name: window.trigger(name))
    return made


def _text(name: str) -> str:
    return next(action.text for action in ACTIONS if action.name == name)


def _entry(window: Window, menu: QMenu, name: str) -> None:
    action = menu.addAction(f"{_text(name)}\t{hint(name)}")
    action.triggered.connect(lambda _checked: window.trigger(name))


def _fill_file(window: Window, menu: QMenu) -> None:
    opening = QAction("&Open…", window)
    opening.setShortcut(QKeySequence.StandardKey.Open)
    opening.triggered.connect(lambda _checked: window.opener.ask())
    menu.addAction(opening)
    comparing = menu.addMenu("&Compare")
    comparing.addAction("Compare &with…").triggered.connect(lambda _checked: window.comparing.ask())
    comparing.addAction("&Stop comparing").triggered.connect(lambda _checked: window.comparing.stop())
    recent, data = menu.addMenu("Open &recent"), menu.addMenu("&Export data")
    recent.aboutToShow.connect(lambda: _fill_recent(window, recent))
    data.aboutToShow.connect(lambda: _fill_exports(window, data))
    pictures = menu.addMenu("Export &picture")
    pictures.aboutToShow.connect(lambda: _fill_pictures(window, pictures))
    menu.addSeparator()
    leaving = QAction("&Quit", window)
    leaving.setShortcut(QKeySequence.StandardKey.Quit)
    leaving.triggered.connect(lambda _checked: window.close())
    menu.addAction(leaving)


def _fill_recent(window: Window, menu: QMenu) -> None:
    menu.clear()
    for path in window.remembered.recent if window.remembered else []:
        menu.addAction(str(path)).triggered.connect(lambda _checked, path=path: window.open(path))
    if menu.isEmpty():
        menu.addAction("No reel was open before").setEnabled(False)


def _fill_pictures(window: Window, menu: QMenu) -> None:
    menu.clear()
    for name, title in window.exporting.pictures.items():
        menu.addAction(f"{title} as PNG or SVG…").triggered.connect(
            lambda _checked, name=name: window.exporting.ask_for_picture(name)
        )
    if menu.isEmpty():
        menu.addAction("Nothing is open").setEnabled(False)


def _fill_exports(window: Window, menu: QMenu) -> None:
    menu.clear()
    for name in window.exporting.data:
        entry = menu.addAction(f"{name.capitalize()} as CSV…")
        entry.triggered.connect(lambda _checked, name=name: window.exporting.ask_for_data(name))
    if menu.isEmpty():
        menu.addAction("Nothing is open").setEnabled(False)


def _fill_preferences(window: Window, menu: QMenu) -> dict[str, QAction]:
    """What a person prefers, and the next window remembers."""
    made = {}
    menu.addSeparator()
    themes, group = menu.addMenu("&Theme"), QActionGroup(window)
    for title, name in (("As the &system", ""), ("&Light", "light"), ("&Dark", "dark")):
        entry = group.addAction(title)
        entry.setCheckable(True)
        entry.setChecked(name == (window.remembered.theme if window.remembered else ""))
        entry.triggered.connect(lambda _checked, name=name: window.prefer_theme(name))
        themes.addAction(entry)
        made[f"Theme: {title.replace('&', '').lower()}"] = entry
    mouse = menu.addAction("&Mouse as in Tracy: dragging moves, the wheel zooms")
    mouse.setCheckable(True)
    mouse.setChecked(bool(window.remembered and window.remembered.tracy))
    mouse.triggered.connect(window.prefer_mouse)
    return made | {"Mouse as in Tracy, or as before": mouse}


def _fill_panels(window: Window, menu: QMenu) -> None:
    """An entry for each panel, and one that puts all of them where they stood at first."""
    menu.clear()
    for made in window.docks.values():
        menu.addAction(made.toggleViewAction())
    if menu.isEmpty():
        menu.addAction("Nothing is open").setEnabled(False)
    else:
        menu.addSeparator()
        menu.addAction("&As at first").triggered.connect(lambda _checked: arrangement.arrange(window))
