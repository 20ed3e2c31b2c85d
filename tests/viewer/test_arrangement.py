"""Where panels stand in the window, and what of that is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QTabBar

from ipcreel.reel import Reel
from reelview.arrangement import shares
from reelview.session import Session
from reelview.settings import Remembered
from reelview.window import Window


@pytest.fixture
def next_window(qtbot, tmp_path):
    """Opens one window after another, each when the last was closed; a reel is shown when the window is seen."""
    windows: list[Window] = []

    def close() -> None:
        if windows:
            windows.pop().close()

    def open_(reel: Reel | None) -> Window:
        close()
        window = Window(Remembered(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)))
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        if reel is not None:
            window.show_session(Session.of_reel(reel), reel.path.name)
            qtbot.waitUntil(lambda: window.timeline.isVisible() and not window.docks["inspector"].isHidden())
            settle(qtbot)
        return window

    yield open_
    close()


def settle(qtbot) -> None:
    """What Qt has been asked for is laid out."""
    done: list[bool] = []

    QTimer.singleShot(0, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))


def tabs(window: Window) -> list[list[str]]:
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return sorted(sorted(bar.tabText(number) for number in range(bar.count())) for bar in bars)


def wide_px(window: Window) -> int:
    """How wide the panels are."""
    return window.docks["inspector"].width()


USUAL = [["Event", "Search"], ["Findings", "Pricing", "Run", "State", "Synchronization"]]


def test_a_window_that_showed_no_reel_says_nothing_of_where_panels_stand(market, next_window, qtbot):
    next_window(None)
    window = next_window(market)
    qtbot.waitUntil(lambda: tabs(window) == USUAL)


def test_the_timeline_has_its_room_in_the_first_window_and_in_the_next(market, next_window):
    first = wide_px(next_window(market))
    assert first == wide_px(next_window(market)) == wide_px(next_window(market)) < 480


def test_a_panel_that_the_last_window_did_not_have_stands_behind_the_others(
    market, reel_without_market, next_window, qtbot
):
    next_window(reel_without_market)
    window = next_window(market)
    qtbot.waitUntil(lambda: tabs(window) == USUAL)


def test_a_second_reel_leaves_the_panels_as_wide_as_they_were(market, next_window, qtbot):
    window = next_window(market)
    before = wide_px(window)
    window.comparing.show(Session.of_reel(market))
    settle(qtbot)
    assert wide_px(window) == before
    window.comparing.stop()
    settle(qtbot)
    assert wide_px(window) == before


def test_panels_are_put_back_as_they_were_at_first(market, next_window, qtbot):
    window = next_window(market)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["state"])
    window.docks["findings"].hide()
    entries = {action.text(): action for action in _panels_menu(window)}
    entries["&As at first"].trigger()
    qtbot.waitUntil(lambda: tabs(window) == USUAL)


def test_help_stands_among_the_panels(market, next_window, qtbot):
    window = next_window(market)
    before = wide_px(window)
    window.trigger("help")
    settle(qtbot)
    assert "Help" in tabs(window)[1]
    assert wide_px(window) == before


def test_the_tabs_of_all_panels_of_two_reels_can_be_read(market, next_window, qtbot):
    window = next_window(market)
    window.resize(1280, 720)
    window.comparing.show(Session.of_reel(market))
    window.trigger("help")
    settle(qtbot)
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    assert {"Compare", "Help"} < {title for titles in tabs(window) for title in titles}
    for bar in bars:
        for number in range(bar.count()):
            assert bar.tabRect(number).width() > bar.fontMetrics().horizontalAdvance(bar.tabText(number)) + 12


def _panels_menu(window: Window) -> list:
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "P&anels")
    menu.aboutToShow.emit()
    return menu.actions()


@pytest.mark.parametrize(
    ("wanted", "room", "given"),
    [
        ([100, 500], 900, [100, 500]),
        ([100, 5_000], 900, [100, 800]),
        ([700, 50, 900], 650, [300, 50, 300]),
        ([], 9, []),
    ],
)
def test_panels_share_the_height_by_what_stands_in_them(wanted, room, given):
    assert shares(wanted, room) == given
