"""A scroll bar that keeps its picture."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QScrollBar, QStyle, QStyleOptionSlider, QStylePainter, QWidget


class KeptScrollBar(QScrollBar):
    """Is painted with each frame of what it scrolls, and looks the same in nearly all of them.

    A style takes 2 ms to draw a bar as high as a screen: a fifth of a frame. Under the mouse it is drawn as ever.
    """

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse() or self.isSliderDown():
            super().paintEvent(event)
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        option.subControls = QStyle.SubControl.SC_All
        ratio = self.devicePixelRatioF()
        key = (
            QRect(option.rect), option.state, option.minimum, option.maximum, option.pageStep, option.sliderPosition,
            option.palette.cacheKey(), self.style().objectName(), ratio,
        )  # fmt: skip
        if key != self._key:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(option.palette.window().color())
            painter = QStylePainter(self._picture, self)
            painter.drawComplexControl(QStyle.ComplexControl.CC_ScrollBar, option)
            painter.end()
            self._key = key
        QPainter(self).drawPixmap(0, 0, self._picture)
