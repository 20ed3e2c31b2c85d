"""A recording in progress is shown as it grows."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ipcreel.tape.layout import newest_tapes
from reelview.growth import Growth
from reelview.live_view import LiveView
from reelview.loading import Opened, work_out
from reelview.panels.curve_view import CurveView
from reelview.session import FINDINGS, Session
from reelview.window import Window

PROGRAM = """
import multiprocessing, sys
def work(inbox, outbox):
    for word in iter(inbox.get, "stop"):
        outbox.put(word * 2)
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    inbox, outbox, workers = multiprocessing.Queue(), multiprocessing.Queue(), []
    for line in sys.stdin:
        if line.strip() == "worker":
            workers.append(multiprocessing.Process(target=work, args=(inbox, outbox), name=f"worker-{len(workers)}"))
            workers[-1].start()
            print("started", flush=True)
        else:
            inbox.put(line.strip())
            print(outbox.get(), flush=True)
    for worker in workers:
        inbox.put("stop")
    for worker in workers:
        worker.join()
"""


class Recorded:
    """A program that does what it is told, line by line, while it is recorded."""

    def __init__(self, folder: Path) -> None:
        (folder / "words.py").write_text(PROGRAM)
        self.output = folder / "words.reel"
        words = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", self.output, "--", sys.executable, "words.py"]
        self.process = subprocess.Popen(words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.say("worker")

    def say(self, word: str) -> str:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def recorded(tmp_path):
    made = Recorded(tmp_path)
    yield made
    made.end()


@pytest.fixture
def window(recorded, qtbot):
    made = Window()
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.follow(recorded.output)
    qtbot.waitUntil(lambda: made.session is not None and len(made.session.reel.processes) == 2, timeout=30_000)
    yield made
    made.close()


def names(window: Window) -> list[str]:
    return [line.name.split(" ")[0] for line in window.timeline.layout_.lines]


def wait_for_growth(window: Window, qtbot, by: int = 1) -> None:
    before = len(window.session.reel)
    qtbot.waitUntil(lambda: len(window.session.reel) >= before + by, timeout=30_000)


def test_the_timeline_grows_with_the_program_and_ends_as_its_reel(recorded, window, qtbot):
    recorded.say("ab")
    wait_for_growth(window, qtbot, 4)
    recorded.say("worker")
    qtbot.waitUntil(lambda: any(name.startswith("worker-1") for name in names(window)), timeout=30_000)
    assert "live" in window.windowTitle()
    recorded.end()
    qtbot.waitUntil(lambda: window.windowTitle() == "words.reel — ipcreel", timeout=30_000)
    assert window.session.reel.path == recorded.output
    assert len(window.timeline.data.spans) == len(window.session.reel)
    assert window.session.raster.spans is window.timeline.data.spans
    assert not window.is_in_trouble
    qtbot.waitUntil(lambda: window.session.answers.is_whole, timeout=30_000)
    assert not window.bottom.found.text()


def test_what_is_only_not_done_yet_is_no_finding_at_the_bottom(recorded, window, qtbot, monkeypatch):
    monkeypatch.setattr(Session, "findings", ("deadlock",))
    window.tell(FINDINGS)
    assert not window.bottom.found.text()
    recorded.end()
    qtbot.waitUntil(lambda: "1 finding" in window.bottom.found.text(), timeout=30_000)


def test_the_end_is_followed_until_a_person_scrolls_away_and_again_when_asked(recorded, window, qtbot):
    view = window.session.view
    window.session.view.show(view.end_ns - view.length_ns // 3, view.end_ns)
    length_ns = view.length_ns
    recorded.say("ab")
    wait_for_growth(window, qtbot)
    assert view.is_at_end
    assert view.length_ns == length_ns
    view.pan(-length_ns)
    seen = view.begin_ns, view.end_ns
    recorded.say("cd")
    wait_for_growth(window, qtbot)
    assert (view.begin_ns, view.end_ns) == seen
    assert not view.is_at_end
    QTest.keyClick(window.timeline, Qt.Key.Key_End)
    assert view.is_at_end
    assert window.session.cursor.at_ns == window.session.data.spans.last_ns


def test_what_a_person_chose_means_the_same_events_as_the_run_grows(recorded, window, qtbot):
    session = window.session
    chosen = len(session.reel) // 2
    session.go_to_event(chosen)
    QTest.keyClick(window.timeline, Qt.Key.Key_C)
    lane = session.data.tracks[1].lanes[0]
    session.order.pin(lane)
    key = [int(column[chosen]) for column in (session.reel.begin, session.reel.op)]
    stood_out = sorted(session.reel.begin[session.highlight.rows].tolist())
    recorded.say("worker")
    recorded.say("ab")
    wait_for_growth(window, qtbot, 6)
    now = window.session
    assert now is not session
    event = now.selection.selected_event
    assert [int(now.reel.begin[event]), int(now.reel.op[event])] == key
    assert sorted(now.reel.begin[now.highlight.rows].tolist()) == stood_out
    assert window.timeline.data.spans.event[window.timeline.selected_span] == event
    assert now.reel.lane_name(now.order.pinned[0]) == "worker-0"


def test_a_drag_goes_on_while_the_run_grows(recorded, window, qtbot):
    timeline = window.timeline
    area = timeline.picture_area
    send(timeline, QEvent.Type.MouseButtonPress, QPointF(area.left() + 100, area.top() + 5))
    recorded.say("ab")
    wait_for_growth(window, qtbot)
    send(timeline, QEvent.Type.MouseMove, QPointF(area.left() + 300, area.top() + 5))
    send(timeline, QEvent.Type.MouseButtonRelease, QPointF(area.left() + 300, area.top() + 5))
    assert window.session.selection.range_ns is not None


def send(timeline, kind: QEvent.Type, at: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, timeline.mapToGlobal(at), left, left, Qt.KeyboardModifier.AltModifier)
    QApplication.sendEvent(timeline, event)


def test_panels_show_the_longer_run_and_keep_what_was_typed(recorded, window, qtbot):
    window.trigger("search")
    QTest.keyClicks(window.docks["search"].widget().query, "op:mp.queue.put")
    found = window.docks["search"].widget().found.rowCount()
    recorded.say("ab")
    qtbot.waitUntil(lambda: window.docks["search"].widget().found.rowCount() == found + 2, timeout=30_000)
    search = window.docks["search"].widget()
    assert search.query.text() == "op:mp.queue.put"
    assert search.query.hasFocus()


def test_panels_that_are_gone_are_destroyed_by_the_user_interface(recorded, window, qtbot):
    collected: list[int] = []
    gc.callbacks.append(lambda phase, _: collected.append(threading.get_ident()))
    for word in ("ab", "cd", "ef"):
        panel = weakref.ref(window.docks["state"].widget())
        recorded.say(word)
        wait_for_growth(window, qtbot)
        qtbot.waitUntil(lambda panel=panel: panel() is None, timeout=30_000)
    gc.callbacks.pop()
    assert set(collected) == {threading.get_ident()}


def test_closing_the_window_ends_nothing(recorded, window):
    window.close()
    assert recorded.say("ab") == "abab"
    recorded.end()
    assert recorded.process.returncode == 0
    assert recorded.output.is_file()


def test_a_recorder_that_is_killed_leaves_what_was_seen_and_says_what_to_do(recorded, window, qtbot):
    tapes = newest_tapes(recorded.output)
    recorded.process.send_signal(signal.SIGKILL)
    recorded.process.stdin.close()
    qtbot.waitUntil(lambda: "ipcreel recover" in window.statusBar().currentMessage(), timeout=30_000)
    assert window.session is not None
    assert str(tapes) in window.statusBar().currentMessage()


@pytest.fixture
def shown(tmp_path):
    (tmp_path / "words.py").write_text(PROGRAM)
    words = [sys.executable, "-m", "ipcreel", "view", "--live", "--", sys.executable, "words.py"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as made:
        yield made
        made.kill()


def test_a_program_is_recorded_and_shown_by_one_command_and_ctrl_c_is_the_programs_until_it_ends(shown, tmp_path):
    shown.stdin.write("worker\nab\n")
    shown.stdin.flush()
    assert [shown.stdout.readline().strip() for _ in range(2)] == ["started", "abab"]
    shown.send_signal(signal.SIGINT)
    shown.stdin.write("cd\n")
    shown.stdin.close()
    assert shown.stdout.readline().strip() == "cdcd"
    deadline = time.monotonic() + 60
    while not (tmp_path / "words.reel").exists() or newest_tapes(tmp_path / "words.reel"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    while shown.poll() is None and time.monotonic() < deadline:
        os.kill(shown.pid, signal.SIGINT)
        time.sleep(0.05)
    assert shown.returncode == 0
    assert "QThread" not in shown.stderr.read()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--live", "none.reel"), "nothing is being recorded there"),
        (("--live",), "what is to be shown?"),
        (("--", "true"), "with --live"),
        (("--live", "a.reel", "--", "true"), "either a recording in progress or a program"),
        (("-o", "a.reel"), "where the reel of a program goes"),
        (("--live", "--", "no-such-program"), "no such program"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(words, said, tmp_path):
    command = [sys.executable, "-m", "ipcreel", "view", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_lens_that_knows_the_run_only_later_brings_its_panel_and_its_curves(market, qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    opened = next(step for step in work_out(market) if isinstance(step, Opened))
    live = LiveView(window, market.path)
    ticks = opened.data.tick_ns
    first = replace(opened, lens=None, data=replace(opened.data, tick_ns=ticks[:2]))
    live._on_grown(Growth(first, np.zeros(0, np.int64)))
    assert "pricing" not in window.docks
    qtbot.waitUntil(lambda: window._moment.text().endswith("tick 1"))
    live._on_grown(Growth(opened, np.arange(len(market))))
    qtbot.waitUntil(lambda: window._moment.text().endswith(f"tick {len(ticks) - 1}"))
    curves = window.findChild(CurveView)
    qtbot.waitUntil(lambda: curves.isVisible() and curves.height() > 100, timeout=20_000)
    assert "pricing" in window.docks
    live.stop()
    window.close()


@pytest.mark.parametrize(("display", "said"), [(None, "there is no display here"), (":4711", "display :4711 does not")])
def test_without_a_display_one_line_says_what_needs_none(display, said, tmp_path):
    chosen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    if display:
        environment["DISPLAY"] = display
    command = [sys.executable, "-m", "ipcreel", "view", "--live", "--", "touch", "begun"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "ipcreel render" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "begun").exists()
