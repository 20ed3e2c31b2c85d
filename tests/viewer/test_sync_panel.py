"""The synchronization panel, the critical path and the curves in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from reelview.panels.curve_view import CurveView
from reelview.panels.sync_panel import SyncPanel
from reelview.session import Session
from reelview.window import Window


@pytest.fixture
def window(meeting, opened, qtbot) -> Window:
    made = opened(meeting)
    qtbot.waitUntil(lambda: made.session.answers.is_whole, timeout=20_000)
    return made


def panel_of(window: Window) -> SyncPanel:
    window.show_panel("synchronization")
    panel = window.docks["synchronization"].widget()
    assert isinstance(panel, SyncPanel)
    panel.page.rewrite()
    return panel


def test_the_panel_says_it_is_being_worked_out_until_it_is(meeting, qtbot):
    session = Session.of_reel(meeting)
    panel = SyncPanel(session, meeting)
    qtbot.addWidget(panel)
    assert panel.page.toPlainText() == "Being worked out …"
    assert not panel.path.isEnabled()
    session.answers.finish()
    assert panel.path.isEnabled()
    assert "who came last, by tick" in panel.page.toPlainText()


def test_k_draws_the_critical_path_and_takes_it_away(window):
    plain = window.timeline.grab().toImage()
    QTest.keyClick(window.timeline, Qt.Key.Key_K)
    assert panel_of(window).path.isChecked()
    assert window.timeline.grab().toImage() != plain
    QTest.keyClick(window.timeline, Qt.Key.Key_K)
    assert not panel_of(window).path.isChecked()
    assert window.timeline.grab().toImage() == plain


def test_a_step_of_the_path_is_a_click_away(window):
    panel = panel_of(window)
    path = window.session.synchronization.path
    for number in range(len(path)):
        panel.page._on_link(QUrl(f"step:{number}"))
        assert window.session.cursor.at_ns == max(path[number].begin_ns, window.session.data.spans.first_ns)
    assert window.session.layers.path is not None
    panel.page.rewrite()
    assert f"step {len(path):,} of {len(path):,}" in panel.page.toPlainText()


def test_a_program_without_a_lens_has_the_curves_of_synchronization(window):
    curves = window.findChild(CurveView)
    assert curves.isVisible()
    assert {curve.group for curve in curves.curves} == {"depth", "blocked", "skew"}
    QTest.keyClick(window.timeline, Qt.Key.Key_Q)
    assert not curves.isVisible()
    QTest.keyClick(window.timeline, Qt.Key.Key_Q)
    assert curves.isVisible()
    assert not curves.grab().isNull()


def test_a_program_with_a_lens_has_them_when_they_are_asked_for(market, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show_session(Session.of_reel(market), "market.reel")
    window.show()
    qtbot.waitUntil(lambda: window.session.answers.is_whole, timeout=20_000)
    curves = window.findChild(CurveView)
    own = len(curves.curves)
    panel_of(window).curves.click()
    assert len(curves.curves) > own
    window.close()


def test_a_barrier_gives_the_timeline_its_ticks(window):
    assert len(window.session.data.tick_ns) == 6
    window.session.go_to(window.session.data.spans.first_ns)
    window.trigger("step_tick")
    assert window.session.cursor.at_ns == window.session.data.tick_ns[1]


def test_a_window_can_be_closed_while_it_works(meeting, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show_session(Session.of_reel(meeting), "meeting.reel")
    window.show()
    window.close()
    assert window.session is None
