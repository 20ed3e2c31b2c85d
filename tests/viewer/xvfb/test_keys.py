"""Every key of the help page has its effect, pressed in a real window."""

from __future__ import annotations

import pytest

from reelview.timeline.keys import ACTIONS

pytestmark = [pytest.mark.soak, pytest.mark.xvfb]

NEAR = "s.view.show(s.view.begin_ns + s.view.length_ns // 3, s.view.end_ns - s.view.length_ns // 3)"
SELECT = "s.go_to_event(int(s.reel.flows.cause[5]))"
LANE = "window.timeline.set_current_line(1)"
FRONT = "window.docks['{}'].widget().isVisible()"
CHOOSING = "any(w.isVisible() for w in window.findChildren(Chooser))"

# Of an action: what is done before, what is then true of `s`, the session, `w`, the window, and `b`, the same before.
CASES = {
    "zoom_in": ("", "s.view.length_ns < b.length"),
    "zoom_out": (NEAR, "s.view.length_ns > b.length"),
    "pan_left": (NEAR, "s.view.begin_ns < b.begin"),
    "pan_right": (NEAR, "s.view.begin_ns > b.begin"),
    "focus": (f"{NEAR}; {SELECT}", "s.view.begin_ns < s.cursor.at_ns < s.view.end_ns and s.view.begin_ns != b.begin"),
    "show_all": (NEAR, "s.view.length_ns > b.length and s.view.is_at_end"),
    "show_end": (NEAR, "s.view.length_ns == b.length and s.view.is_at_end"),
    "back": (NEAR, "s.view.length_ns > b.length"),
    "forward": (f"{NEAR}; s.history.back()", "s.view.length_ns < b.length"),
    "mark": ("", "len(s.marks.all) == 1"),
    "keep_mark": ("", "s.marks.all[0].kept"),
    "remove_mark": ("s.marks.mark(s.cursor.at_ns, s.cursor.at_ns)", "not s.marks.all"),
    "next_event": (SELECT, "s.selection.selected_event > b.event"),
    "previous_event": (SELECT, "s.selection.selected_event < b.event"),
    "lane_above": ("window.timeline.set_current_line(6)", "w.timeline.current_line < 6"),
    "lane_below": ("window.timeline.set_current_line(1)", "w.timeline.current_line > 1"),
    "follow_flow": (SELECT, "s.selection.selected_event == int(s.reel.flows.effect[5])"),
    "follow_flow_back": (
        "s.go_to_event(int(s.reel.flows.effect[5]))", "s.selection.selected_event == int(s.reel.flows.cause[5])",
    ),
    "pin": (LANE, "len(s.order.pinned) == 1"),
    "hide": (LANE, "len(s.order.hidden) > 0"),
    "show_hidden": ("s.order.hide([1])", "not s.order.hidden"),
    "taller": ("", "s.order.lane_px > b.lane_px"),
    "lower": ("", "s.order.lane_px < b.lane_px"),
    "arrows": ("", "not w.timeline.with_arrows"),
    "path": ("", "s.layers.path is not None"),
    "curves": ("s.layers.show_curves(())", "len(s.layers.curves) > 0"),
    "clear": (SELECT, "s.selection.selected_event is None"),
    "search": ("", "w.docks['search'].widget().query.hasFocus()"),
    "find_lane": ("", CHOOSING),
    "commands": ("", CHOOSING),
    "help": ("", FRONT.format("help")),
    "next_panel": ("", "any(d.isAncestorOf(app.focusWidget()) for d in w.docks.values())"),
    "play": ("s.playback.set_speed(0.001)", "s.playback.is_playing"),
    "step_event": ("", "s.cursor.at_ns > b.at"),
    "step_event_back": ("", "s.cursor.at_ns < b.at"),
    "step_tick": ("", "s.cursor.at_ns in s.data.tick_ns and s.cursor.at_ns > b.at"),
    "step_tick_back": ("", "s.cursor.at_ns in s.data.tick_ns and s.cursor.at_ns < b.at"),
    "step_flow": ("", "s.cursor.at_ns in s.data.flows.flows.end_ns and s.cursor.at_ns > b.at"),
    "step_flow_back": ("", "s.cursor.at_ns in s.data.flows.flows.end_ns and s.cursor.at_ns < b.at"),
    "slower": ("", "s.playback.speed == 0.5"),
    "faster": ("", "s.playback.speed == 2"),
    "cone": (SELECT, "s.highlight.rows is not None"),
    "wait_for": ("", FRONT.format("state")),
    "replay": (SELECT, "'--pdb' in app.clipboard().text() and '--to' in app.clipboard().text()"),
    "source": (SELECT, FRONT.format("inspector")),
}  # fmt: skip

BEFORE = (
    "do import types; s = window.session; w = window; b = types.SimpleNamespace(length=s.view.length_ns, "
    "begin=s.view.begin_ns, event=s.selection.selected_event, at=s.cursor.at_ns, lane_px=s.order.lane_px)"
)

# Names that X has for what Qt calls otherwise.
X_NAMES = {
    "Home": "Home", "End": "End", "Left": "Left", "Right": "Right", "Delete": "Delete", "Space": "space",
    "Esc": "Escape", "Return": "Return", "Enter": "KP_Enter", "Ctrl": "ctrl", "Alt": "alt", "Shift": "shift",
    ".": "period", ",": "comma", "[": "bracketleft", "]": "bracketright", "/": "slash", "?": "question", "-": "minus",
    "=": "equal", "+": "plus",
}  # fmt: skip


def x_key(key: str) -> str:
    """Ctrl++ is ctrl+plus."""
    *modifiers, last = [*key[:-1].replace("+", " ").split(), key[-1]] if key.endswith("+") else key.split("+")
    return "+".join(X_NAMES.get(part, part.lower() if len(part) == 1 else part) for part in (*modifiers, last))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (action.name, key)
        for action in ACTIONS
        for key in action.keys
        if "bookmark" not in action.name and action.name != "note"
    ],
)
def test_a_key_does_what_the_help_page_says(driven, name, key):
    prepare, condition = CASES[name]
    driven.ask(f"do s = window.session; {prepare or 'pass'}")
    driven.ask(BEFORE)
    driven.hand(f"key {x_key(key)}")
    driven.wait_for(f"bool({condition})", 20)


def test_a_note_is_typed_and_kept(driven):
    driven.hand("key n")
    driven.wait_for("app.activeModalWidget() is not None and app.focusWidget() is not None")
    driven.hand("type --delay 1 why")
    driven.hand("key Return")
    driven.wait_for("[mark.note for mark in window.session.marks.all] == ['why']")


def test_bookmarks_are_set_and_gone_to(driven):
    for number in range(1, 10):
        driven.ask(f"do v, z = window.session.view, window.session.data.zero_ns; v.show(z, z + {number} * 10**6)")
        driven.hand(f"key ctrl+{number}")
        driven.wait_for(f"{number} in window.session.view._bookmarks")
    for number in range(1, 10):
        driven.hand(f"key {number}")
        driven.wait_for(f"window.session.view.length_ns == {number} * 10**6")


def test_a_held_key_glides_until_it_is_let_go(driven):
    driven.hand("keydown w")
    driven.wait_for("window.session.view.length_ns < 10**6")
    driven.hand("keyup w")
    driven.wait_for("not window.timeline.motion._pace.is_active")


def test_panels_are_gone_through_without_a_mouse(driven):
    focus = "next(n for n, d in window.docks.items() if d.isAncestorOf(app.focusWidget()))"
    driven.hand("key F6")
    driven.wait_for(f"{focus} == 'pricing'")
    driven.hand("key F6")
    driven.wait_for(f"{focus} == 'search' and type(app.focusWidget()).__name__ == 'QLineEdit'")
    driven.hand("key Tab Tab")
    driven.wait_for(f"{focus} == 'search' and type(app.focusWidget()).__name__ == 'PagePanel'")
    driven.hand("key Tab Return")  # the first condition that can be searched for
    tried = "app.focusWidget().text() == window.docks['search'].widget().conditions[0][0]"
    driven.wait_for(f"type(app.focusWidget()).__name__ == 'QLineEdit' and {tried}")
    driven.hand("key Tab Tab")
    driven.wait_for(f"{focus} == 'search' and type(app.focusWidget()).__name__ == 'QTableView'")
    driven.ask("do window.docks['search'].widget().query.clear(); app.focusWidget().setFocus()")
    driven.hand("key F6")
    driven.wait_for("window.timeline.hasFocus()")


def test_what_is_typed_in_a_text_field_is_no_command(driven):
    driven.hand("key slash")
    driven.wait_for("window.docks['search'].widget().query.hasFocus()")
    driven.hand("type --delay 1 dwm")
    driven.wait_for("window.docks['search'].widget().query.text() == 'dwm'")
    assert driven.ask("len(window.session.marks.all)") == 0
    driven.ask("do window.docks['search'].widget().query.setText('')")


def test_the_command_palette_is_used_without_a_mouse(driven):
    driven.hand("key F1")
    driven.wait_for(CHOOSING)
    driven.wait_for("type(app.focusWidget()).__name__ == 'QLineEdit' and app.activeWindow() is not window")
    driven.hand("type --delay 1 halve")
    driven.hand("key ctrl+a")
    driven.hand("type --delay 1 half")
    driven.hand("key Return")
    driven.wait_for("window.session.playback.speed == 0.5")
