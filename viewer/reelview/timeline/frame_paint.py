"""A frame of the timeline: the picture of its lanes, their names, the axes, and what is drawn over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from reelview.flows import FlowIndex
from reelview.raster.choose import Raster
from reelview.ticks import time_axis
from reelview.timeline.axis import AxisPainter, paint_corner
from reelview.timeline.critical import PathColumns
from reelview.timeline.data import TimelineData
from reelview.timeline.names import paint_names
from reelview.timeline.overlay import Overlay
from reelview.timeline.picture import Picture, View, text_box
from reelview.timeline.pulse import paint_pulse
from reelview.timeline.texts import Texts

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline


class FramePainter:
    """Draws a timeline, and keeps what did not change since the last frame: the picture, the names, the texts."""

    def __init__(self, data: TimelineData, raster: Raster) -> None:
        self._texts = Texts()
        self._picture = Picture(data, raster, self._texts)
        self._layouts = self._highlights = 0
        """They count: a picture of an earlier layout, or of another highlight, is no more."""
        self._names = QPixmap()
        self._names_key: tuple[object, ...] = ()

    def show_data(self, data: TimelineData, raster: Raster) -> None:
        self._picture = Picture(data, raster, self._texts)

    def highlight(self, flows: FlowIndex, stands_out: Raster | None) -> None:
        """Draws some flows alone, and some spans over the rest, which then fades."""
        self._picture.highlight(flows, stands_out)
        self._highlights += 1

    def show_path(self, path: PathColumns | None) -> None:
        """Draws the critical path in place of the arrows."""
        self._picture.path = path
        self._highlights += 1

    def forget_places(self) -> None:
        """Lanes stand elsewhere, or look otherwise."""
        self._layouts += 1

    def paint(self, timeline: Timeline) -> None:
        """Draws the timeline as it is now, on itself."""
        painter = QPainter(timeline)
        theme, area, window = timeline.theme, timeline.picture_area, timeline.range_window
        axis = time_axis(window, timeline.data.zero_ns)
        self._texts.use(timeline.font(), timeline.devicePixelRatioF())
        view = View(
            window,
            area.height(),
            timeline.scroll_px,
            timeline.devicePixelRatioF(),
            theme.name,
            timeline.with_arrows,
            self._layouts,
            timeline.raster.stage,
            self._highlights,
            timeline.selected_span is not None,
        )
        painter.drawImage(area.topLeft(), self._picture.image(view, timeline.layout_, theme, axis))
        self._paint_names(painter, timeline, QRect(0, area.top(), area.left(), area.height()))
        self._paint_overlay(painter, timeline)
        paint_pulse(painter, timeline, area, theme)
        axes = QRect(area.left(), 0, area.width(), area.top())
        AxisPainter(painter, window, theme, self._texts).paint(
            axes, axis, timeline.data.tick_ns, timeline.cursor_model.at_ns
        )
        paint_corner(painter, area, timeline.width(), theme, has_ticks=len(timeline.data.tick_ns) > 0)
        painter.translate(area.left(), 0)
        overlay = Overlay(painter, area, window, timeline.layout_, timeline.scroll_px, theme)
        painter.setClipRect(QRect(0, 0, area.width(), area.top()))
        overlay.cursor_head(timeline.cursor_model.at_ns, area.top())
        painter.end()

    def _paint_names(self, painter: QPainter, timeline: Timeline, area: QRect) -> None:
        theme = timeline.theme
        hovered = timeline.hover.line if timeline.hover else timeline.current_line
        ratio = timeline.devicePixelRatioF()
        key = (area.width(), area.height(), self._layouts, timeline.scroll_px, theme.name, hovered, ratio)
        if key != self._names_key:
            self._names = QPixmap(area.size() * ratio)
            self._names.setDevicePixelRatio(ratio)
            names = QPainter(self._names)
            names.setFont(timeline.font())
            paint_names(
                names, QRect(0, 0, area.width(), area.height()), timeline.layout_, timeline.scroll_px, theme, hovered
            )
            names.end()
            self._names_key = key
        painter.drawPixmap(area.topLeft(), self._names)
        if timeline.mouse.drop_line is not None:
            y = area.top() + timeline.layout_.y_px(timeline.mouse.drop_line, timeline.scroll_px)
            painter.fillRect(QRect(area.left(), y - 1, area.width(), 2), QColor(theme.accent))

    def _paint_overlay(self, painter: QPainter, timeline: Timeline) -> None:
        theme, area, window = timeline.theme, timeline.picture_area, timeline.range_window
        painter.save()
        painter.translate(area.topLeft())
        painter.setClipRect(QRect(0, 0, area.width(), area.height()))
        overlay = Overlay(painter, area, window, timeline.layout_, timeline.scroll_px, theme)
        chosen = timeline.mouse.range_ns or timeline.selection.range_ns
        if chosen:
            overlay.range_(*chosen, zooming=timeline.mouse.drag == "zoom")
        overlay.marks(timeline.marks.all)
        overlay.flags(timeline.layers.flags)
        if timeline.selected_span is not None:
            overlay.selected(timeline.data, timeline.selected_span)
        overlay.cursor(timeline.cursor_model.at_ns)
        said = [self._picture.note if timeline.with_arrows else "", *timeline.highlight.notes]
        if any(said):
            overlay.note("   ·   ".join(filter(None, said)))
        text = (
            timeline.hover.text(timeline.data, timeline.layout_) if timeline.hover and not timeline.mouse.drag else ""
        )
        if not len(timeline.data.spans):
            text = "This reel has no events: the program did nothing that is recorded."
            text_box(
                painter,
                text,
                area.width() / 2 - 160,
                area.height() / 2 - 10,
                theme,
                QRectF(0, 0, area.width(), area.height()),
            )
        elif text:
            at = timeline.hover_at_px - QPointF(area.topLeft())
            text_box(painter, text, at.x() + 14, at.y() + 18, theme, QRectF(4, 4, area.width() - 8, area.height() - 8))
        painter.restore()
