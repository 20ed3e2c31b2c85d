"""The viewer in a process of its own, which answers what it is asked about its window, line by line.

    python driven.py REEL [SETTINGS]

A line is an expression, or `do` and statements; `window` is the viewer's. Answers are JSON, a line each.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSettings, QSocketNotifier, qInstallMessageHandler
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from reelview.beside import collect_between_events
from reelview.chooser import Chooser
from reelview.panels.page_panel import PagePanel
from reelview.settings import Remembered
from reelview.window import Window

WARNINGS: list[str] = []


class Places:
    """Where on the screen a person would click."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def page(self, name: str) -> PagePanel:
        widget = self._window.docks[name].widget()
        return widget if isinstance(widget, PagePanel) else widget.findChild(PagePanel)

    def tab(self, name: str) -> list[int] | None:
        """The tab of a panel; None where it has none, because it stands alone."""
        title = self._window.docks[name].windowTitle()
        for bar in self._window.findChildren(QTabBar):
            for number in range(bar.count()):
                if bar.isVisible() and bar.tabText(number) == title:
                    return _on_screen(bar, bar.tabRect(number).center())
        return None

    def link(self, name: str, words: str, kind: str = "") -> list[object] | None:
        """The first link of a panel whose text has some words, scrolled into view, and where it leads.

        None where it is not there, or the panel is about to be written anew, and the link to be elsewhere.
        """
        page = self.page(name)
        if page.is_old:
            return None
        cursor = QTextCursor(page.document())
        while not cursor.atEnd():
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            target = cursor.charFormat().anchorHref()
            line = cursor.block().text()
            if target.startswith(kind) and target and words in _anchor_text(cursor, line):
                page.setTextCursor(cursor)
                page.ensureCursorVisible()
                return [*_on_screen(page.viewport(), page.cursorRect(cursor).center() - QPoint(2, 0)), target]
        return None

    def event(self, event: int) -> list[int]:
        """The middle of an event's span in the timeline, as far as it is seen."""
        timeline, spans = self._window.timeline, self._window.session.data.spans
        span, window, area = timeline.data.span_of_event(event), timeline.range_window, timeline.picture_area
        line = int(timeline.layout_.line_of_lane[spans.row_lane[spans.row_of(span)]])
        ends = (max(window.x_px(int(spans.begin_ns[span])), 0), min(window.x_px(int(spans.end_ns[span])), area.width()))
        y = timeline.layout_.middle_px(line, timeline.data.depth_of(event), timeline.scroll_px)
        return _on_screen(timeline, QPoint(round(area.left() + sum(ends) / 2), round(area.top() + y)))


def _anchor_text(cursor: QTextCursor, line: str) -> str:
    """The text of the link that the character before a cursor is in."""
    target, other = cursor.charFormat().anchorHref(), QTextCursor(cursor)
    until = cursor.positionInBlock()
    while until < len(line):
        other.movePosition(QTextCursor.MoveOperation.NextCharacter)
        if other.charFormat().anchorHref() != target:
            break
        until += 1
    return line[cursor.positionInBlock() - 1 : until]


def _on_screen(widget: QWidget, at: QPoint) -> list[int]:
    place = widget.mapToGlobal(at)
    return [place.x(), place.y()]


def answer(line: str, names: dict[str, Any]) -> Any:
    try:
        if line.startswith("do "):
            exec(line.removeprefix("do "), names)
            return None
        return eval(line, names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main() -> None:
    qInstallMessageHandler(lambda _kind, _context, text: WARNINGS.append(text))
    app = QApplication(["ipcreel"])
    collect_between_events()  # as the application does
    window = Window(Remembered(QSettings(sys.argv[2], QSettings.Format.IniFormat)))
    names = {"window": window, "app": app, "Chooser": Chooser, "Path": Path, "warnings": WARNINGS}
    names["places"] = Places(window)
    left = b""

    def on_words() -> None:
        nonlocal left
        data = os.read(0, 1 << 16)
        if not data:
            app.quit()
        *lines, left = (left + data).split(b"\n")
        for line in lines:
            print(json.dumps(answer(line.decode(), names), default=str), flush=True)

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(on_words)
    window.show()
    window.open(Path(sys.argv[1]))
    app.exec()
    window.close()


main()
