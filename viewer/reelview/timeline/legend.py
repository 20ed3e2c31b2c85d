"""What colours and marks of the timeline mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from reelview.raster.palette import Theme, mix
from reelview.timeline.marker_paint import BUBBLE, CONSOLE, FLAG
from reelview.timeline.widget import Timeline

_SWATCH_PX = 9
_GAP_PX = 12
_PALE = 0.3
_WAITS, _SIGNAL, _CONSOLE, _UNDER_WAY = "waits", "signal", "console", "under way at the cursor"


class Legend(QWidget):
    """Names the kinds of operations that a timeline has, and its marks; as many as there is room for."""

    def __init__(self, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._data: object = None
        self._entries: list[tuple[str, int | None]] = []
        self.setFont(timeline.font())
        self.setAccessibleName("Legend")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        timeline.data_changed.connect(self.update)

    @property
    def entries(self) -> list[tuple[str, int | None]]:
        """Names, each with the kind whose colour it has; None for marks."""
        data = self._timeline.data
        if data is not self._data:
            counts = data.spans.count_kinds()
            kinds = [kind for kind in range(len(data.kind_names)) if counts[kind]]
            marks = [_WAITS] if (data.spans.blocked_until_ns > data.spans.begin_ns).any() else []
            marks += [_SIGNAL] if len(data.markers.at_ns) else []
            marks += [_CONSOLE] if len(data.console.at_ns) else []
            marks += [_UNDER_WAY] if len(data.flows.flows) else []
            self._data = data
            named = [(data.kind_names[kind], kind) for kind in kinds if data.kind_names[kind] not in marks]
            self._entries = [*((name, None) for name in marks), *named]
        return self._entries

    def sizeHint(self) -> QSize:
        return QSize(300, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._timeline.theme, QPainter(self)
        metrics, x = self.fontMetrics(), 8
        middle = self.height() / 2
        for name, kind in self.entries:
            width = metrics.horizontalAdvance(name)
            if x + _SWATCH_PX + 5 + width > self.width():
                break
            box = QRectF(x, middle - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX)
            if kind is None:
                _paint_mark(painter, name, box, theme)
            else:
                painter.fillRect(box, QColor(theme.kinds[kind]))
            painter.setPen(QColor(theme.faint_text))
            place = QRectF(x + _SWATCH_PX + 4, 0, width + 2, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            x += _SWATCH_PX + 5 + width + _GAP_PX
        painter.end()


def _paint_mark(painter: QPainter, name: str, box: QRectF, theme: Theme) -> None:
    """As it is drawn in the timeline: hatching, a flag, a bubble, a dot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if name == _WAITS:
        ink = theme.faint_text
        painter.fillRect(box, QColor(mix(ink, theme.lane, _PALE)))
        painter.setBrush(QColor(ink))
        for left in range(0, _SWATCH_PX, 4):
            corners = ((left, _SWATCH_PX), (left + 2, _SWATCH_PX), (left + 4, 0), (left + 2, 0))
            painter.drawPolygon(QPolygonF([box.topLeft() + QPointF(min(x, _SWATCH_PX), y) for x, y in corners]))
    elif name == _UNDER_WAY:
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    else:
        colour, shape = (theme.urgent, FLAG) if name == _SIGNAL else (theme.kinds[CONSOLE], BUBBLE)
        top = QPointF(box.center().x(), box.top())
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([top + QPointF(dx, dy) for dx, dy in shape]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
