"""A label whose text changes all the time."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


class SteadyLabel(QLabel):
    """Grows with its text and does not shrink: what stands around it need not be laid out again with every text."""

    def show_text(self, text: str) -> None:
        self.setText(text)
        wanted = self.sizeHint()
        if wanted.width() > self.minimumWidth() or wanted.height() != self.minimumHeight():
            self.setFixedSize(max(wanted.width(), self.minimumWidth()), wanted.height())
