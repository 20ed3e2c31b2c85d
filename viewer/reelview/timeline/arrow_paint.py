"""Arrows and bundles on a picture."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from reelview.arrows import Arrows, choose_arrows, count_label
from reelview.flows import FlowIndex
from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.timeline.layout import Layout

_SMOOTH = 250
_FAR_PX = 20_000.0


def paint_arrows(
    painter: QPainter, index: FlowIndex, window: Window, height_px: int, scroll_px: int, layout: Layout, theme: Theme
) -> str:
    """Draws the flows of a window; returns what is told in words instead."""
    shown = layout.shown(scroll_px, height_px)
    if not shown or not len(index.flows):
        return ""
    first = min(number for number in shown if not layout.lines[number].pinned or number == shown[-1])
    arrows = choose_arrows(index, window, layout.line_of_lane, first_line=first, last_line=max(shown))
    middle = [layout.y_px(n, scroll_px) + line.height_px / 2 for n, line in enumerate(layout.lines)]
    if len(arrows.flow):
        _paint_single(painter, index, arrows, window, layout, middle, theme)
    if len(arrows.count):
        _paint_bundles(painter, arrows, window, middle, theme)
    if not arrows.rest:
        return ""
    pairs = count_label(arrows.rest_pairs, "other pair")
    return f"{count_label(arrows.rest)} between {pairs} of lanes are not drawn: zoom in, or hide lanes"


def _paint_single(
    painter: QPainter,
    index: FlowIndex,
    arrows: Arrows,
    window: Window,
    layout: Layout,
    middle: list[float],
    theme: Theme,
) -> None:
    flows, few = index.flows, len(arrows.flow) <= _SMOOTH
    heights = np.array(middle)
    from_y = heights[layout.line_of_lane[flows.from_lane[arrows.flow]]]
    to_y = heights[layout.line_of_lane[flows.to_lane[arrows.flow]]]
    scale, begin = window.width_px / (window.end_ns - window.begin_ns), window.begin_ns
    from_x = np.clip((flows.begin_ns[arrows.flow] - begin) * scale, -_FAR_PX, _FAR_PX)
    to_x = np.clip((flows.end_ns[arrows.flow] - begin) * scale, -_FAR_PX, _FAR_PX)
    ends = list(zip(from_x.tolist(), from_y.tolist(), to_x.tolist(), to_y.tolist(), strict=True))
    colour = QColor(theme.arrow)
    colour.setAlpha(190 if few else 110)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
    painter.setPen(QPen(colour, 0))
    painter.drawLines([QLineF(*end) for end in ends])
    if few:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for end in ends:
            painter.drawPolygon(head(*end))
    else:
        painter.setPen(QPen(colour, 3))
        painter.drawPoints([QPointF(x, y) for _, _, x, y in ends])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def head(from_x: float, from_y: float, to_x: float, to_y: float, size_px: float = 6.0) -> QPolygonF:
    """The head of an arrow."""
    angle = math.atan2(to_y - from_y, to_x - from_x)
    corners = [QPointF(to_x, to_y)]
    for turn in (2.7, -2.7):
        corners.append(QPointF(to_x + size_px * math.cos(angle + turn), to_y + size_px * math.sin(angle + turn)))
    return QPolygonF(corners)


def _paint_bundles(painter: QPainter, arrows: Arrows, window: Window, middle: list[float], theme: Theme) -> None:
    """Each bundle an upright arrow, side by side in their part of the window, with its count where there is room."""
    colour = QColor(theme.arrow)
    colour.setAlpha(200)
    metrics = painter.fontMetrics()
    moments, place = np.unique(arrows.at_ns, return_inverse=True)
    room = window.width_px / max(len(moments), 1)
    sizes = np.bincount(place)
    position = np.arange(len(place)) - (np.cumsum(sizes) - sizes)[place]
    words = len(arrows.count) <= 12
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    taken: list[QRectF] = []
    for number in np.argsort(-arrows.count, kind="stable").tolist():
        part = int(place[number])
        x = room * (part + (position[number] + 0.5) / sizes[part])
        top, bottom = middle[int(arrows.from_line[number])], middle[int(arrows.to_line[number])]
        count = int(arrows.count[number])
        painter.setPen(QPen(colour, 1 + min(math.log10(count), 5) * 0.6))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(head(x, top, x, bottom, 8))
        text = count_label(count) if words else f"{count:,}"
        box = QRectF(
            x + 4, (top + bottom) / 2 - metrics.height() / 2, metrics.horizontalAdvance(text) + 8, metrics.height()
        )
        if not any(box.intersects(other) for other in taken):
            taken.append(box)
            painter.setBrush(QColor(theme.header))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
