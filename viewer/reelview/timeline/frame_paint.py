"""A frame of the timeline: the picture of its lanes, their names, the axes, and what is drawn over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from reelview.flows import FlowIndex
from reelview.raster.choose import Raster
from reelview.ticks import time_axis
from reelview.timeline.axis import AxisPainter, paint_corner, ticks_in
from reelview.timeline.critical import PathColumns
from reelview.timeline.data import TimelineData
from reelview.timeline.moving import MovingPainter
from reelview.timeline.names import paint_names
from reelview.timeline.overlay import Overlay
from reelview.timeline.picture import Picture, View, text_box
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
        self._moving = MovingPainter(self._texts)
        self._is_settled = False
        self._kept: QPixmap | None = None
        self.fault = ""
        """Why the last frame could not be drawn."""

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

    def changed(self) -> None:
        """Something else than the cursor has moved."""
        self._is_settled, self._kept = False, None

    def paint(self, timeline: Timeline) -> None:
        """Draws the timeline as it is now, on itself.

        A frame after which nothing but the cursor moves is kept whole from the second time on: while the view moves,
        nothing is drawn twice. Where a damaged reel has what cannot be drawn, the frame says so: Qt goes on with other
        widgets before it hears of an exception, and PySide 6.11 then frees what it does not own.
        """
        painter = QPainter(timeline)
        try:
            self._paint(painter, timeline)
            self.fault = ""
        except Exception as error:
            painter.end()
            painter.begin(timeline)
            self.changed()
            self.fault = f"This cannot be drawn: {type(error).__name__}: {error}"
            painter.fillRect(timeline.rect(), QColor(timeline.theme.background))
            within = QRectF(timeline.rect()).adjusted(8, 8, -8, -8)
            text_box(painter, self.fault, within.left(), within.top(), timeline.theme, within)
        finally:
            painter.end()

    def _paint(self, painter: QPainter, timeline: Timeline) -> None:
        self._texts.use(timeline.font(), timeline.devicePixelRatioF())
        kept = self._kept_of(timeline)
        if kept is None:
            self._paint_still(painter, timeline)
        else:
            painter.drawPixmap(0, 0, kept)
        self._is_settled = True
        self._moving.paint(painter, timeline)

    def _kept_of(self, timeline: Timeline) -> QPixmap | None:
        """The frame without what moves; None where it is the first since something changed."""
        ratio = timeline.devicePixelRatioF()
        size = timeline.size() * ratio
        kept = self._kept
        if kept is None or kept.size() != size or kept.devicePixelRatio() != ratio:
            self._kept = None
            if self._is_settled:
                self._kept = QPixmap(size)
                self._kept.setDevicePixelRatio(ratio)
                painter = QPainter(self._kept)
                painter.setFont(timeline.font())
                self._paint_still(painter, timeline)
                painter.end()
        return self._kept

    def _paint_still(self, painter: QPainter, timeline: Timeline) -> None:
        """All but what moves with the cursor."""
        theme, area, window = timeline.theme, timeline.picture_area, timeline.range_window
        axis = time_axis(window, timeline.data.zero_ns)
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
        axes = QRect(area.left(), 0, area.width(), area.top())
        ticks = ticks_in(timeline.data.tick_ns, window)
        AxisPainter(painter, window, theme, self._texts).paint(axes, axis, ticks)
        self._moving.ticks = ticks
        paint_corner(painter, area, timeline.width(), theme, has_ticks=len(timeline.data.tick_ns) > 0)

    def _is_selected_under(self, timeline: Timeline, note_px: int) -> bool:
        """Whether a note at the bottom would hide the lane of the selected event."""
        number = timeline.current_line
        if number is None or timeline.selected_span is None or number >= len(timeline.layout_.lines):
            return False
        bottom = timeline.layout_.y_px(number, timeline.scroll_px) + timeline.layout_.lines[number].height_px
        return bottom > timeline.picture_area.height() - note_px

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
        said = [self._picture.note if timeline.with_arrows else "", *timeline.highlight.notes]
        if any(said):
            at_top = self._is_selected_under(timeline, overlay.note_px)
            overlay.note("   ·   ".join(filter(None, said)), at_top=at_top)
        if not len(timeline.data.spans):
            text = "This reel has no events: the program did nothing that is recorded."
            left = area.width() / 2 + 12  # beside the cursor
            within = QRectF(left, 0, area.width() - left, area.height())
            text_box(painter, text, left, area.height() / 2 - 10, theme, within)
        painter.restore()
