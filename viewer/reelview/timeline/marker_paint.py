"""Markers on a picture."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPolygonF

from reelview.kinds import KIND_NAMES
from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.timeline.layout import Layout
from reelview.timeline.markers import Markers, place_markers

FLAG = ((-4.5, 0.0), (4.5, 0.0), (0.0, 7.0))
BUBBLE = ((-4.0, 0.5), (5.0, 0.5), (5.0, 5.5), (0.0, 5.5), (-3.0, 9.0), (-3.0, 5.5), (-4.0, 5.5))
CONSOLE = KIND_NAMES.index("console")


class MarkerPainter:
    """Draws the markers of the lanes in view: console lines as bubbles, signals as red flags over them."""

    def __init__(
        self, painter: QPainter, window: Window, layout: Layout, *, scroll_px: int, height_px: int, theme: Theme
    ) -> None:
        self._painter = painter
        self._window = window
        self._layout = layout
        self._scroll_px = scroll_px
        self._theme = theme
        self._height_px = height_px

    @cached_property
    def _lanes(self) -> list[int]:
        """Those in view."""
        shown = self._layout.shown(self._scroll_px, self._height_px)
        lanes: list[int] = np.flatnonzero(np.isin(self._layout.line_of_lane, shown)).tolist()
        return lanes

    def signals(self, markers: Markers) -> None:
        self._paint(markers, FLAG, QColor(self._theme.urgent))

    def console(self, markers: Markers) -> None:
        self._paint(markers, BUBBLE, QColor(self._theme.kinds[CONSOLE]))

    def _paint(self, markers: Markers, shape: tuple[tuple[float, float], ...], colour: QColor) -> None:
        if not len(markers.at_ns):
            return
        placed = place_markers(markers, self._window, self._lanes)
        painter, layout = self._painter, self._layout
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.background))
        painter.setBrush(colour)
        for lane, x in zip(placed.lane.tolist(), placed.x_px.tolist(), strict=True):
            line = int(layout.line_of_lane[lane])
            y = layout.y_px(line, self._scroll_px)
            if layout.lines[line].pinned or y >= layout.pinned_px:
                painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in shape]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
