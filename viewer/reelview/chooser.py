"""A list to choose from by typing: commands, lanes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

_MOST = 200
_APART_PX = 24
_HINT = Qt.ItemDataRole.UserRole.value + 1
_ROLES = QPalette.ColorRole


def match_rank(text: str, typed: str) -> int | None:
    """How well a text meets what was typed: 0 best; None where it does not have all its letters, in order."""
    text, typed = text.lower(), typed.lower().strip()
    if not typed:
        return 3
    if text.startswith(typed):
        return 0
    if any(word.startswith(typed) for word in text.split()):
        return 1
    if typed in text:
        return 2
    letters = iter(text)
    return 4 if all(letter in letters for letter in typed if letter != " ") else None


class _Entry(QStyledItemDelegate):
    """A text, shortened where it has no room, and its hint at the right."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        drawn = cast(Any, option)  # the stubs lack the fields
        room = drawn.rect.width() - drawn.fontMetrics.horizontalAdvance(str(index.data(_HINT) or "")) - _APART_PX
        drawn.text = drawn.fontMetrics.elidedText(drawn.text, Qt.TextElideMode.ElideMiddle, room)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        drawn = cast(Any, option)
        chosen = bool(drawn.state & QStyle.StateFlag.State_Selected)
        painter.setPen(drawn.palette.color(_ROLES.HighlightedText if chosen else _ROLES.PlaceholderText))
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(drawn.rect.adjusted(0, 0, -6, 0), where, str(index.data(_HINT) or ""))


class Chooser(QDialog):
    """Entries are a text, what stands at its right, and what is done with it."""

    def __init__(
        self, title: str, entries: Sequence[tuple[str, str, Callable[[], object]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._entries = entries
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(title)
        self.list = QListWidget()
        self.list.setItemDelegate(_Entry(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.typed)
        layout.addWidget(self.list)
        self.resize(460, 380)
        self.typed.textChanged.connect(self._fill)
        self.typed.returnPressed.connect(self.choose)
        self.list.itemClicked.connect(lambda _item: self.choose())
        self.typed.installEventFilter(self)
        self._fill("")

    def choose(self) -> None:
        """Does the entry that is chosen, once the list is gone."""
        item = self.list.currentItem()
        if item is None or item.data(Qt.ItemDataRole.UserRole) is None:
            return
        self.accept()
        self._entries[int(item.data(Qt.ItemDataRole.UserRole))][2]()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Down.value: 1, Qt.Key.Key_Up.value: -1}.get(event.key())
            if by:
                self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        self.list.clear()
        ranked = [(match_rank(text, typed), number) for number, (text, _, _) in enumerate(self._entries)]
        for _, number in sorted((rank, number) for rank, number in ranked if rank is not None)[:_MOST]:
            text, hint, _ = self._entries[number]
            item = QListWidgetItem(text)
            item.setToolTip(text)
            item.setData(Qt.ItemDataRole.UserRole, number)
            item.setData(_HINT, hint)
            self.list.addItem(item)
        if not self.list.count():
            nothing = QListWidgetItem("Nothing has these letters in this order.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(0)
