"""The whole window on reels that are not as one expects: every panel is written and drawn, and no warning is given."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from ipcreel.reel import Reel, open_reel
from reelview.panels.page_panel import PagePanel
from reelview.timeline.keys import ACTIONS
from reelview.window import Window
from tests.bench.synthetic_reel import write_reel
from tests.viewer.made import make_reel

LONG = "home-" + "0123456789" * 20
RIGHT_TO_LEFT = "בית-7 بيت"


def look(window: Window) -> dict[str, str]:
    """Shows every panel, in a small window and in a large one; what each says."""
    said = {}
    window.session.answers.finish()
    for size in ((640, 400), (1600, 900)):
        window.resize(*size)
        for name in window.docks:
            window.show_panel(name)
            for page in window.docks[name].widget().findChildren(PagePanel) or [window.docks[name].widget()]:
                if isinstance(page, PagePanel):
                    page.rewrite()
                    said[name] = page.toPlainText()
            assert not window.grab().isNull()
    return said


def press_all_keys(window: Window) -> None:
    """Everything that a key does, but what opens a dialog or a terminal."""
    for action in ACTIONS:
        if action.name not in ("find_lane", "commands", "note", "replay"):
            window.trigger(action.name)
            window.timeline.trigger(action.name)
    window.session.playback.pause()


def test_a_reel_of_no_event(tmp_path, opened):
    window = opened(make_reel(tmp_path / "empty.reel", ["idle"], []))
    said = look(window)
    press_all_keys(window)
    QTest.mouseClick(window.timeline, Qt.MouseButton.LeftButton, pos=window.timeline.rect().center())
    assert "0 events" in said["run"]
    assert "Nothing found" in said["findings"]
    assert window.session.selection.selected_event is None


def test_a_reel_of_no_process(tmp_path, opened):
    """The recorder was killed before the program had begun."""
    window = opened(make_reel(tmp_path / "empty.reel", [], []))
    look(window)
    press_all_keys(window)


@pytest.mark.parametrize("processes", [["idle"], []])
def test_a_reel_of_no_event_has_a_picture(tmp_path, processes):
    make_reel(tmp_path / "empty.reel", processes, [])
    command = [sys.executable, "-m", "ipcreel", "render", "empty.reel", "-o", "empty.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert QImage(str(tmp_path / "empty.png")).width() == 1600


def test_a_reel_of_one_event(tmp_path, opened):
    window = opened(make_reel(tmp_path / "one.reel", ["once"], [(0, 0, 5, "clock.monotonic.read")]))
    said = look(window)
    press_all_keys(window)
    QTest.keyClick(window.timeline, Qt.Key.Key_Home)
    window.session.selection.clear()
    window.session.cursor.move_to(window.session.data.zero_ns)
    QTest.keyClick(window.timeline, Qt.Key.Key_Period)
    assert window.session.selection.selected_event == 0
    assert "1 process, 1 thread, 1 event in" in said["run"]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory) -> Reel:
    path = tmp_path_factory.mktemp("crowd") / "crowd.reel"
    write_reel(path, 24_000, 1_000)
    return open_reel(path)


def test_a_thousand_lanes(crowd, opened):
    window = opened(crowd)
    said = look(window)
    press_all_keys(window)
    assert "and 940 lanes more" in said["state"]
    window.session.go_to_event(len(crowd) - 1000)
    line = int(window.timeline.layout_.line_of_lane[crowd.lane[len(crowd) - 1000]])
    assert line in window.timeline.layout_.shown(window.timeline.scroll_px, window.timeline.picture_area.height())


@pytest.mark.parametrize("name", [LONG, RIGHT_TO_LEFT, "two\nlines <b>&amp;</b>", ""])
def test_names_of_every_kind(tmp_path, opened, name):
    events = [
        (0, 0, 500, "sysv.queue.send"),
        (1, 100, 900, "sysv.queue.receive"),
        (1, 950, 990, "clock.monotonic.read"),
    ]
    window = opened(make_reel(tmp_path / "names.reel", ["market", name], events, [name]))
    said = look(window)
    press_all_keys(window)
    window.session.go_to_event(1)
    window.docks["inspector"].widget().page.rewrite()
    shown = window.docks["inspector"].widget().page.toPlainText()
    for words in name.split("\n"):
        assert words in said["state"]
        assert words in shown
    assert "<b>" not in said["state"].replace(name.partition("\n")[2], "")


def test_a_reel_that_was_cut_off_is_shown_as_far_as_it_goes_and_says_so(market, tmp_path, qtbot):
    whole = market.path.read_bytes()
    torn = tmp_path / "torn.reel"
    torn.write_bytes(whole[: len(whole) - 120_000])
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.open(torn)
    qtbot.waitUntil(lambda: window.session is not None and window.session.facts is not None, timeout=60_000)
    assert 0 < len(window.session.reel) < len(market)
    assert "not all of this run is here" in window.bottom.missing.text()
    window.bottom.missing.linkActivated.emit("run")
    assert "it was cut off" in look(window)["run"]
    window.close()


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_reel_with_holes_gives_an_error_or_a_window_and_never_a_traceback(market, tmp_path, qtbot, share):
    damaged = bytearray(market.path.read_bytes())
    at = int(len(damaged) * share)
    damaged[at : at + 2_000] = np.random.default_rng(7).integers(0, 256, 2_000, np.uint8).tobytes()
    (tmp_path / "holes.reel").write_bytes(damaged)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.open(tmp_path / "holes.reel")
    qtbot.waitUntil(lambda: window.session is not None or window.is_in_trouble, timeout=60_000)
    if window.session is None:
        assert "holes.reel" in window.centralWidget().text()
    else:
        look(window)
        press_all_keys(window)
    window.close()


@pytest.mark.parametrize("ratio", [1.25, 2.0])
def test_a_dense_screen_is_drawn_in_its_own_pixels(market, opened, ratio):
    window = opened(market)
    timeline = window.timeline
    plain = timeline.grab().toImage()
    timeline.devicePixelRatioF = lambda: ratio
    dense = QImage(plain.size() * ratio, QImage.Format.Format_RGB32)
    dense.setDevicePixelRatio(ratio)
    painter = QPainter(dense)
    timeline.render(painter, QPoint())
    painter.end()
    assert timeline._frames._picture._image.devicePixelRatio() == ratio
    assert timeline._frames._picture._image.width() == round(timeline.picture_area.width() * ratio)
    small = dense.scaled(plain.size(), mode=Qt.TransformationMode.SmoothTransformation)
    assert np.abs(pixels(small).astype(int) - pixels(plain)).mean() < 12
    timeline.set_arrows(False)


def pixels(image: QImage) -> np.ndarray:
    drawn = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(drawn.constBits(), np.uint8).reshape(drawn.height(), drawn.bytesPerLine())
    return lines[:, : drawn.width() * 4].copy()
