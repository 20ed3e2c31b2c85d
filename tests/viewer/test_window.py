"""The window: opening, panels in step, what is remembered."""

from __future__ import annotations

import csv
import re
import threading
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest

from reelview.app import tell_fault
from reelview.beside import wait_for_left
from reelview.loading import steps
from reelview.notes import path_of
from reelview.panels.event_list import EventList
from reelview.panels.inspector import Inspector
from reelview.panels.page_panel import PagePanel
from reelview.panels.search import Search
from reelview.panels.state_panel import StatePanel
from reelview.query import CONDITIONS
from reelview.raster.palette import DARK, LIGHT
from reelview.session import Session
from reelview.settings import Remembered
from reelview.theme import use_theme
from reelview.timeline.pulse import Lines, lights, under_way
from reelview.window import Window


@pytest.fixture
def remembered(tmp_path) -> Remembered:
    return Remembered(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(market, opened) -> Window:
    return opened(market)


def page_of(window: Window, name: str) -> PagePanel:
    widget = window.docks[name].widget()
    return widget if isinstance(widget, PagePanel) else widget.findChild(PagePanel)


def show(window: Window, name: str) -> str:
    window.show_panel(name)
    page = page_of(window, name)
    window.session.answers.finish()
    page.rewrite()
    return page.toPlainText()


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


def test_help_and_commands_need_no_reel(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show()
    QTest.keyClick(window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert "Who waited for whom here?" in window.docks["help"].widget().toPlainText()
    assert {name for name, tool in window._tools.items() if tool.isEnabled()} == {"commands", "help"}
    assert window.choose_command().list.count() > 1
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


def test_search_goes_from_one_event_to_the_next_and_round(window, market):
    window.trigger("search")
    search = window.docks["search"].widget()
    assert isinstance(search, Search)
    search.query.setText("op:signal.kill")
    kills = market.events.rows("signal.kill").tolist()
    seen = []
    for _ in range(len(kills) + 1):
        QTest.keyClick(search.query, Qt.Key.Key_Return)
        seen.append(window.session.selection.selected_event)
        assert not search.visibleRegion().isEmpty(), "it stays in front, to go on with"
    assert seen == [*kills, kills[0]]
    QTest.keyClick(search.query, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert window.session.selection.selected_event == kills[-1]


def test_a_search_can_leave_all_else_out_of_the_timeline(window):
    search = window.docks["search"].widget()
    whole = len(window.timeline.data.spans)
    search.query.setText("payload:offer")
    search.only.setChecked(True)
    assert 0 < len(window.timeline.data.spans) == search.found.rowCount() < whole
    window.timeline.grab()
    search.query.setText("")
    assert len(window.timeline.data.spans) == whole


def test_a_search_that_means_nothing_says_why(window):
    search = window.docks["search"].widget()
    search.query.setText("colour:red")
    assert "there is no such condition" in search.said.text()


def test_what_can_be_searched_for_is_shown_and_tried_with_a_click(window):
    window.show_panel("search")
    search = window.findChild(Search)
    assert search.help.isVisible()
    assert not search.table.isVisible()
    for number, (example, _) in enumerate(CONDITIONS):
        search.help.anchorClicked.emit(QUrl(f"try:{number}"))
        assert search.query.text() == example
        assert "no such" not in search.said.text()
    assert search.table.isVisible()
    search.query.setText("what nobody said")
    assert "Nothing found" in search.said.text()


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


def test_the_command_palette_does_what_is_chosen(window):
    chooser = window.choose_command()
    chooser.typed.setText("step a tick")
    before = window.session.cursor.at_ns
    chooser.choose()
    assert window.session.cursor.at_ns > before


def test_a_panel_that_is_chosen_by_its_name_has_the_keys(window, qtbot):
    chooser = window.choose_command()
    chooser.typed.setText("panel: findings")
    chooser.choose()
    qtbot.waitUntil(page_of(window, "findings").hasFocus)


def test_the_command_palette_says_that_nothing_is_called_so(window):
    chooser = window.choose_command()
    chooser.typed.setText("qqqq")
    chooser.choose()
    assert "Nothing has these letters" in chooser.list.item(0).text()
    assert chooser.result() == 0


def test_the_command_palette_has_what_a_person_prefers(window, qtbot):
    for theme in (DARK, LIGHT):
        chooser = window.choose_command()
        chooser.typed.setText(theme.name)
        assert chooser.list.currentItem().text() == f"Theme: {theme.name}"
        chooser.choose()
        qtbot.waitUntil(lambda theme=theme: window.timeline.theme is theme)
        assert window.preferences[f"Theme: {theme.name}"].isChecked()
    use_theme("")


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


def test_what_is_chosen_is_seen_unless_a_person_searches_there(window, market, qtbot):
    event, search = page_of(window, "inspector"), window.docks["search"].widget()
    for typed, is_seen in (("op:recv", False), ("", True)):
        window.show_panel("search")
        search.query.setText(typed)
        qtbot.waitUntil(lambda: event.visibleRegion().isEmpty())
        window.session.go_to_event(int(market.flows.cause[7 + is_seen]))
        qtbot.waitUntil(lambda is_seen=is_seen: event.visibleRegion().isEmpty() is not is_seen)
        window.session.selection.clear()


def test_a_lane_is_found_by_its_name(window):
    chooser = window.choose_lane()
    chooser.typed.setText("home-3")
    chooser.choose()
    assert window.timeline.layout_.lines[window.timeline.current_line].name.startswith("home-3")


def test_the_data_of_every_panel_is_exported_as_csv(window, market, tmp_path):
    window.session.answers.finish()
    window.session.go_to_event(int(market.flows.effect[5]))
    window.docks["search"].widget().query.setText("op:signal.kill")
    written = {}
    for name in window.exporting.data:
        window.exporting.write_data(name, tmp_path / f"{name}.csv")
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            written[name] = list(csv.DictReader(file))
    shown_by = {"inspector": "event", "synchronization": "critical path"}
    assert {shown_by.get(name, name) for name in window.docks} <= set(written)
    assert len(written["pricing"]) == 8
    assert {row["lane"] for row in written["state"]} == {market.lane_name(lane) for lane in range(len(market.lanes))}
    assert float(written["critical path"][-1]["to_s"]) == pytest.approx((market.end_ns - market.begin_ns) / 1e9)
    assert len(written["findings"]) == len(market.findings)
    assert {row["field"]: row["value"] for row in written["event"]}["caused by"] == str(market.flows.cause[5])
    assert len(written["events"]) == len(market)
    assert [int(row["event"]) for row in written["search"]] == market.events.rows("signal.kill").tolist()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_window_and_every_panel_are_exported_as_pictures(window, tmp_path, suffix):
    for name in window.exporting.pictures:
        path = tmp_path / f"{name}.{suffix}"
        window.exporting.draw(name, path)
        assert path.stat().st_size > 500, name
        if suffix == "svg":
            ElementTree.parse(path)
        else:
            assert QImage(str(path)).size() == window.exporting.widget(name).size()


def test_a_file_that_cannot_be_written_is_said_in_the_window(window, tmp_path):
    window.exporting.write_data("pricing", tmp_path / "no" / "prices.csv")
    assert "cannot be written" in window.statusBar().currentMessage()
    for suffix in ("png", "svg"):
        window.exporting.draw("window", tmp_path / "no" / f"window.{suffix}")
        assert "cannot be written" in window.statusBar().currentMessage()


def test_every_panel_is_drawn_in_small_and_large_windows(window):
    for size in ((640, 400), (1920, 1080)):
        window.resize(*size)
        for name in window.docks:
            window.show_panel(name)
            assert not window.grab().isNull()


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


def test_help_is_shown_on_a_question_mark(window):
    window.trigger("help")
    assert "Who waited for whom here?" in page_of(window, "help").toPlainText()


def test_the_list_of_events_is_a_sound_model(market, qtmodeltester):
    model = EventList(market)
    model.show_rows(np.arange(20))
    qtmodeltester.check(model)


def test_the_reel_is_not_written_to(market, window):
    before = Path(market.path).stat().st_mtime_ns
    window.session.marks.mark(market.begin_ns, market.begin_ns, keep=True)
    assert Path(market.path).stat().st_mtime_ns == before
    assert not path_of(market.path).exists()
