"""The spans, arrows and marks of a range, as one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from reelview.flows import FlowIndex
from reelview.raster.choose import Raster
from reelview.raster.compose import Rows, compose
from reelview.raster.merge import merge
from reelview.raster.palette import Theme, faded
from reelview.raster.window import Window
from reelview.ticks import Axis
from reelview.timeline.arrow_paint import ArrowInk, paint_arrows, paint_counts
from reelview.timeline.critical import PathColumns
from reelview.timeline.data import TimelineData
from reelview.timeline.labels import place_labels
from reelview.timeline.layout import Layout, Strips
from reelview.timeline.marker_paint import MarkerPainter
from reelview.timeline.path_paint import paint_path
from reelview.timeline.texts import Texts


@dataclass(frozen=True, slots=True)
class View:
    """What a picture is of; two equal views have the same picture."""

    window: Window
    height_px: int
    scroll_px: int
    ratio: float
    theme: str
    with_arrows: bool
    layout: int
    index: int
    highlight: int = 0
    has_selected: bool = False


class Picture:
    """Draws views of some data, and keeps the last: moving the cursor costs one blit."""

    def __init__(self, data: TimelineData, raster: Raster, texts: Texts) -> None:
        self._data = data
        self._raster = raster
        self._stands_out: Raster | None = None
        self._is_bright = np.zeros(0, np.bool_)
        self._flows = data.flows
        self.path: PathColumns | None = None
        """The critical path, drawn in place of the arrows."""
        self._view: View | None = None
        self._image = QImage()
        self._texts = texts
        self._placed_key: tuple[object, ...] = ()
        self.note = ""

    def highlight(self, flows: FlowIndex, stands_out: Raster | None) -> None:
        """Draws some flows alone, and some spans over the rest, which then fades; None: all spans are alike."""
        self._flows, self._stands_out = flows, stands_out
        if stands_out is not None:
            self._is_bright = np.zeros(int(self._data.spans.event.max(initial=0)) + 1, np.bool_)
            self._is_bright[stands_out.spans.event] = True

    def image(self, view: View, layout: Layout, theme: Theme, axis: Axis) -> QImage:
        """The picture of a view; `note` then says what could not be drawn one by one."""
        if view != self._view:
            self._view = None  # where it cannot be drawn, the image is of nothing
            self._draw(view, layout, theme, axis)
            self._view = view
        return self._image

    def _draw(self, view: View, layout: Layout, theme: Theme, axis: Axis) -> None:
        strips = self._place(view, layout)
        self._draw_spans(view, theme, axis)
        painter = QPainter(self._image)
        ink = ArrowInk(painter, theme, self._texts, view.has_selected, self._raster)
        self.note, counts = "", None
        if self.path is None and view.with_arrows:
            self.note, counts = paint_arrows(ink, self._flows, view.window, view.height_px, view.scroll_px, layout)
        self._draw_labels(painter, view, strips, theme)
        if counts is not None:
            paint_counts(ink, counts)
        if self.path is not None:
            paint_path(painter, self.path, view.window, layout, view.scroll_px, theme)
        marker_painter = MarkerPainter(
            painter, view.window, layout, scroll_px=view.scroll_px, height_px=view.height_px, theme=theme
        )
        marker_painter.console(self._data.console)
        marker_painter.signals(self._data.markers)
        painter.end()

    def _place(self, view: View, layout: Layout) -> Strips:
        """Where the rows stand, worked out anew only where lines moved."""
        key = (view.layout, view.scroll_px, view.height_px, view.ratio)
        if key != self._placed_key:
            strips = layout.strips(view.scroll_px, view.height_px)
            place = strips.place
            top = np.round(place.y_px * view.ratio).astype(np.int64)
            bottom = np.round((place.y_px + place.height_px) * view.ratio).astype(np.int64)
            self._strips = strips
            self._rows = Rows(top, bottom - top, round(view.height_px * view.ratio))
            self._placed_key = key
        return self._strips

    def _draw_spans(self, view: View, theme: Theme, axis: Axis) -> None:
        width, height = round(view.window.width_px * view.ratio), round(view.height_px * view.ratio)
        if self._image.width() != width or self._image.height() != height:
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(view.ratio)
        window = Window(view.window.begin_ns, view.window.end_ns, width)
        strips = self._strips
        frame = merge(self._raster.frame(window, strips.row), strips.strip, len(self._rows.y_px))
        pixels = np.frombuffer(self._image.bits(), np.uint32).reshape(height, self._image.bytesPerLine() // 4)
        drift = round((window.begin_ns - self._data.zero_ns) / window.pixel_ns) % 4096
        grid = np.array([int(window.x_px(at_ns)) for at_ns in axis.at_ns], np.intp)
        grid = grid[(grid >= 0) & (grid < width)]
        if self._stands_out is None:
            compose(frame, self._rows, theme, self._raster.rarest, drift_px=drift, grid_px=grid, out=pixels)
            return
        compose(frame, self._rows, faded(theme), self._raster.rarest, drift_px=drift, grid_px=grid, out=pixels)
        over = merge(self._stands_out.frame(window, strips.row), strips.strip, len(self._rows.y_px))
        shown = compose(over, self._rows, theme, self._raster.rarest, drift_px=drift)
        # A row more than there are strips: the gaps between them, where nothing stands.
        taken = np.concatenate((over.shade != 0, np.zeros((1, width), np.bool_)))
        np.copyto(pixels, shown, where=taken[self._rows.strip_of_y])

    def _draw_labels(self, painter: QPainter, view: View, strips: Strips, theme: Theme) -> None:
        """Texts on their spans' colour, over hatching and arrows, which would strike them out."""
        texts, has_arrows = self._texts, view.with_arrows and self.path is None
        labels = place_labels(self._raster, view.window, strips, self._data.label, texts.fit)
        for label in labels:
            is_faded = self._stands_out is not None and not self._is_bright[label.event]
            look = faded(theme) if is_faded else theme
            x, y = int(label.x_px), label.y_px + (label.height_px - texts.height_px) // 2
            if label.on_hatching or has_arrows:
                width, edge = texts.width_px(label.text) + 4, 2 if label.height_px >= texts.height_px + 2 else 1
                painter.fillRect(
                    x - 2, label.y_px + edge, width, label.height_px - 2 * edge, QColor(look.kinds[label.kind])
                )
            painter.drawPixmap(x, y, texts.picture(label.text, look.inks[label.kind]))


def text_box(painter: QPainter, text: str, x_px: float, y_px: float, theme: Theme, within: QRectF) -> QRectF:
    """Draws text in a box that stays inside of a rectangle; returns the box."""
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    room = QRectF(0, 0, max(within.width() - 16, 40), max(within.height() - 12, 20))
    size = painter.boundingRect(room, int(flags), text)
    box = QRectF(x_px, y_px, size.width() + 14, size.height() + 8)
    box.moveLeft(max(within.left(), min(box.left(), within.right() - box.width())))
    box.moveTop(max(within.top(), min(box.top(), within.bottom() - box.height())))
    painter.setPen(QColor(theme.line))
    painter.setBrush(QColor(theme.header))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(theme.text))
    painter.drawText(box.adjusted(7, 4, -7, -4), int(flags), text)
    return box
