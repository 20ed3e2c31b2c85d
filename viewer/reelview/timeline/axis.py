"""The two axes: time, and ticks of the recorded simulation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.ticks import Axis, tick_axis

TIME_PX = 22
TICK_PX = 16


def paint_axes(
    painter: QPainter, area: QRect, window: Window, axis: Axis, tick_ns: NDArray[np.int64], theme: Theme
) -> None:
    """Draws the time axis over the picture, and under it the ticks, where there are any."""
    painter.fillRect(area, QColor(theme.header))
    painter.setClipRect(area)
    painter.setPen(QColor(theme.text))
    metrics = painter.fontMetrics()
    first_free = area.left()
    if axis.anchor:
        text = f"{axis.anchor} "
        painter.drawText(area.left() + 4, area.top() + metrics.ascent() + 3, text)
        first_free += metrics.horizontalAdvance(text) + 10
    for at_ns, label in zip(axis.at_ns, axis.labels, strict=True):
        x = area.left() + int(window.x_px(at_ns))
        painter.setPen(QColor(theme.faint_text))
        painter.drawLine(x, area.top() + TIME_PX - 5, x, area.top() + TIME_PX - 1)
        width = metrics.horizontalAdvance(label)
        left = x - width // 2
        if left >= first_free and left + width <= area.right():
            painter.setPen(QColor(theme.text))
            painter.drawText(left, area.top() + metrics.ascent() + 1, label)
    if len(tick_ns):
        _paint_ticks(painter, QRect(area.left(), area.top() + TIME_PX, area.width(), TICK_PX), window, tick_ns, theme)
    painter.setClipping(False)
    painter.setPen(QColor(theme.line))
    painter.drawLine(area.bottomLeft(), area.bottomRight())


def _paint_ticks(painter: QPainter, area: QRect, window: Window, tick_ns: NDArray[np.int64], theme: Theme) -> None:
    at, labels = tick_axis(tick_ns, window)
    painter.setPen(QColor(theme.line))
    painter.drawLine(area.topLeft(), area.topRight())
    for at_ns, label in zip(at, labels, strict=True):
        x = area.left() + int(window.x_px(at_ns))
        painter.setPen(QColor(theme.line))
        painter.drawLine(x, area.top(), x, area.bottom())
        painter.setPen(QColor(theme.faint_text))
        box = QRectF(x + 3, area.top(), 60, area.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)


def axis_height_px(has_ticks: bool) -> int:
    return TIME_PX + (TICK_PX if has_ticks else 0)
