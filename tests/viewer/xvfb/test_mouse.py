"""The mouse does in a real window what the help page says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.xvfb]

LENGTH = "window.session.view.length_ns"
BEGIN = "window.session.view.begin_ns"


def at(driven, share: float, y_px: float = 60) -> str:
    """A place in the picture: a share of its width."""
    left, width = driven.ask("[window.timeline.picture_area.left(), window.timeline.picture_area.width()]")
    return driven.place("window.timeline", left + share * width, y_px)


def drag(driven, button: int, since: str, until: str, modifier: str = "") -> None:
    x, y = (int(part) for part in since.split())
    keys = (f"keydown {modifier} ", f" keyup {modifier}") if modifier else ("", "")
    between = f"mousemove {x + 6} {y} mousemove {x + 12} {y}"
    driven.hand(f"{keys[0]}mousemove {since} mousedown {button} {between} mousemove {until} mouseup {button}{keys[1]}")


def test_a_drag_selects_a_range(driven):
    drag(driven, 1, at(driven, 0.2), at(driven, 0.6))
    driven.wait_for("window.session.selection.range_ns is not None")
    begin, end = driven.ask("window.session.selection.range_ns")
    assert (end - begin) / driven.ask(LENGTH) == pytest.approx(0.4, abs=0.03)


def test_a_drag_with_the_middle_button_zooms_to_a_range(driven):
    before = driven.ask(LENGTH)
    drag(driven, 2, at(driven, 0.2), at(driven, 0.6))
    driven.wait_for(f"{LENGTH} < {before * 0.45} and {LENGTH} > {before * 0.35}")


@pytest.mark.parametrize(("button", "modifier"), [(1, "shift"), (3, "")])
def test_a_drag_with_shift_or_with_the_right_button_moves(driven, button, modifier):
    driven.ask("do v = window.session.view; v.show(v.begin_ns + v.length_ns // 3, v.end_ns - v.length_ns // 3)")
    before = driven.ask(BEGIN)
    drag(driven, button, at(driven, 0.3), at(driven, 0.6), modifier)
    driven.wait_for(f"{BEGIN} < {before}")
    assert (before - driven.ask(BEGIN)) / driven.ask(LENGTH) == pytest.approx(0.3, abs=0.03)
    assert driven.ask("app.activePopupWidget() is None")


def test_a_click_with_the_right_button_shows_what_can_be_done_with_the_lane(driven):
    driven.hand(f"mousemove {at(driven, 0.5)} click 3")
    driven.wait_for("app.activePopupWidget() is not None")
    driven.hand("key Escape")
    driven.wait_for("app.activePopupWidget() is None")


def test_the_wheel_scrolls_lanes_and_with_ctrl_zooms_and_with_shift_moves(driven):
    driven.ask("do window.session.order.grow(3)")
    driven.hand(f"mousemove {at(driven, 0.5)} click 5")
    driven.wait_for("window.timeline.scroll_px > 0")
    driven.ask("do window.session.order.grow(-3)")
    before = driven.ask(LENGTH)
    driven.hand("keydown ctrl click 4 click 4 click 4 keyup ctrl")
    driven.wait_for(f"{LENGTH} < {before * 0.6}")
    before = driven.ask(BEGIN)
    driven.hand("keydown shift click 5 keyup shift")
    driven.wait_for(f"{BEGIN} > {before}")


def chosen(driven) -> int:
    """Selects an event that takes some time, and fits it in the view; what is selected then has room for the mouse."""
    driven.ask("do s = window.session; s.go_to_event(int(s.reel.flows.effect[5])); window.timeline.fit_selected()")
    driven.ask(
        "do e = s.selection.selected_event; t = window.timeline; line = int(t.layout_.line_of_lane[s.reel.lane[e]])"
    )
    return driven.ask("t.picture_area.top() + t.layout_.middle_px(line, t.data.depth_of(e), t.scroll_px)")


def test_a_click_selects_the_event_that_is_there(driven):
    y = chosen(driven)
    driven.ask("do s.selection.clear()")
    driven.hand(f"mousemove {at(driven, 0.5, y)} click 1")
    driven.wait_for("s.selection.selected_event == e")


def test_a_double_click_fits_the_event(driven):
    y = chosen(driven)
    driven.ask("do s.view.zoom(0.2, (s.view.begin_ns + s.view.end_ns) // 2)")
    before = driven.ask(LENGTH)
    driven.hand(f"mousemove {at(driven, 0.5, y)} click --repeat 2 --delay 40 1")
    driven.wait_for(f"{LENGTH} > {before * 3}")


def test_a_drag_on_the_axis_moves_the_cursor(driven):
    before = driven.ask("window.session.cursor.at_ns")
    drag(driven, 1, at(driven, 0.5, 8), at(driven, 0.1, 8))
    driven.wait_for(f"window.session.cursor.at_ns < {before}")


def test_an_event_under_the_mouse_is_told(driven):
    y = chosen(driven)
    driven.hand(f"mousemove {at(driven, 0.4, y)} mousemove {at(driven, 0.5, y)}")
    driven.wait_for("window.timeline.hover is not None and window.timeline.hover.span is not None")


def test_a_reel_is_dragged_from_another_program_and_opened(driven, reel, tmp_path):
    other = tmp_path / "dropped.reel"
    other.write_bytes(reel.read_bytes())
    source = [sys.executable, str(Path(__file__).with_name("dragged.py")), str(other), "1450", "300"]
    with subprocess.Popen(source, env=driven.environment, stdout=subprocess.PIPE, text=True) as dragged:
        assert dragged.stdout.readline() == "ready\n"
        x, y = (int(part) for part in at(driven, 0.5).split())
        driven.hand("mousemove 1500 340 mousedown 1 mousemove 1490 345")
        for step in range(6):
            driven.hand(f"mousemove {1450 - (1450 - x) * step // 5} {345 - (345 - y) * step // 5} sleep 0.05")
        driven.hand("mouseup 1")
        driven.wait_for("window.windowTitle().startswith('dropped.reel') and window.session is not None", 20)
        dragged.terminate()


def test_a_window_of_800_by_500_has_room_for_all(driven):
    driven.hand(f"windowsize {driven.number} 800 500")
    driven.wait_for("window.width() == 800 and window.height() == 500")
    driven.wait_for("window.timeline.picture_area.width() >= 200 and window.timeline.picture_area.height() >= 150")
    driven.wait_for(
        "all(window.rect().contains(d.geometry()) for d in window.docks.values() if not d.visibleRegion().isEmpty())"
    )
    driven.hand(f"windowsize {driven.number} 1280 720")
    driven.wait_for("window.width() == 1280")
