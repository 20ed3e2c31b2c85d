"""Every entry of every menu can be chosen, with a reel and without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMenu

from reelview.chooser import Chooser
from reelview.theme import use_theme
from reelview.window import Window


@pytest.fixture(autouse=True)
def a_person_who_answers(monkeypatch, tmp_path):
    """Names a new file to whoever asks for one, opens none, and types a note; there is no terminal to open."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _window, _title, name, _kinds: (str(tmp_path / name), "")
    )
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("why", True))
    monkeypatch.setenv("TERMINAL", "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    yield
    use_theme("")


def entries(window: Window) -> Iterator[tuple[str, QAction]]:
    """Each entry with the way to it; what is filled when it is shown is filled."""
    waiting: list[tuple[str, QMenu]] = [(action.text(), action.menu()) for action in window.menuBar().actions()]
    while waiting:
        way, menu = waiting.pop(0)
        menu.aboutToShow.emit()
        for action in menu.actions():
            here = f"{way}, {action.text()}".replace("&", "").partition("\t")[0]
            if action.menu() is not None:
                waiting.append((here, action.menu()))
            elif not action.isSeparator():
                yield here, action


def choose_all(window: Window) -> list[str]:
    """Chooses all entries that can be chosen, but for the one that ends it, and returns the ways to them."""
    chosen = []
    for way, action in list(entries(window)):
        if action.isEnabled() and not way.endswith("Quit"):
            action.trigger()
            QApplication.processEvents()
            for open_ in window.findChildren(Chooser):
                open_.close()
            chosen.append(way)
    return chosen


def test_every_entry_can_be_chosen_and_leaves_a_timeline_that_is_drawn(window, market, tmp_path):
    session = window.session
    session.answers.finish()
    session.selection.select_event(int(market.flows.effect[0]))
    chosen = choose_all(window)
    assert len(chosen) > 70
    assert window.session is session
    assert window.timeline.fault == ""
    assert "why" in [mark.note for mark in session.marks.all]
    written = {path.suffix for path in tmp_path.iterdir()}
    assert written == {".csv", ".png"}
    assert sum(path.suffix == ".csv" for path in tmp_path.iterdir()) == sum("as CSV" in way for way in chosen)


def test_every_entry_can_be_chosen_where_nothing_is_open(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show()
    assert len(choose_all(window)) > 40
    assert window.session is None


def test_quit_closes_the_window(window):
    window.show()
    next(action for way, action in entries(window) if way.endswith("Quit")).trigger()
    assert not window.isVisible()
