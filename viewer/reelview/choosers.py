"""What a window lets a person choose from by typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelview import arrangement
from reelview.chooser import Chooser
from reelview.docks import focus_in
from reelview.timeline.keys import ACTIONS, hint

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline
    from reelview.window import Window


def choose_command(window: Window) -> Chooser:
    """The command palette: everything that a key or a menu does."""
    names = [action.name for action in ACTIONS if action.name != "commands"] if window.session else ["help"]
    entries: list[tuple[str, str, Callable[[], object]]] = [
        (action.text, hint(action.name), lambda name=action.name: window.trigger(name))  # type: ignore[misc]
        for action in ACTIONS
        if action.name in names
    ]
    entries += [
        (f"Panel: {made.windowTitle()}", "", lambda name=name: _go_to_panel(window, name))  # type: ignore[misc]
        for name, made in window.docks.items()
    ]
    asked = window.exporting
    entries += [(f"Export {name} as CSV", "", lambda name=name: asked.ask_for_data(name)) for name in asked.data]  # type: ignore[misc]
    entries += [
        (f"Export the picture: {title}", "", lambda name=name: asked.ask_for_picture(name))  # type: ignore[misc]
        for name, title in asked.pictures.items()
    ]
    entries += [("Open a reel", "Ctrl+O", window.opener.ask), ("Compare with another reel", "", window.comparing.ask)]
    entries += [(name, "", action.trigger) for name, action in window.preferences.items()]
    if window.session:
        entries += [
            ("Stop comparing", "", window.comparing.stop),
            ("Panels as at first", "", lambda: arrangement.arrange(window)),
        ]
    recent = window.remembered.recent if window.remembered else []
    entries += [(f"Open {path}", "", lambda path=path: window.open(path)) for path in recent]  # type: ignore[misc]
    return Chooser("What to do", entries, window)


def _go_to_panel(window: Window, name: str) -> None:
    window.show_panel(name)
    focus_in(window.docks[name].widget())


def choose_lane(window: Window, timeline: Timeline) -> Chooser:
    """Goes to a lane by its name."""

    def go(number: int) -> None:
        timeline.scroll_to_line(number)
        timeline.set_current_line(number)
        timeline.setFocus()

    lines, tracks = timeline.layout_.lines, timeline.order.tracks
    tracked = [tracks[line.track].name for line in lines]
    entries: list[tuple[str, str, Callable[[], object]]] = [
        (line.name, "" if track == line.name else track, lambda number=number: go(number))  # type: ignore[misc]
        for number, (line, track) in enumerate(zip(lines, tracked, strict=True))
    ]
    return Chooser("Which lane?", entries, window)
