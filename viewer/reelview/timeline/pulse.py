"""What the run does at the cursor: which lane works, which waits, what is under way between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from reelview.flows import Flows
from reelview.raster.palette import Theme, mix
from reelview.spans import KIND_BITS, Spans
from reelview.timeline.layout import Layout

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline

_LIGHT_PX = 4
_DOT_PX = 3.5
_PALE = 0.35
_MOST_DOTS = 40
"""More hide each other: the last to have begun."""

_LOOKED_BACK = 4_000
"""Flows that are asked whether they are under way: what has been for longer lies in a queue, and the panel lists it."""


@dataclass(frozen=True, slots=True)
class Light:
    """What a line does at a moment: the kind of its innermost operation, and whether that waits."""

    line: int
    kind: int
    waits: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The rows of the lines in view, innermost first, and of which line each is."""

    row: NDArray[np.intp]
    line: NDArray[np.intp]

    @classmethod
    def of(cls, layout: Layout, shown: list[int]) -> Lines:
        wanted = [(row, number) for number in shown for rows in reversed(layout.lines[number].rows) for row in rows]
        columns = np.array(wanted, np.intp).reshape(-1, 2)
        return cls(columns[:, 0].copy(), columns[:, 1].copy())


def lights(spans: Spans, lines: Lines, at_ns: int) -> list[Light]:
    """A light for each line in view that is in an operation; the others are in code of their own, or not there."""
    start, stop = spans.visible(lines.row, at_ns, at_ns + 1)
    busy = np.flatnonzero(start < stop)
    line, first = np.unique(lines.line[busy], return_index=True)
    inside = start[busy[first]]
    kind, waits = spans.kind[inside] & KIND_BITS, spans.blocked_until_ns[inside] > at_ns
    return list(map(Light, line.tolist(), kind.tolist(), waits.tolist()))


def under_way(flows: Flows, at_ns: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The flows that have begun and not ended at a moment, and how far of its way each is, from 0 to 1."""
    last = int(flows.begin_ns.searchsorted(np.int64(at_ns), "right"))
    found = max(last - _LOOKED_BACK, 0) + np.flatnonzero(flows.end_ns[max(last - _LOOKED_BACK, 0) : last] > at_ns)
    begin_ns, end_ns = flows.begin_ns[found], flows.end_ns[found]
    return found, (at_ns - begin_ns) / (end_ns - begin_ns)


class Pulse:
    """Draws at the end of each name a light, pale where the lane waits; along the cursor a dot a message under way."""

    def __init__(self) -> None:
        self._lines: Lines | None = None
        self._lines_key: tuple[object, ...] = ()

    def paint(self, painter: QPainter, timeline: Timeline, area: QRect, theme: Theme) -> None:
        """In the coordinates of the picture, which is in `area`."""
        at_ns = min(timeline.cursor_model.at_ns, timeline.data.spans.last_ns - 1)  # at the end: what has not returned
        x_px = timeline.range_window.x_px(at_ns)
        if 0 <= x_px <= area.width() and len(timeline.data.spans):
            self._paint_lights(painter, timeline, area.height(), at_ns, theme)
            self._paint_dots(painter, timeline, x_px, at_ns, theme)

    def _paint_lights(self, painter: QPainter, timeline: Timeline, height_px: int, at_ns: int, theme: Theme) -> None:
        layout, scroll_px = timeline.layout_, timeline.scroll_px
        key = (layout, scroll_px, height_px)
        if self._lines is None or key != self._lines_key:
            self._lines, self._lines_key = Lines.of(layout, layout.shown(scroll_px, height_px)), key
        for light in lights(timeline.data.spans, self._lines, at_ns):
            line, top = layout.lines[light.line], layout.y_px(light.line, scroll_px)
            if line.pinned or top >= layout.pinned_px:
                place = QRect(-_LIGHT_PX - 2, top + 1, _LIGHT_PX, line.height_px - 4)
                painter.fillRect(place, _colour(theme, light.kind, light.waits))

    def _paint_dots(self, painter: QPainter, timeline: Timeline, x_px: float, at_ns: int, theme: Theme) -> None:
        flows, layout = timeline.data.flows.flows, timeline.layout_
        found, share = (column[-_MOST_DOTS:] for column in under_way(flows, at_ns))
        line_of = layout.line_of_lane
        since, until = line_of[flows.from_lane[found]], line_of[flows.to_lane[found]]
        goes = (since >= 0) & (until >= 0) & (since != until)
        middle_px = layout.first_middles_px(timeline.scroll_px)
        from_px, to_px = middle_px[since[goes]], middle_px[until[goes]]
        dot = _dot(theme, painter.device().devicePixelRatio())
        reach_px = _DOT_PX + 1
        for y_px in (from_px + (to_px - from_px) * share[goes] - reach_px).tolist():
            painter.drawImage(QPointF(x_px - reach_px, y_px), dot)


@lru_cache(maxsize=64)
def _colour(theme: Theme, kind: int, waits: bool) -> QColor:
    colour = theme.kinds[kind]
    return QColor(mix(colour, theme.lane, _PALE) if waits else colour)


@lru_cache(maxsize=8)
def _dot(theme: Theme, ratio: float) -> QImage:
    """Drawn once: a copy of a circle costs a tenth of the circle."""
    side = round((_DOT_PX + 1) * 2 * ratio)
    dot = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    dot.setDevicePixelRatio(ratio)
    dot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(dot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.background))
    painter.setBrush(QColor(theme.accent))
    painter.drawEllipse(QPointF(_DOT_PX + 1, _DOT_PX + 1), _DOT_PX, _DOT_PX)
    painter.end()
    return dot
