"""The two axes: time, and ticks of the recorded simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QPainter

from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.ticks import Axis, tick_at, tick_axis
from reelview.timeline.texts import Texts

TIME_PX = 22
TICK_PX = 16
CURSOR_PX = 5
"""Half the width of the cursor's handle."""


def axis_height_px(has_ticks: bool) -> int:
    return TIME_PX + (TICK_PX if has_ticks else 0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick on its axis: `begins` there, or before it."""

    x_px: int
    label: str
    begins: bool = True

    @property
    def label_px(self) -> int:
        return self.x_px + 3


class AxisPainter:
    """Draws the axes of a window over the picture."""

    def __init__(self, painter: QPainter, window: Window, theme: Theme, texts: Texts) -> None:
        self._painter = painter
        self._window = window
        self._theme = theme
        self._texts = texts

    def paint(self, area: QRect, axis: Axis, ticks: list[Tick]) -> None:
        """The time axis, and under it the ticks, where there are any."""
        self._painter.fillRect(area, QColor(self._theme.header))
        self._painter.setClipRect(area)
        self._paint_time(area, axis)
        if area.height() > TIME_PX:
            self._paint_ticks(QRect(area.left(), area.top() + TIME_PX, area.width(), TICK_PX), ticks)
        self._painter.setClipping(False)
        self._painter.setPen(QColor(self._theme.line))
        self._painter.drawLine(area.bottomLeft(), area.bottomRight())

    def give_way(self, area: QRect, ticks: list[Tick], cursor_ns: int) -> None:
        """Moves the number of a tick beside the handle of the cursor, where that would cover it."""
        cursor_px = round(self._window.x_px(cursor_ns))
        for tick in ticks:
            width_px = self._texts.width_px(tick.label)
            left = beside_cursor(tick.label_px, width_px, cursor_px)
            if left != tick.label_px:
                top = area.top() + TIME_PX + 1
                covered = QRect(area.left() + tick.label_px, top, width_px + 2, TICK_PX - 2)
                self._painter.fillRect(covered, QColor(self._theme.header))
                self._paint_label(area.left() + left, top, tick.label)

    def _paint_time(self, area: QRect, axis: Axis) -> None:
        texts, painter = self._texts, self._painter
        first_free = area.left()
        if axis.anchor:
            painter.drawPixmap(area.left() + 4, area.top() + 1, texts.picture(axis.anchor, self._theme.text))
            first_free += texts.width_px(axis.anchor) + 14
        x = [area.left() + int(self._window.x_px(at_ns)) for at_ns in axis.at_ns]
        bottom = area.top() + TIME_PX - 1
        painter.setPen(QColor(self._theme.faint_text))
        painter.drawLines([QLine(at, bottom - 4, at, bottom) for at in x])
        for at, label in zip(x, axis.labels, strict=True):
            width = texts.width_px(label)
            left = at - width // 2
            if left >= first_free and left + width <= area.right():
                painter.drawPixmap(left, area.top() + 1, texts.picture(label, self._theme.text))

    def _paint_ticks(self, area: QRect, ticks: list[Tick]) -> None:
        self._painter.setPen(QColor(self._theme.line))
        self._painter.drawLine(area.topLeft(), area.topRight())
        lines = [area.left() + tick.x_px for tick in ticks if tick.begins]
        self._painter.drawLines([QLine(x, area.top(), x, area.bottom()) for x in lines])
        for tick in ticks:
            self._paint_label(area.left() + tick.label_px, area.top() + 1, tick.label)

    def _paint_label(self, left: int, top: int, label: str) -> None:
        self._painter.drawPixmap(left, top, self._texts.picture(label, self._theme.faint_text))


def ticks_in(tick_ns: NDArray[np.int64], window: Window) -> list[Tick]:
    """The ticks of the axis; where none begins in the window, the one that it is in."""
    at_ns, labels = tick_axis(tick_ns, window)
    if not labels and len(tick_ns) and tick_ns[0] < window.begin_ns:
        return [Tick(0, str(tick_at(tick_ns, window.begin_ns)), begins=False)]
    return [Tick(int(window.x_px(at)), label) for at, label in zip(at_ns, labels, strict=True)]


def beside_cursor(left: int, width_px: int, cursor_px: int) -> int:
    """Where a label begins that is not to be covered by the handle of the cursor: where it would, or right of that."""
    is_covered = left - CURSOR_PX < cursor_px < left + width_px + CURSOR_PX
    return cursor_px + CURSOR_PX + 2 if is_covered else left


def paint_corner(painter: QPainter, area: QRect, width_px: int, theme: Theme, *, has_ticks: bool) -> None:
    """What the axes are of, at the left of them; and the end of them at the right, over the scroll bar.

    Args:
        area: of the picture below the axes.
        width_px: of the whole timeline.
    """
    corner = QRect(0, 0, area.left(), area.top())
    painter.fillRect(corner, QColor(theme.header))
    painter.fillRect(QRect(area.right() + 1, 0, width_px - area.right(), area.top()), QColor(theme.header))
    painter.setPen(QColor(theme.faint_text))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRect(0, 0, corner.width() - 8, TIME_PX), right, "time")
    if has_ticks:
        painter.drawText(QRect(0, TIME_PX, corner.width() - 8, corner.height() - TIME_PX), right, "tick")
    painter.setPen(QColor(theme.line))
    painter.drawLine(corner.bottomLeft(), corner.bottomRight())
