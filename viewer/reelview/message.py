"""What stands in the middle of a window that shows no reel."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

_BAR_PX = 240
_TEXT_PX = 240
_HEAD_SIZE = 1.3


class Message(QWidget):
    """A text, and under it buttons for what can be done now.

    Args:
        text: its first paragraph is written larger.
        deeds: the text of each button, its tooltip, and what it does.
        busy: whether something goes on meanwhile: a bar says so.
    """

    def __init__(
        self, text: str, deeds: Iterable[tuple[str, str, Callable[[], object]]] = (), *, busy: bool = False
    ) -> None:
        super().__init__()
        self._head, self._body = QLabel(), QLabel()
        font = self._head.font()
        font.setPointSizeF(font.pointSizeF() * _HEAD_SIZE)
        self._head.setFont(font)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch()
        for label in (self._head, self._body):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setMinimumWidth(_TEXT_PX)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(label)
        self.say(text)
        layout.addSpacing(8)
        if busy:
            bar = QProgressBar()
            bar.setRange(0, 0)
            bar.setTextVisible(False)
            bar.setFixedWidth(_BAR_PX)
            layout.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.buttons: list[QPushButton] = []
        for title, tip, deed in deeds:
            button = QPushButton(title.replace("&", "&&"))
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked, deed=deed: deed())
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self.buttons.append(button)
        layout.addStretch()

    def text(self) -> str:
        return "\n\n".join(filter(None, (self._head.text(), self._body.text())))

    def say(self, text: str) -> None:
        head, _, body = text.partition("\n\n")
        self._head.setText(head)
        self._body.setText(body)
        self._body.setVisible(bool(body))
