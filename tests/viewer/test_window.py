"""The window: opening, panels in step, what is remembered."""

from __future__ import annotations

import re
import threading
from itertools import count
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest

from reelview.app import tell_fault
from reelview.beside import wait_for_left
from reelview.loading import steps
from reelview.notes import path_of
from reelview.panels.inspector import Inspector
from reelview.panels.state_panel import StatePanel
from reelview.session import Session
from reelview.timeline.pulse import Lines, lights, under_way
from reelview.window import Window
from tests.viewer.panels import page_of, show


def test_a_market_has_all_panels(window):
    assert list(window.docks) == ["pricing", "state", "synchronization", "findings", "run", "inspector", "search"]


def test_a_reel_opens_in_a_thread_and_is_remembered(market, qtbot, remembered):
    window = Window(remembered)
    qtbot.addWidget(window)
    window.open(market.path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=20_000)
    assert window.windowTitle() == "market.reel — ipcreel"
    assert remembered.recent == [market.path.resolve()]
    window.close()


def test_opening_can_be_cancelled(market, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.open(market.path)
    window.opener.cancel()
    QTest.qWait(50)
    assert window.session is None
    assert not window.is_in_trouble


def test_cancel_does_not_wait_for_the_step_that_opening_is_in(market, qtbot, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(path: Path):
        yield "matching"
        begun.set()
        assert go_on.wait(60)
        yield from steps(path)

    monkeypatch.setattr("reelview.loading.steps", slow)
    window = Window()
    qtbot.addWidget(window)
    window.open(market.path)
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    (cancel,) = window.centralWidget().buttons
    cancel.click()  # would never come back if it waited
    assert "Ctrl+O" in window.centralWidget().text()
    go_on.set()
    wait_for_left()
    qtbot.wait(1)
    assert window.session is None


def test_a_reel_that_was_open_before_is_a_click_away(market, qtbot, remembered):
    remembered.add_recent(market.path)
    window = Window(remembered)
    qtbot.addWidget(window)
    next(button for button in window.centralWidget().buttons if button.text() == "market.reel").click()
    qtbot.waitUntil(lambda: window.session is not None, timeout=60_000)
    window.close()


def test_an_event_is_found_by_keys_alone_and_back_undoes_it(window):
    timeline, session = window.timeline, window.session
    timeline.setFocus()
    QTest.keyClick(timeline, Qt.Key.Key_Down)
    first = timeline.current_line
    QTest.keyClick(timeline, Qt.Key.Key_Down)
    assert timeline.current_line > first
    QTest.keyClick(timeline, Qt.Key.Key_Period)
    event = session.selection.selected_event
    assert int(session.reel.lane[event]) in timeline.layout_.lines[timeline.current_line].lanes
    QTest.keyClick(timeline, Qt.Key.Key_Up)
    assert timeline.current_line == first
    QTest.keyClick(timeline, Qt.Key.Key_Period)
    assert int(session.reel.lane[session.selection.selected_event]) in timeline.layout_.lines[first].lanes
    QTest.keyClick(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert session.selection.selected_event == event
    QTest.keyClick(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert session.selection.selected_event is None


def test_a_run_is_played_and_stepped_from_a_panel_that_has_the_keys(window):
    window.session.go_to_event(2)
    page, cursor = page_of(window, "state"), window.session.cursor
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert window.session.playback.is_playing
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert not window.session.playback.is_playing
    before_ns = cursor.at_ns
    QTest.keyClick(page, Qt.Key.Key_Right)
    assert cursor.at_ns > before_ns


def test_the_selected_event_stands_out_in_every_panel_and_in_the_list_of_a_search(window, market):
    search = window.docks["search"].widget()
    search.query.setText("op:sysv.queue.send")
    event = int(search.found.rows[3])
    window.session.go_to_event(event)
    assert search.table.currentIndex().row() == 3
    window.session.go_to(int(market.end[event]) + 1)
    show(window, "state")
    marked = page_of(window, "state").html
    assert f'href="event:{event}"' not in marked or f'class="chosen" href="event:{event}"' in marked
    assert 'class="chosen"' in marked


def test_a_reel_that_cannot_be_read_is_said_in_the_window(tmp_path, qtbot):
    (tmp_path / "bad.reel").write_bytes(b"no reel at all")
    window = Window()
    qtbot.addWidget(window)
    window.open(tmp_path / "bad.reel")
    qtbot.waitUntil(lambda: window.is_in_trouble, timeout=20_000)
    assert "this is not a reel" in window.centralWidget().text()


def test_a_reel_that_is_dropped_is_opened(market, qtbot):
    window = Window()
    qtbot.addWidget(window)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(market.path))])
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    qtbot.waitUntil(lambda: window.session is not None, timeout=20_000)
    window.close()


def test_a_window_without_a_reel_says_what_to_do(qtbot):
    window = Window()
    qtbot.addWidget(window)
    assert "Ctrl+O" in window.centralWidget().text()


def test_panels_follow_the_cursor(window):
    ticks = window.session.lens.tick_ns
    window.session.go_to(int(ticks[3]))
    assert "Tick 2:" in show(window, "pricing")
    window.session.go_to(int(ticks[5]))
    assert "Tick 4:" in show(window, "pricing")
    assert "Processes and threads" in show(window, "state")


def test_a_page_is_shown_from_its_begin_however_it_is_written(window):
    window.session.answers.finish()
    for name in ("state", "synchronization", "run", "pricing"):
        show(window, name)
        page = page_of(window, name)
        assert page.textCursor().position() == 0
        page.resize(page.width() // 2, page.height())
        assert page.verticalScrollBar().value() == 0


def test_a_link_selects_its_event_in_every_panel(window):
    window.session.go_to(int(window.session.lens.tick_ns[3]))
    page = page_of(window, "pricing")
    event = int(re.search(r"event:(\d+)", window.session.lens.page(window.session.cursor.at_ns))[1])
    page._on_link(QUrl(f"event:{event}"))
    assert window.session.selection.selected_event == event
    assert window.timeline.selected_span is not None
    assert f"event {event}" in show(window, "inspector")


def test_the_chain_behind_a_price_stands_out_on_the_timeline(window):
    window.session.go_to(int(window.session.lens.tick_ns[4]))
    target = re.search(r"cone:\d+:\d+", window.session.lens.page(window.session.cursor.at_ns))[0]
    before = window.timeline.grab().toImage()
    window.session.follow(target)
    assert window.session.highlight.rows is not None
    assert window.timeline.grab().toImage() != before
    QTest.keyClick(window.timeline, Qt.Key.Key_Escape)
    assert window.session.highlight.rows is None


def test_c_shows_the_cone_of_the_selected_event_and_again_all_alike(window):
    event = int(window.session.reel.flows.cause[0])
    window.session.go_to_event(event)
    QTest.keyClick(window.timeline, Qt.Key.Key_C)
    assert event in window.session.highlight.rows
    QTest.keyClick(window.timeline, Qt.Key.Key_C)
    assert window.session.highlight.rows is None


def test_the_replay_command_is_copied(window, market):
    inspector = window.docks["inspector"].widget()
    assert isinstance(inspector, Inspector)
    assert not inspector.copy.isEnabled()
    window.session.go_to_event(30)
    inspector.copy.click()
    assert QGuiApplication.clipboard().text().startswith("ipcreel replay ")
    assert QGuiApplication.clipboard().text().endswith("--to 30")


def test_a_finding_leads_to_its_proof(deadlocked, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show_session(Session.of_reel(deadlocked), "deadlocked.reel")
    window.resize(1280, 720)
    window.show()
    number = next(n for n, finding in enumerate(deadlocked.findings) if finding.code == "deadlock")
    show(window, "findings")
    assert f"{len(deadlocked.findings)} finding" in window.bottom.found.text()
    assert "deadlock" in window.bottom.found.toolTip()
    window.show_panel("state")
    window.bottom.found.linkActivated.emit("findings")
    assert not page_of(window, "findings").visibleRegion().isEmpty()
    page_of(window, "findings")._on_link(QUrl(f"finding:{number}"))
    finding = deadlocked.findings[number]
    assert window.session.highlight.rows.tolist() == sorted(finding.events)
    assert window.session.selection.selected_event == finding.events[0]
    window.show_panel("state")
    panel = window.docks["state"].widget()
    assert isinstance(panel, StatePanel)
    panel.page.rewrite()
    assert panel.graph.isVisible()
    assert "Deadlock:" in panel.page.toPlainText()
    window.close()


def test_the_layout_is_remembered(market, qtbot, remembered):
    for expected in (True, False):
        window = Window(remembered)
        qtbot.addWidget(window)
        window.show_session(Session.of_reel(market), "market.reel")
        window.show()
        assert window.docks["findings"].isHidden() != expected
        window.docks["findings"].hide()
        window.close()


def test_a_mark_that_is_kept_is_there_when_the_reel_is_opened_again(market, tmp_path, qtbot, remembered):
    copy = tmp_path / "copy.reel"
    copy.write_bytes(market.path.read_bytes())
    from ipcreel.reel import open_reel

    for kept in (0, 1):
        window = Window(remembered)
        qtbot.addWidget(window)
        window.show_session(Session.of_reel(open_reel(copy)), "copy.reel")
        assert len(window.session.marks.all) == kept
        window.session.marks.mark(market.begin_ns + 5, market.begin_ns + 5, keep=True)
        assert path_of(copy).exists()
        window.close()


def test_a_page_that_says_something_else_has_nothing_chosen(window):
    page, ticks = page_of(window, "pricing"), window.session.data.tick_ns
    window.session.go_to(int(ticks[3]) + 1)
    page.rewrite()
    page.find("written at")
    page.rewrite()
    assert page.textCursor().selectedText() == "written at"
    window.session.go_to(int(ticks[0]))
    page.rewrite()
    assert page.textCursor().selectedText() == ""


def test_a_fault_of_the_viewer_is_said_in_the_window_and_is_no_traceback(window, capsys):
    tell_fault(window, ValueError, ValueError("no such lane"), None)
    assert "no such lane" in window.statusBar().currentMessage()
    assert capsys.readouterr().err == ""


def test_a_run_that_plays_looks_like_a_system_that_runs(window, qtbot, monkeypatch):
    session = window.session
    moments = count(step=80_000_000)  # as much a frame, however long a busy machine takes for one
    monkeypatch.setattr(session.playback, "_clock", lambda: next(moments))
    session.go_to(int(session.data.tick_ns[1]))
    session.view.show_around(*session.data.tick_ns[[1, 2]].tolist())
    window.show_panel("state")
    page, before = page_of(window, "state"), session.view.begin_ns
    seen: dict[str, set] = {"lights": set(), "dots": set(), "pages": set()}
    picture = timeline_picture(window)

    def look() -> None:
        at_ns, timeline = session.cursor.at_ns, window.timeline
        layout = timeline.layout_
        lines = Lines.of(layout, layout.shown(timeline.scroll_px, timeline.picture_area.height()))
        seen["lights"].add(tuple(lights(session.data.spans, lines, at_ns)))
        seen["dots"].update(under_way(session.data.flows.flows, at_ns)[0].tolist())
        seen["pages"].add(page.toPlainText())

    session.cursor.moved.connect(look)
    session.playback.set_speed(session.view.length_ns / 40 / 80_000_000)
    session.playback.play()
    qtbot.waitUntil(lambda: len(seen["pages"]) > 2 and session.view.begin_ns > before, timeout=120_000)
    session.playback.pause()
    assert min(len(found) for found in seen.values()) > 2
    assert timeline_picture(window) != picture


def timeline_picture(window: Window) -> QImage:
    return window.timeline.grab().toImage()


def test_the_reel_is_not_written_to(market, window):
    before = Path(market.path).stat().st_mtime_ns
    window.session.marks.mark(market.begin_ns, market.begin_ns, keep=True)
    assert Path(market.path).stat().st_mtime_ns == before
    assert not path_of(market.path).exists()
