"""Commands and lanes are chosen by typing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reelview.raster.palette import DARK, LIGHT
from reelview.theme import use_theme
from reelview.window import Window
from tests.viewer.panels import page_of


def test_help_and_commands_need_no_reel(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show()
    QTest.keyClick(window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert "Who waited for whom here?" in window.docks["help"].widget().toPlainText()
    assert {name for name, tool in window._tools.items() if tool.isEnabled()} == {"commands", "help"}
    assert window.choose_command().list.count() > 1
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


def test_a_lane_is_found_by_its_name(window):
    chooser = window.choose_lane()
    chooser.typed.setText("home-3")
    chooser.choose()
    assert window.timeline.layout_.lines[window.timeline.current_line].name.startswith("home-3")


def test_help_is_shown_on_a_question_mark(window):
    window.trigger("help")
    assert "Who waited for whom here?" in page_of(window, "help").toPlainText()
