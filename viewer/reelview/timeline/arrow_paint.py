"""Arrows and bundles on a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from reelview.arrows import Arrows, choose_arrows, count_label
from reelview.flows import FlowIndex
from reelview.raster.choose import Raster
from reelview.raster.palette import Theme, mix
from reelview.raster.window import Window
from reelview.timeline.layout import Layout
from reelview.timeline.texts import Texts

_SMOOTH = 80
_THICK = 1000
_FAINT = 0.25
_MOST_COUNTS = 40
_IN_WORDS = 12
"""Of more bundles the counts stand without their noun."""

_LABEL_AT = (0.5, 0.35, 0.65, 0.2, 0.8)
_FAR_PX = 20_000.0
_CELL_BITS = 3


@dataclass(frozen=True, slots=True)
class ArrowInk:
    """What arrows are drawn with."""

    painter: QPainter
    theme: Theme
    texts: Texts
    faint: bool
    """Whether others stand out."""
    raster: Raster
    """It knows how deep each event is nested in its lane: an arrow ends at the row of its event."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What is to be written at bundles, over whatever else stands there.

    x_px: (bundles,) where each stands; heights_px: where its count may, the best first.
    """

    count: NDArray[np.int64]
    x_px: list[int]
    heights_px: list[list[int]]


def paint_arrows(
    ink: ArrowInk, index: FlowIndex, window: Window, height_px: int, scroll_px: int, layout: Layout
) -> tuple[str, Counts | None]:
    """Draws the flows of a window; returns what is told in words instead, and the counts, for `paint_counts`."""
    shown = layout.shown(scroll_px, height_px)
    if not shown or not len(index.flows):
        return "", None
    pinned = layout.pinned
    first = shown[pinned] if len(shown) > pinned else shown[0]
    arrows = choose_arrows(index, window, layout.line_of_lane, first_line=first, last_line=shown[-1], pinned=pinned)
    counts = None
    if len(arrows.flow):
        _paint_single(ink, _ends(ink, index, arrows, window, layout, scroll_px))
    if len(arrows.count):
        counts = _paint_bundles(ink, arrows, np.clip(layout.middles_px(scroll_px), 2, height_px - 4).tolist())
    if not arrows.rest:
        return "", counts
    pairs = count_label(arrows.rest_pairs, "other pair" if len(arrows.count) else "pair")
    return f"{count_label(arrows.rest)} between {pairs} of lanes are not drawn: zoom in, or hide lanes", counts


def _ends(
    ink: ArrowInk, index: FlowIndex, arrows: Arrows, window: Window, layout: Layout, scroll_px: int
) -> list[tuple[float, float, float, float]]:
    """x and y of the begin and of the end of each flow that is drawn by itself."""
    flows, chosen = index.flows, arrows.flow
    scale = window.width_px / (window.end_ns - window.begin_ns)
    middles: dict[tuple[int, int], float] = {}

    def heights(lane: NDArray[np.int32], event: NDArray[np.uint32]) -> NDArray[np.float64]:
        pairs = list(zip(layout.line_of_lane[lane].tolist(), ink.raster.depth[event].tolist(), strict=True))
        for pair in set(pairs) - middles.keys():
            middles[pair] = layout.middle_px(*pair, scroll_px)
        return np.array([middles[pair] for pair in pairs])

    columns = (
        np.clip((flows.begin_ns[chosen] - window.begin_ns) * scale, -_FAR_PX, _FAR_PX),
        heights(flows.from_lane[chosen], flows.from_event[chosen]),
        np.clip((flows.end_ns[chosen] - window.begin_ns) * scale, -_FAR_PX, _FAR_PX),
        heights(flows.to_lane[chosen], flows.to_event[chosen]),
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _paint_single(ink: ArrowInk, ends: list[tuple[float, float, float, float]]) -> None:
    few = len(ends) <= _SMOOTH
    # Lines of one pixel without transparency are drawn four times as fast as others.
    strength = _FAINT if ink.faint else 0.7 if few else 0.42
    colour = QColor(mix(ink.theme.arrow, ink.theme.lane, strength))
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
    ink.painter.setPen(QPen(colour, 1))
    ink.painter.drawLines([QLineF(*end) for end in ends])
    if few:
        fill(ink.painter, colour, [head(*end) for end in ends])
    else:
        ink.painter.setPen(QPen(colour, 3))
        ink.painter.drawPoints([QPointF(x, y) for _, _, x, y in ends])
    ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def fill(painter: QPainter, colour: QColor, polygons: list[QPolygonF]) -> None:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for corners in polygons:
        path.addPolygon(corners)
    painter.fillPath(path, colour)


def head(from_x: float, from_y: float, to_x: float, to_y: float, size_px: float = 6.0) -> QPolygonF:
    """The head of an arrow."""
    angle = math.atan2(to_y - from_y, to_x - from_x)
    corners = [QPointF(to_x, to_y)]
    for turn in (2.7, -2.7):
        corners.append(QPointF(to_x + size_px * math.cos(angle + turn), to_y + size_px * math.sin(angle + turn)))
    return QPolygonF(corners)


def _paint_bundles(ink: ArrowInk, arrows: Arrows, middle: list[float]) -> Counts | None:
    """Each bundle an upright arrow from a dot to a head; its count is written where there is room."""
    colour = QColor(mix(ink.theme.arrow, ink.theme.lane, _FAINT if ink.faint else 0.65))
    x = arrows.x_px.astype(int).tolist()
    top = [int(middle[line]) for line in arrows.from_line.tolist()]
    bottom = [int(middle[line]) for line in arrows.to_line.tolist()]
    width = (1 + (arrows.count >= _THICK)).tolist()
    heads = {down: ink.texts.picture("▼" if down else "▲", colour.rgb() & 0xFFFFFF) for down in (True, False)}
    half_px = ink.texts.width_px("▼") // 2
    for n in range(len(x)):
        down = bottom[n] > top[n]
        # Upright rectangles are drawn in a third of the time of lines.
        ink.painter.fillRect(x[n], min(top[n], bottom[n]), width[n], abs(bottom[n] - top[n]), colour)
        ink.painter.fillRect(x[n] - 1, top[n] - 1, 3, 3, colour)
        ink.painter.drawPixmap(x[n] - half_px, bottom[n] - (ink.texts.height_px - 3 if down else 3), heads[down])
    if ink.faint:
        return None
    heights = zip(top, bottom, strict=True)
    return Counts(arrows.count, x, [[round(y + (end - y) * at) for at in _LABEL_AT] for y, end in heights])


class _Taken:
    """The cells of a coarse grid in which something stands: boxes that share none do not hide each other."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}

    def take(self, left: int, top: int, width: int, height: int) -> bool:
        """Takes the cells of a box; False where one of them is taken."""
        first = max(left, 0) >> _CELL_BITS
        cells = (1 << ((max(left + width, 0) >> _CELL_BITS) + 1)) - (1 << first)
        rows = range(top >> _CELL_BITS, (top + height >> _CELL_BITS) + 1)
        taken = self._rows
        for row in rows:
            if taken.get(row, 0) & cells:
                return False
        for row in rows:
            taken[row] = taken.get(row, 0) | cells
        return True


def paint_counts(ink: ArrowInk, counts: Counts) -> None:
    """The counts of the largest bundles, as far as they do not hide each other."""
    words = len(counts.count) <= _IN_WORDS
    texts, colour = ink.texts, ink.theme.text
    height_px = texts.height_px
    back = QColor(ink.theme.header)
    taken = _Taken()
    for number in np.argsort(-counts.count, kind="stable")[:_MOST_COUNTS].tolist():
        digits, _, noun = count_label(int(counts.count[number])).partition(" ")
        noun = f" {noun}" if words else ""
        x, tops = counts.x_px[number], counts.heights_px[number]
        width_px = sum(map(texts.width_px, digits)) + texts.width_px(noun) + 6
        free = (y - height_px // 2 for y in tops if taken.take(x + 4, y - height_px // 2, width_px, height_px))
        top = next(free, None)
        if top is not None:
            ink.painter.fillRect(x + 4, top, width_px, height_px, back)
            end = texts.draw_number(ink.painter, digits, x + 7, top, colour)
            if noun:
                ink.painter.drawPixmap(end, top, texts.picture(noun, colour))
