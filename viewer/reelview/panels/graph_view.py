"""The wait-for graph at the cursor, drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ipcreel.analysis.state import WaitForGraph
from ipcreel.reel import Reel
from reelview.graph_layout import Edge, GraphLayout, place_graph
from reelview.raster.palette import DARK, LIGHT, Theme
from reelview.session import Session
from reelview.timeline.arrow_paint import head

_BOX_PX = 22
_ROW_PX = 58
_TOP_PX = 20
_BULGE_PX = 30.0
_LABEL_AT = 0.1


class GraphView(QWidget):
    """Boxes are lanes, an arrow leads from who waits to who holds; a ring is red. A click goes to the wait."""

    def __init__(self, session: Session, reel: Reel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reel = reel
        self._layout = GraphLayout((), (), 0)
        self._boxes: dict[int, QRectF] = {}
        self._names: list[QRectF] = []
        self.setAccessibleName("Wait-for graph")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_graph(self, graph: WaitForGraph) -> None:
        """Nothing is drawn where nobody waits for anybody in particular."""
        self._layout = place_graph(graph)
        self.setVisible(bool(self._layout.nodes))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self._layout.rows * _ROW_PX + 12)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        lane = next((lane for lane, box in self._boxes.items() if box.contains(event.position())), None)
        wait = next((edge.event for edge in self._layout.edges if edge.waiter == lane), None)
        if wait is not None:
            self._session.go_to_event(wait)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = DARK if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.lane))
        self._place(painter)
        self._names = []
        for edge in self._layout.edges:
            self._paint_edge(painter, edge, theme)
        for edge in self._layout.edges:  # over all arrows, which would strike them out
            self._paint_name(painter, edge, theme)
        for node in self._layout.nodes:
            box = self._boxes[node.lane]
            painter.setPen(QPen(QColor(theme.urgent if node.in_ring else theme.faint_text), 2 if node.in_ring else 1))
            painter.setBrush(QColor(theme.header))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QColor(theme.text))
            name = painter.fontMetrics().elidedText(
                self._reel.lane_name(node.lane), Qt.TextElideMode.ElideLeft, int(box.width()) - 8
            )  # lanes differ by the ends of their names
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        painter.setPen(QColor(theme.faint_text))
        words = "waiter → holder, with what it waits for"
        if self._layout.left_out:
            words += f"; {self._layout.left_out} lanes more"
        painter.drawText(QRectF(8, self.height() - 18, self.width() - 16, 16), Qt.AlignmentFlag.AlignLeft, words)
        painter.end()

    def _place(self, painter: QPainter) -> None:
        """Column 0 at the right; a column is as wide as there is room for."""
        columns = max(self._layout.columns, 1)
        room = (self.width() - 16) / columns
        width = min(max(room * 0.56, 60), 150)
        rows = [sum(node.column == column for node in self._layout.nodes) for column in range(columns)]
        self._boxes = {}
        for node in self._layout.nodes:
            share = 0.5 if columns == 1 else 0.25 if node.column == 0 else 0.0  # names stand on both sides of a ring
            x = 8 + room * (columns - 1 - node.column) + (room - width) * share
            y = _TOP_PX + (self._layout.rows - rows[node.column]) * _ROW_PX / 2 + node.row * _ROW_PX
            self._boxes[node.lane] = QRectF(x, y, width, _BOX_PX)

    def _paint_edge(self, painter: QPainter, edge: Edge, theme: Theme) -> None:
        """A curve that leaves room between the two arrows of a pair that waits for each other."""
        start, middle, end = self._curve(edge)
        colour = QColor(theme.urgent if edge.in_ring else theme.arrow)
        painter.setPen(QPen(colour, 2 if edge.in_ring else 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(start)
        path.quadTo(middle, end)
        painter.drawPath(path)
        painter.setBrush(colour)
        painter.drawPolygon(head(middle.x(), middle.y(), end.x(), end.y(), 8))

    def _curve(self, edge: Edge) -> tuple[QPointF, QPointF, QPointF]:
        """Where an arrow begins, what it bends to, and where it ends."""
        start, end = _facing(self._boxes[edge.waiter], self._boxes[edge.holder])
        side = 1.0 if start.y() < end.y() else -1.0
        bulge = QPointF(side * _BULGE_PX, 0) if _is_upright(start, end) else QPointF(0, 0)
        return start, (start + end) / 2 + bulge, end

    def _paint_name(self, painter: QPainter, edge: Edge, theme: Theme) -> None:
        """What an arrow's lane waits for."""
        start, middle, end = self._curve(edge)
        operation = str(self._reel.operations[int(self._reel.op[edge.event])]["name"])
        name = str(self._reel.objects[int(self._reel.object[edge.event])][3]) or operation.rsplit(".", 1)[-1]
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(name)
        # Near to who waits: arrows to one holder come together at its end.
        at, shift = start + (end - start) * _LABEL_AT, QPointF(8, -4)
        if _is_upright(start, end):
            right = middle.x() > start.x()
            at, shift = (start + end) / 4 + middle / 2, QPointF(6 if right else -width - 6, 4)
        left = min(max(at.x() + shift.x(), 2), max(self.width() - width - 2, 2))
        box = self._free(left, at.y() + shift.y(), width, metrics.height())
        painter.fillRect(box.adjusted(-1, metrics.descent(), 1, metrics.descent()), QColor(theme.lane))
        painter.setPen(QColor(theme.text))
        painter.drawText(box.bottomLeft(), name)

    def _free(self, left: float, base: float, width: float, height: float) -> QRectF:
        """Where a name stands: there, or above or below what stands there already, a lane or another name."""
        boxes = [QRectF(left, base + lines * height - height, width, height) for lines in (0, -1, 1, -2, 2)]
        taken = (*self._names, *self._boxes.values())
        free = (box for box in boxes if not any(box.intersects(other) for other in taken))
        chosen = next(free, boxes[0])
        self._names.append(chosen)
        return chosen


def _is_upright(start: QPointF, end: QPointF) -> bool:
    return abs(start.x() - end.x()) < 2


def _facing(source: QRectF, target: QRectF) -> tuple[QPointF, QPointF]:
    """Where an arrow leaves one box and meets another."""
    if source.right() < target.left():
        return QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    side = 0.62 if source.top() < target.top() else 0.38
    if source.top() < target.top():
        return QPointF(source.left() + source.width() * side, source.bottom()), QPointF(
            target.left() + target.width() * side, target.top()
        )
    return QPointF(source.left() + source.width() * side, source.top()), QPointF(
        target.left() + target.width() * side, target.bottom()
    )
