"""A label whose text changes all the time."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

_APART_MS = 50


class SteadyLabel(QLabel):
    """Shows the last of its texts, no oftener than a person reads.

    It grows with its text and does not shrink: what stands around it need not be laid out again with every text.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next: str | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_APART_MS)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    def show_text(self, text: str) -> None:
        """At once, or where another was shown just now, a moment later."""
        self._next = text
        if not self._timer.isActive():
            self._on_time()

    def _on_time(self) -> None:
        if self._next is None:
            return
        self.setText(self._next)
        self._next = None
        self._timer.start()
        wanted = self.sizeHint()
        if wanted.width() > self.minimumWidth() or wanted.height() != self.minimumHeight():
            self.setFixedSize(max(wanted.width(), self.minimumWidth()), wanted.height())
