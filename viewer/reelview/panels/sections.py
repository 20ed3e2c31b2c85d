"""A page whose sections change one by one."""

from __future__ import annotations

import re

from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFrame,
    QTextFrameFormat,
)

from reelview.page import SEAM

_BEGIN = re.compile(f"(?=<h4>|{SEAM})")
_APART_PX = 9


def split(html: str) -> list[str]:
    """A page's sections, each with the heading that it begins with; those with a seam in two or more."""
    return [part for part in _BEGIN.split(html) if part]


class Sections:
    """Shows a page in a document section by section, each in a frame of its own.

    To set a whole page costs 10 ms, most of it the layout of tables; a section costs 1 or 2, and what did not change
    nothing. A page without headings is no more than its text.

    Args:
        document: its style is given by `style`, or else each section would read it again.
    """

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._frames: list[QTextFrame] = []
        self._shown: list[str] = []
        self._wanted: list[str] = []
        self._next = 0
        self._made = QTextDocument()
        document.setUndoRedoEnabled(False)

    def style(self, css: str) -> None:
        """Gives the page a style, and shows it anew."""
        self._document.setDefaultStyleSheet(css)
        self._made.setDefaultStyleSheet(css)
        self.forget()
        self.put_all()

    def want(self, html: str) -> None:
        """The page to be shown from here on; `put_next` shows it bit by bit."""
        self._wanted = split(html)

    @property
    def is_shown(self) -> bool:
        return self._shown == self._wanted and bool(self._frames) == (len(self._wanted) > 1)

    @property
    def html(self) -> str:
        """What is shown."""
        return "".join(self._shown)

    def forget(self) -> None:
        """The document is to be made anew, as when its style has changed."""
        self._shown, self._frames, self._next = [], [], 0
        self._document.clear()

    def put_all(self) -> None:
        """Shows all that is wanted."""
        while not self.is_shown:
            self.put_next()

    def put_next(self) -> None:
        """Shows the next section that is not as it is wanted."""
        is_plain = len(self._wanted) == 1
        if self._shown and (is_plain == bool(self._frames) or not self._wanted):
            self.forget()
        while len(self._shown) > len(self._wanted):
            self._remove_last()
        if len(self._shown) < len(self._wanted) and self._shown == self._wanted[: len(self._shown)]:
            self._shown.append("")
            if not is_plain:
                self._frames.append(self._frame_at_end())
        for number in (*range(self._next, len(self._shown)), *range(min(self._next, len(self._shown)))):
            if self._shown[number] != self._wanted[number]:
                self._put(number, self._wanted[number])
                self._next = number + 1
                return

    def _frame_at_end(self) -> QTextFrame:
        """An empty frame. The blocks that Qt leaves before and after one take no room."""
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.setBlockFormat(_no_height())
        frame = cursor.insertFrame(QTextFrameFormat())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.setBlockFormat(_no_height())
        return frame

    def _remove_last(self) -> None:
        frame = self._frames.pop()
        self._shown.pop()
        cursor = QTextCursor(self._document)
        cursor.setPosition(frame.firstPosition() - 1)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _put(self, number: int, html: str) -> None:
        self._shown[number] = html
        if not self._frames:
            self._document.setHtml(html)
            return
        made = self._made
        made.setHtml(html)
        frame = self._frames[number]
        cursor = frame.firstCursorPosition()
        cursor.beginEditBlock()
        self._set_margin(frame, _APART_PX if number and not html.startswith(SEAM) else 0)
        cursor.setPosition(frame.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.insertFragment(QTextDocumentFragment(made))
        frame.firstCursorPosition().setBlockFormat(made.firstBlock().blockFormat())
        if not made.lastBlock().text() and made.blockCount() > 1:
            frame.lastCursorPosition().setBlockFormat(_no_height())
        cursor.endEditBlock()

    def _set_margin(self, frame: QTextFrame, above_px: int) -> None:
        """What continues a section stands close under it."""
        if frame.frameFormat().topMargin() != above_px:
            format_ = frame.frameFormat()
            format_.setTopMargin(above_px)
            frame.setFrameFormat(format_)


def _no_height() -> QTextBlockFormat:
    thin = QTextBlockFormat()
    thin.setLineHeight(0.0, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    return thin
