"""What moves with the cursor, over a frame that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter

from reelview.timeline.axis import AxisPainter, Tick
from reelview.timeline.overlay import Overlay
from reelview.timeline.picture import text_box
from reelview.timeline.pulse import Pulse
from reelview.timeline.texts import Texts

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline


class MovingPainter:
    """Draws the cursor, the lights of the lanes, what is under way, and the ticks, which give way to the cursor."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._pulse = Pulse()
        self.ticks: list[Tick] = []
        """Those of the frame."""

    def paint(self, painter: QPainter, timeline: Timeline) -> None:
        theme, area, window = timeline.theme, timeline.picture_area, timeline.range_window
        scroll_px, at_ns = timeline.scroll_px, timeline.cursor_model.at_ns
        axes = QRect(area.left(), 0, area.width(), area.top())
        AxisPainter(painter, window, theme, self._texts).give_way(axes, self.ticks, at_ns)
        painter.translate(area.topLeft())
        painter.setClipRect(QRect(0, 0, area.width(), area.height()))
        overlay = Overlay(painter, area, window, timeline.layout_, scroll_px, theme)
        overlay.cursor(at_ns)
        painter.setClipRect(QRect(-area.left(), 0, timeline.width(), area.height()))
        self._pulse.paint(painter, timeline, area, theme)
        painter.setClipRect(QRect(0, -area.top(), area.width(), area.top()))
        painter.translate(0, -area.top())
        overlay.cursor_head(at_ns, area.top())
        painter.translate(0, area.top())
        if timeline.hover and not timeline.mouse.drag:
            painter.setClipRect(QRect(0, 0, area.width(), area.height()))
            text = timeline.hover.text(timeline.data, timeline.layout_)
            at = timeline.hover_at_px - QPointF(area.topLeft())
            within = QRectF(4, 4, area.width() - 8, area.height() - 8)
            if text:
                text_box(painter, text, at.x() + 14, at.y() + 18, theme, within)
