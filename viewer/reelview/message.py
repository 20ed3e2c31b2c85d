"""What stands in the middle of a window that shows no reel."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

_BAR_PX = 240
_TEXT_PX = 240


class Message(QWidget):
    """A text, and under it buttons for what can be done now.

    Args:
        deeds: the text of each button, its tooltip, and what it does.
        busy: whether something goes on meanwhile: a bar says so.
    """

    def __init__(
        self, text: str, deeds: Iterable[tuple[str, str, Callable[[], object]]] = (), *, busy: bool = False
    ) -> None:
        super().__init__()
        self._label = QLabel(text)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        self._label.setMinimumWidth(_TEXT_PX)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch()
        layout.addWidget(self._label)
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
        return self._label.text()

    def say(self, text: str) -> None:
        self._label.setText(text)
