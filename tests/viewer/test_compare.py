"""A second reel under the first."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QUrl

from reelview.compared import Compared
from reelview.comparison import compare_reels, events_of
from reelview.live_view import LiveView
from reelview.panels.compare_page import ComparePage
from reelview.picture import render
from reelview.session import Session
from reelview.window import Window


@pytest.fixture
def window(meeting, opened) -> Window:
    return opened(meeting)


@pytest.fixture
def compared(window, changed_meeting, qtbot) -> Compared:
    shown = window.comparing.show(Session.of_reel(changed_meeting))
    qtbot.waitUntil(lambda: shown.comparison is not None, timeout=20_000)
    return shown


def test_the_first_difference_is_shown_in_both_with_its_context(meeting, changed_meeting):
    html = ComparePage(compare_reels(meeting, changed_meeting)).write()
    assert "worker-1" in html
    assert html.count("▶") == 2
    rows = [int(row) for row in re.findall(r"one:(\d+)", html)]
    assert rows
    assert max(rows) < len(meeting)
    assert "changed.reel" in html


def test_a_run_compared_with_itself_has_no_difference(meeting):
    assert "did the same" in ComparePage(compare_reels(meeting, meeting)).write()


def test_the_first_difference_is_gone_to_and_marked_in_both_timelines(window, compared, meeting, changed_meeting):
    one, other = events_of(compared.comparison.difference.partings[0])
    assert meeting.lane_name(int(meeting.lane[one])) == "worker-1"
    assert (compared.one.selection.selected_event, compared.other.selection.selected_event) == (one, other)
    for session, reel, row in ((compared.one, meeting, one), (compared.other, changed_meeting, other)):
        (flag,) = session.layers.flags
        assert flag.begin_ns == int(reel.begin[row]) == session.cursor.at_ns
        assert session.view.begin_ns <= flag.begin_ns < session.view.end_ns
    assert "First causal difference" in compared.page.toPlainText()


def test_cursor_and_view_of_one_are_followed_by_the_other(compared):
    one, other, alignment = compared.one, compared.other, compared.linked.alignment
    tick_ns = int(one.data.tick_ns[3])
    one.go_to(tick_ns)
    assert other.cursor.at_ns == int(other.data.tick_ns[3])
    one.view.show(int(one.data.tick_ns[2]), int(one.data.tick_ns[4]))
    assert (other.view.begin_ns, other.view.end_ns) == (int(other.data.tick_ns[2]), int(other.data.tick_ns[4]))
    other.cursor.move_to(int(other.data.tick_ns[2]))
    assert one.cursor.at_ns == int(one.data.tick_ns[2])
    other.view.show(int(other.data.tick_ns[1]), int(other.data.tick_ns[3]))
    assert abs(alignment.to_other(one.view.begin_ns) - other.view.begin_ns) <= 100


def test_every_link_of_the_panel_goes_somewhere_in_both(compared):
    html = ComparePage(compared.comparison).write()
    for kind in ("one", "other", "parting"):
        found = re.search(rf'"({kind}:[\d:]+)"', html)
        assert found, kind
        compared.page._on_link(QUrl(found[1]))
    assert compared.one.selection.selected_event is not None
    assert compared.other.selection.selected_event is not None
    # Which put is the one that nobody receives, and so carries what is certain, is up to the scheduler.
    pairs = compared.comparison.difference.payloads
    assert re.findall(r'"(pair:[\d:]+)"', html) == [f"pair:{one.row}:{other.row}" for one, other in pairs]
    compared.page._on_link(QUrl(f"pair:{len(compared.one.reel) - 1}:2"))
    assert compared.one.selection.selected_event == len(compared.one.reel) - 1
    assert compared.other.selection.selected_event == 2


def test_what_is_selected_in_the_other_is_described_in_a_panel_of_its_own(window, compared):
    assert {"compare", "other"} <= set(window.docks)
    compared.other.go_to_event(5)
    inspector = window.docks["other"].widget()
    inspector.page.rewrite()
    assert "event 5" in inspector.page.toPlainText()


def test_stopping_leaves_the_window_as_it_was(window, compared, qtbot):
    docks, timeline = set(window.docks), window.timeline
    window.comparing.stop()
    assert set(window.docks) == docks - {"compare", "other"}
    assert timeline.isVisible()
    assert window.session.layers.flags == ()
    assert not window.grab().isNull()
    window.session.go_to(window.session.data.spans.last_ns)


def test_the_other_reel_is_opened_after_the_first(meeting, changed_meeting, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.open(meeting.path, changed_meeting.path)
    qtbot.waitUntil(lambda: window.comparing.shown is not None, timeout=20_000)
    qtbot.waitUntil(lambda: window.comparing.shown.comparison is not None, timeout=20_000)
    window.close()


def test_comparing_without_a_reel_says_what_to_do(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.comparing.ask()
    assert "Open a reel first" in window.statusBar().currentMessage()


def test_another_reel_that_cannot_be_read_is_said_and_the_first_stays(window, tmp_path, qtbot):
    (tmp_path / "bad.reel").write_bytes(b"no reel at all")
    window.comparing.open(tmp_path / "bad.reel")
    qtbot.waitUntil(lambda: "not a reel" in window.statusBar().currentMessage(), timeout=20_000)
    assert window.session is not None
    assert window.comparing.shown is None


def test_a_picture_of_two_reels_is_drawn_without_a_window(meeting, changed_meeting, tmp_path, qapp):
    output = tmp_path / "both.png"
    render(
        meeting, output, meeting.begin_ns, meeting.end_ns, 900, 600, panels=("compare",), path=True,
        compare=changed_meeting,
    )  # fmt: skip
    assert output.read_bytes().startswith(b"\x89PNG")


def test_a_run_that_is_being_recorded_is_not_compared(window, changed_meeting, tmp_path):
    live = LiveView(window, tmp_path)
    window.comparing.open(changed_meeting.path)
    assert "when it has ended" in window.statusBar().currentMessage()
    assert window.comparing.shown is None
    live.stop()
