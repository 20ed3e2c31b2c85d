"""What a person prefers, from one window to the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from reelview.raster.palette import DARK, LIGHT
from reelview.session import Session
from reelview.settings import Remembered
from reelview.theme import use_theme
from reelview.window import Window


@pytest.fixture
def remembered(tmp_path) -> Remembered:
    return Remembered(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def next_window(qtbot, market, remembered):
    def open_() -> Window:
        window = Window(remembered)
        qtbot.addWidget(window)
        window.show_session(Session.of_reel(market), "market.reel")
        window.show()
        return window

    yield open_
    use_theme("")


def entry(window: Window, text: str):
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    theme = next(action.menu() for action in view.actions() if action.text() == "&Theme")
    return next(action for action in (*view.actions(), *theme.actions()) if action.text().startswith(text))


def test_a_theme_is_chosen_and_remembered(next_window, remembered, qtbot):
    window = next_window()
    entry(window, "&Dark").trigger()
    qtbot.waitUntil(lambda: window.timeline.theme is DARK)
    entry(window, "&Light").trigger()
    qtbot.waitUntil(lambda: window.timeline.theme is LIGHT)
    entry(window, "&Dark").trigger()
    use_theme("")
    later = next_window()
    qtbot.waitUntil(lambda: later.timeline.theme is DARK)
    assert remembered.theme == "dark"


def test_as_the_system_is_what_it_was_before(next_window):
    before = QApplication.palette().color(QPalette.ColorRole.Window), QApplication.style().objectName()
    window = next_window()
    for choice in ("&Dark", "As the &system"):
        entry(window, choice).trigger()
    assert (QApplication.palette().color(QPalette.ColorRole.Window), QApplication.style().objectName()) == before


def test_the_mouse_of_tracy_is_chosen_and_remembered(next_window):
    window = next_window()
    assert not window.timeline.mouse.tracy
    entry(window, "&Mouse").trigger()
    assert window.timeline.mouse.tracy
    later = next_window()
    assert later.timeline.mouse.tracy
    assert entry(later, "&Mouse").isChecked()
