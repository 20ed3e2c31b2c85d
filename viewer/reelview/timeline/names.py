"""The column of names."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF

from reelview.raster.palette import Theme
from reelview.timeline.layout import LEAST_LINE_PX, Layout

_INDENT_PX = 12
_FOLD_PX = 14


def paint_names(
    painter: QPainter, area: QRect, layout: Layout, scroll_px: int, theme: Theme, hovered: int | None
) -> None:
    """Draws the name of each line in view, elided in the middle so that both ends of long names are read."""
    painter.fillRect(area, QColor(theme.background))
    painter.setClipRect(area)
    font = painter.font()
    bold = QFont(font)
    bold.setBold(True)
    shown = layout.shown(scroll_px, area.height())
    for number in sorted(shown, key=lambda number: layout.lines[number].pinned):
        line = layout.lines[number]
        top = area.top() + layout.y_px(number, scroll_px)
        box = QRectF(area.left(), top, area.width() - 1, line.height_px - 2)
        back = theme.header if line.is_header or line.pinned or number == hovered else theme.lane
        painter.fillRect(box, QColor(back))
        left = 6 + line.indent * _INDENT_PX
        if line.is_header:
            _paint_fold(painter, area.left() + left, box.center().y(), line.folded, theme)
            left += _FOLD_PX
        if line.height_px < LEAST_LINE_PX:
            continue
        painter.setFont(bold if line.is_header else font)
        text_area = QRectF(area.left() + left, top, area.width() - left - 6, line.height_px - 2)
        name = f"{line.name} ({len(line.lanes)})" if line.folded else line.name
        metrics = painter.fontMetrics()
        painter.setPen(QColor(theme.text))
        painter.drawText(
            text_area,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine,
            metrics.elidedText(name.replace("\n", " "), Qt.TextElideMode.ElideMiddle, int(text_area.width())),
        )
    painter.setFont(font)
    if layout.pinned_px:
        painter.fillRect(QRect(area.left(), area.top() + layout.pinned_px - 3, area.width(), 3), QColor(theme.line))
    painter.setClipping(False)
    painter.setPen(QColor(theme.line))
    painter.drawLine(area.topRight(), area.bottomRight())


def fold_hit(line_indent: int, x_px: float) -> bool:
    """Whether a click in the column of names is on the triangle of a header."""
    left = 6 + line_indent * _INDENT_PX
    return left - 3 <= x_px < left + _FOLD_PX


def _paint_fold(painter: QPainter, x: float, y: float, folded: bool, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.faint_text))
    if folded:
        corners = [QPointF(x + 1, y - 4), QPointF(x + 1, y + 4), QPointF(x + 7, y)]
    else:
        corners = [QPointF(x, y - 3), QPointF(x + 8, y - 3), QPointF(x + 4, y + 3)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
