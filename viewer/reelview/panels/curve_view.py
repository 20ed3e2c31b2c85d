"""The curves under the timeline, on its own axis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from reelview.curves import Strip, Values, nearest_event, stack_strips, step_line
from reelview.lens.lens import Curve
from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.session import Session
from reelview.timeline.texts import Texts
from reelview.timeline.widget import Timeline

_REACH_PX = 6
_STRIP_PX = 48
_BAR_PX = 5
_LEAST_NAME_PX = 40


class CurveView(QWidget):
    """Draws curves above one another, aligned with the timeline; a click on a step selects the event that made it."""

    def __init__(self, session: Session, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timeline = timeline
        self._picture = QPixmap()
        self._picture_key: tuple[object, ...] = ()
        self._names = QPixmap()
        self._names_key: tuple[object, ...] = ()
        self._texts = Texts()
        self._strips: tuple[int, list[Strip]] | None = None
        self._values = Values([])
        self._cursor_px = 0
        self.setFont(timeline.font())
        self.setAccessibleName("Curves")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if not self.curves:
            self.hide()
        session.view.range_changed.connect(self.update)
        session.cursor.moved.connect(self._on_cursor_moved)
        session.layers.curves_changed.connect(self._on_curves_changed)

    def show_session(self, session: Session) -> None:
        """The run has grown; the view, the cursor and the layers are as before."""
        self._session = session
        self._on_curves_changed()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Those of the lens, and of synchronization where they are shown."""
        lens = self._session.lens
        return (*(lens.curves if lens else ()), *self._session.layers.curves)

    def sizeHint(self) -> QSize:
        return QSize(600, _STRIP_PX * len({curve.group for curve in self.curves}))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 60)

    @property
    def strips(self) -> list[Strip]:
        """Kept until there are other curves, or is other room."""
        if self._strips is None or self._strips[0] != self.height():
            strips = stack_strips(self.curves, self.height())
            self._strips = self.height(), strips
            self._values = Values([curve for strip in strips for curve in strip.curves])
        return self._strips[1]

    @property
    def range_window(self) -> Window:
        return self._timeline.range_window

    def _on_cursor_moved(self) -> None:
        """Draws anew where the cursor was, where it is, and the values where there are others."""
        before, self._cursor_px = self._cursor_px, self._x_px()
        for x_px in (before, self._cursor_px):
            self.update(x_px, 0, 1, self.height())
        if self._values.move_to(self._session.cursor.at_ns):
            self.update(0, 0, self._timeline.picture_area.left(), self.height())

    def _x_px(self) -> int:
        return self._timeline.picture_area.left() + round(self.range_window.x_px(self._session.cursor.at_ns))

    def _on_curves_changed(self) -> None:
        self.setVisible(bool(self.curves))
        self._picture_key = self._names_key = ()
        self._strips = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._timeline.mouse.wheel(event)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._move(event.position(), select=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position(), select=False)

    def _move(self, at: QPointF, *, select: bool) -> None:
        """Moves the cursor, and selects the event whose step is there."""
        window, left = self.range_window, self._timeline.picture_area.left()
        at_ns = window.at_ns(at.x() - left)
        self._session.cursor.move_to(at_ns)
        if not select:
            return
        strip = next((each for each in self.strips if each.y_px <= at.y() + 3 < each.y_px + each.height_px + 6), None)
        event = nearest_event(strip, at_ns, window.pixel_ns * _REACH_PX) if strip else None
        if event is not None:
            self._session.go_to_event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, left = self._timeline.theme, self._timeline.picture_area.left()
        strips = self.strips
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture_of(strips, left, self.range_window, theme))
        self._values.move_to(self._session.cursor.at_ns)
        if event.rect().left() < left:
            self._paint_values(painter, strips, left, theme)
        x_px = self._cursor_px = self._x_px()
        if x_px >= left:
            painter.fillRect(QRect(x_px, 0, 1, self.height()), QColor(theme.accent))
        painter.end()

    def _picture_of(self, strips: list[Strip], left: int, window: Window, theme: Theme) -> QPixmap:
        """All but what moves with the cursor, kept until the view changes."""
        ratio = self.devicePixelRatioF()
        key = (left, window, theme.name, self.width(), self.height(), ratio)
        if key != self._picture_key:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            painter = QPainter(self._picture)
            painter.fillRect(self.rect(), QColor(theme.background))
            for strip in strips:
                self._paint_strip(painter, strip, left, window, theme)
            painter.drawPixmap(0, 0, self._names_of(strips, left, theme))
            painter.end()
            self._picture_key = key
        return self._picture

    def _paint_strip(self, painter: QPainter, strip: Strip, left: int, window: Window, theme: Theme) -> None:
        area = QRectF(left, strip.y_px - 2, window.width_px, strip.height_px + 4)
        painter.fillRect(area, QColor(theme.lane))
        painter.save()
        painter.setClipRect(area)
        painter.translate(left, 0)
        if strip.low < 0 < strip.high:
            zero = float(strip.y_of(np.zeros(1))[0])
            painter.setPen(QColor(theme.line))
            painter.drawLine(QLineF(0, zero, window.width_px, zero))
        for curve in strip.curves:
            if curve.bars:
                self._paint_bars(painter, curve, strip, window, QColor(theme.kinds[curve.colour]))
            else:
                x, y = step_line(curve, strip, window)
                # A line wider than a pixel takes several times as long; where corners crowd nobody sees how wide it is.
                painter.setPen(QPen(QColor(theme.kinds[curve.colour]), 1.6 if len(x) < window.width_px else 0))
                painter.drawPolyline(polygon(x, y))
        painter.restore()

    def _paint_bars(self, painter: QPainter, curve: Curve, strip: Strip, window: Window, colour: QColor) -> None:
        edges = [np.int64(window.at_ns(x)) for x in (-_BAR_PX, window.width_px + 2 * _BAR_PX)]
        low, high = curve.at_ns.searchsorted(edges)
        some = np.flatnonzero(curve.value[low:high] != 0) + low
        bottom = float(strip.y_of(np.zeros(1))[0])
        tops = strip.y_of(curve.value[some])
        offset = _BAR_PX * strip.curves.index(curve)
        for at_ns, top in zip(curve.at_ns[some].tolist(), tops.tolist(), strict=True):
            x = window.x_px(at_ns)
            if -_BAR_PX <= x <= window.width_px:
                painter.fillRect(QRectF(x + offset - _BAR_PX, top, _BAR_PX, bottom - top), colour)

    def _names_of(self, strips: list[Strip], left: int, theme: Theme) -> QPixmap:
        """What each curve is, at the left of it; kept while the view changes."""
        ratio = self.devicePixelRatioF()
        key = (left, theme.name, self.height(), ratio)
        if key != self._names_key:
            self._names = QPixmap(QSize(left, self.height()) * ratio)
            self._names.setDevicePixelRatio(ratio)
            self._names.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._names)
            painter.setFont(self.font())
            for strip in strips:
                self._paint_names(painter, strip, left, theme)
            painter.end()
            self._names_key = key
        return self._names

    def _paint_names(self, painter: QPainter, strip: Strip, left: int, theme: Theme) -> None:
        metrics = painter.fontMetrics()
        painter.fillRect(QRectF(0, strip.y_px - 2, left - 1, strip.height_px + 4), QColor(theme.lane))
        for curve, box in _legend(strip, left, metrics.height()):
            painter.fillRect(QRectF(6, box.center().y() - 3, 7, 7), QColor(theme.kinds[curve.colour]))
            painter.setPen(QColor(theme.text))
            room = max(int(box.width()) - metrics.horizontalAdvance(_widest(curve)) - 8, _LEAST_NAME_PX)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(curve.name, Qt.TextElideMode.ElideMiddle, room)
            )

    def _paint_values(self, painter: QPainter, strips: list[Strip], left: int, theme: Theme) -> None:
        """What each curve is at the cursor, beside its name."""
        self._texts.use(self.font(), self.devicePixelRatioF())
        texts, rgb = self._texts, theme.text
        lines = (line for strip in strips for line in _legend(strip, left, self.fontMetrics().height()))
        for value, (curve, box) in zip(self._values.all, lines, strict=True):
            if value is not None:
                text = f"{value:,.4g} {curve.unit}"
                at = QPointF(round(box.right()) - texts.width_px(text), box.top())
                painter.drawPixmap(at, texts.picture(text, rgb))


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """The points of two columns, as Qt writes a polygon to a stream: point by point it takes ten times as long."""
    points = np.stack((x, y), axis=1).astype(">f8")
    stream = QDataStream(QByteArray(len(points).to_bytes(4, "big") + points.tobytes()))
    made = QPolygonF()
    stream >> made
    return made


def _widest(curve: Curve) -> str:
    """A text as wide as any value of a curve."""
    whole = not (curve.value % 1).any()
    return f"{float(np.abs(curve.value).max(initial=0)) if whole else -0.12345678:,.4g} {curve.unit}"


def _legend(strip: Strip, left: int, height: int) -> Iterator[tuple[Curve, QRectF]]:
    """A line for each curve of a strip, at the left of it."""
    for number, curve in enumerate(strip.curves):
        yield curve, QRectF(18, strip.y_px + number * (height + 1), left - 24, height)
