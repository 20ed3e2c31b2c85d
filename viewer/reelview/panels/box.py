"""A box to tick whose frame is seen on dark as well."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton


class Box(QCheckBox):
    """Fusion draws a frame that is darker than what the box stands on, which on dark is nothing."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        frame = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter = QPainter(self)
        painter.setPen(self.palette().color(group, QPalette.ColorRole.PlaceholderText))
        painter.drawRect(frame.adjusted(0, 0, -1, -1))
        painter.end()
