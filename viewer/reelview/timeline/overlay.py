"""Cursor, selection and hover, over the picture."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.ticks import duration_label
from reelview.timeline.arrow_paint import head
from reelview.timeline.axis import CURSOR_PX
from reelview.timeline.data import TimelineData
from reelview.timeline.layout import Layout
from reelview.timeline.marks import Mark
from reelview.timeline.neighbours import flows_of

_MOST_FLOWS = 200
_HEAD_PX = 8
_EDGE_PX = 6
"""So far from the edge of the picture stands what is said of it."""


class Overlay:
    """Draws what changes without the picture: each method a layer, in the coordinates of the picture."""

    def __init__(
        self, painter: QPainter, area: QRect, window: Window, layout: Layout, scroll_px: int, theme: Theme
    ) -> None:
        self._painter = painter
        self._area = area
        self._window = window
        self._layout = layout
        self._scroll_px = scroll_px
        self._theme = theme

    def _colour(self, rgb: int, alpha: int = 255) -> QColor:
        colour = QColor(rgb)
        colour.setAlpha(alpha)
        return colour

    def range_(self, begin_ns: int, end_ns: int, *, zooming: bool = False) -> None:
        """A range with its duration."""
        left, right = self._window.x_px(begin_ns), self._window.x_px(end_ns)
        box = QRectF(left, 0, right - left, self._area.height())
        self._painter.fillRect(box, self._colour(self._theme.accent, 46 if zooming else 30))
        self._painter.setPen(QPen(self._colour(self._theme.accent, 190), 0))
        self._painter.drawLines([QLineF(x, 0, x, self._area.height()) for x in (left, right)])
        self._tag(duration_label(end_ns - begin_ns), (max(left, 0) + min(right, self._area.width())) / 2)

    def marks(self, marks: tuple[Mark, ...]) -> None:
        for mark in marks:
            pen = QPen(self._colour(self._theme.accent, 150), 0)
            pen.setStyle(Qt.PenStyle.SolidLine if mark.kept else Qt.PenStyle.DashLine)
            self._painter.setPen(pen)
            for at_ns in {mark.begin_ns, mark.end_ns}:
                x = self._window.x_px(at_ns)
                self._painter.drawLine(QLineF(x, 0, x, self._area.height()))
            if mark.end_ns > mark.begin_ns:
                left, right = self._window.x_px(mark.begin_ns), self._window.x_px(mark.end_ns)
                self._painter.fillRect(QRectF(left, 0, right - left, 5), self._colour(self._theme.accent, 110))
            if mark.note:
                self._painter.drawText(QPointF(self._window.x_px(mark.begin_ns) + 4, 16), mark.note)

    def flags(self, flags: tuple[Mark, ...]) -> None:
        for flag in flags:
            x = self._window.x_px(flag.begin_ns)
            if -1 <= x <= self._area.width() + 1:
                self._painter.fillRect(QRect(round(x) - 1, 0, 2, self._area.height()), self._colour(self._theme.urgent))
                self._tag(flag.note, x)

    def selected(self, data: TimelineData, span: int) -> None:
        """The selected event: its frame, and its flows."""
        spans = data.spans
        event, row = int(spans.event[span]), spans.row_of(span)
        line = int(self._layout.line_of_lane[spans.row_lane[row]])
        if line < 0:
            return
        left = max(self._window.x_px(int(spans.begin_ns[span])), -9.0)
        right = min(self._window.x_px(int(spans.end_ns[span])), self._area.width() + 9.0)
        top, height = self._layout.depth_px(line, int(spans.row_depth[row]), self._scroll_px)
        box = QRectF(left - 1, top - 1, max(right - left, 1) + 2, height + 1)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(self._colour(self._theme.background), 4))
        self._painter.drawRect(box)
        self._painter.setPen(QPen(self._colour(self._theme.accent), 2))
        self._painter.drawRect(box)
        self._flows(data, event)

    def _flows(self, data: TimelineData, event: int) -> None:
        flows = data.flows.flows
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for flow in flows_of(flows, event)[:_MOST_FLOWS]:
            lines = [int(self._layout.line_of_lane[lane[flow]]) for lane in (flows.from_lane, flows.to_lane)]
            if min(lines) < 0:
                continue
            depths = [data.depth_of(int(event[flow])) for event in (flows.from_event, flows.to_event)]
            y = [
                self._layout.middle_px(line, depth, self._scroll_px) for line, depth in zip(lines, depths, strict=True)
            ]
            if y[0] == y[1]:  # below the text of the span that it passes
                top, height = self._layout.depth_px(lines[0], depths[0], self._scroll_px)
                y = [top + height - _HEAD_PX / 2] * 2
            x = [min(max(self._window.x_px(int(at[flow])), -1e4), 1e4) for at in (flows.begin_ns, flows.end_ns)]
            self._painter.setPen(QPen(self._colour(self._theme.background, 200), 4))
            self._painter.drawLine(QLineF(x[0], y[0], x[1], y[1]))
            self._painter.setPen(QPen(self._colour(self._theme.accent), 1.6))
            self._painter.drawLine(QLineF(x[0], y[0], x[1], y[1]))
            self._painter.setBrush(self._colour(self._theme.accent))
            self._painter.drawPolygon(head(x[0], y[0], x[1], y[1], _HEAD_PX))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def cursor(self, at_ns: int) -> None:
        x = self._window.x_px(at_ns)
        if -1 <= x <= self._area.width() + 1:
            # Rectangles, since wide lines are drawn in a hundred times their time.
            left, height = round(x), self._area.height()
            self._painter.fillRect(QRect(left - 1, 0, 3, height), self._colour(self._theme.background, 160))
            self._painter.fillRect(QRect(left, 0, 1, height), self._colour(self._theme.accent))

    def cursor_head(self, at_ns: int, axis_px: int) -> None:
        """The handle of the cursor, on the axis above the picture."""
        x = self._window.x_px(at_ns)
        half = float(CURSOR_PX)
        if -8 <= x <= self._area.width() + 8:
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._painter.setPen(QPen(self._colour(self._theme.background), 1))
            self._painter.setBrush(self._colour(self._theme.accent))
            corners = [(-half, -9.0), (half, -9.0), (half, -5.0), (0.0, 0.0), (-half, -5.0)]
            self._painter.drawPolygon(QPolygonF([QPointF(x + dx, axis_px + dy) for dx, dy in corners]))
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    @property
    def note_px(self) -> int:
        """How much of the bottom a note takes."""
        return self._tag_px + _EDGE_PX

    @property
    def _tag_px(self) -> int:
        return self._painter.fontMetrics().height() + 4

    def note(self, text: str, *, at_top: bool = False) -> None:
        """What the picture could not show: at the bottom, or under the flags where something has to be seen there."""
        self._tag(text, self._area.width() / 2, bottom=not at_top, below=1)

    def _tag(self, text: str, x_px: float, *, bottom: bool = False, below: int = 0) -> None:
        metrics = self._painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(self._area.width() - 16, 40))
        width, height = metrics.horizontalAdvance(text) + 12, self._tag_px
        left = min(max(x_px - width / 2, 2), max(self._area.width() - width - 2, 2))
        box = QRectF(
            left, self._area.height() - height - _EDGE_PX if bottom else _EDGE_PX + below * (height + 4), width, height
        )
        self._painter.setPen(self._colour(self._theme.line))
        self._painter.setBrush(self._colour(self._theme.header))
        self._painter.drawRoundedRect(box, 3, 3)
        self._painter.setPen(self._colour(self._theme.text))
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
