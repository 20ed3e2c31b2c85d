"""What each key does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can ask for: its name in code, its name in menus, and its keys."""

    name: str
    text: str
    keys: tuple[str, ...]


ACTIONS = (
    Action("zoom_in", "Zoom in at the mouse", ("W",)),
    Action("zoom_out", "Zoom out at the mouse", ("S",)),
    Action("pan_left", "Move left", ("A",)),
    Action("pan_right", "Move right", ("D",)),
    Action("focus", "Centre the selection; again: fit it", ("F",)),
    Action("show_all", "The whole run", ("Home", "0")),
    Action("show_end", "The end of the run; while it grows: follow it", ("End",)),
    Action("back", "Back: view, cursor and selection as they were", ("Alt+Left",)),
    Action("forward", "Forward again", ("Alt+Right",)),
    Action("mark", "Mark the selection, or the cursor", ("M",)),
    Action("keep_mark", "Keep the mark", ("Shift+M",)),
    Action("note", "Note at the cursor", ("N",)),
    Action("remove_mark", "Remove the mark", ("Delete",)),
    Action("next_event", "Next event in the lane", (".",)),
    Action("previous_event", "Previous event in the lane", (",",)),
    Action("lane_above", "The lane above", ("Up",)),
    Action("lane_below", "The lane below", ("Down",)),
    Action("follow_flow", "Along the flow", ("]",)),
    Action("follow_flow_back", "Back along the flow", ("[",)),
    Action("pin", "Pin the lane", ("P",)),
    Action("hide", "Hide the lane", ("H",)),
    Action("show_hidden", "Show hidden lanes", ("Shift+H",)),
    Action("taller", "Higher lanes", ("Ctrl+=", "Ctrl++")),
    Action("lower", "Lower lanes", ("Ctrl+-",)),
    Action("arrows", "Show or hide arrows", ("L",)),
    Action("path", "Show or hide the critical path", ("K",)),
    Action("curves", "Show or hide the curves of synchronization", ("Q",)),
    Action("clear", "Clear the selection", ("Esc",)),
    Action("search", "Search", ("/", "Ctrl+F")),
    Action("find_lane", "Find a lane", ("Ctrl+P",)),
    Action("commands", "Commands", ("Ctrl+Shift+P", "F1")),
    Action("next_panel", "Go to the next panel", ("F6",)),
    Action("help", "Help", ("?",)),
    Action("play", "Play or pause", ("Space",)),
    Action("step_event", "Step an event", ("Right",)),
    Action("step_event_back", "Step an event back", ("Left",)),
    Action("step_tick", "Step a tick", ("Shift+Right",)),
    Action("step_tick_back", "Step a tick back", ("Shift+Left",)),
    Action("step_flow", "Step a flow", ("Ctrl+Right",)),
    Action("step_flow_back", "Step a flow back", ("Ctrl+Left",)),
    Action("slower", "Half the speed", ("-",)),
    Action("faster", "Double the speed", ("=",)),
    Action("cone", "Cone of the event", ("C",)),
    Action("wait_for", "Wait-for graph at the cursor", ("G",)),
    Action("source", "Source of the event", ("Return", "Enter")),
    Action("replay", "Replay up to the event, in the debugger in a terminal", ("R",)),
    *(Action(f"set_bookmark_{n}", f"Set bookmark {n}", (f"Ctrl+{n}",)) for n in range(1, 10)),
    *(Action(f"bookmark_{n}", f"Go to bookmark {n}", (str(n),)) for n in range(1, 10)),
)

HELD = frozenset({"zoom_in", "zoom_out", "pan_left", "pan_right"})
"""What goes on while its key is held; Shift makes it faster."""

# Where Qt gives a physical key (X11 and Wayland, evdev codes + 8), letters are those of its place on a US keyboard.
_PLACES = {
    24 + at: letter
    for row, first in (("QWERTYUIOP", 0), ("ASDFGHJKL", 14), ("ZXCVBNM", 28))
    for at, letter in enumerate(row, first)
}


def _combination(key: str) -> tuple[int, int]:
    combination = cast(Any, QKeySequence(key))[0]  # the stubs lack __getitem__
    return combination.key().value, combination.keyboardModifiers().value


_BY_KEY = {_combination(key): action.name for action in ACTIONS for key in action.keys}
_SHIFT = Qt.KeyboardModifier.ShiftModifier.value
_KEYPAD = Qt.KeyboardModifier.KeypadModifier.value


def action_of(event: QKeyEvent) -> str | None:
    """The name of the action that a key asks for."""
    key, modifiers = _physical(event), event.modifiers().value & ~_KEYPAD
    found = _BY_KEY.get((key, modifiers))
    if found is None and modifiers & _SHIFT:
        found = _BY_KEY.get((key, modifiers & ~_SHIFT))
        is_letter = Qt.Key.Key_A.value <= key <= Qt.Key.Key_Z.value
        if is_letter and found not in HELD:
            return None
    return found


def _physical(event: QKeyEvent) -> int:
    place = _PLACES.get(event.nativeScanCode())
    if place and QGuiApplication.platformName() in ("xcb", "wayland"):
        return int(Qt.Key[f"Key_{place}"].value)
    return event.key()


def hint(name: str) -> str:
    """The first key of an action, as menus show it."""
    action = next(action for action in ACTIONS if action.name == name)
    return QKeySequence(action.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if action.keys else ""
