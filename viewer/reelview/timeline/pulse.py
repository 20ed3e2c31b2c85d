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


def lights(spans: Spans, layout: Layout, shown: list[int], at_ns: int) -> list[Light]:
    """A light for each line in view that is in an operation; the others are in code of their own, or not there."""
    wanted = [(number, row) for number in shown for rows in reversed(layout.lines[number].rows) for row in rows]
    start, stop = spans.visible(np.array([row for _, row in wanted], np.intp), at_ns, at_ns + 1)
    found: dict[int, Light] = {}
    for (number, _), inside, end in zip(wanted, start.tolist(), stop.tolist(), strict=True):
        if inside < end and number not in found:
            waits = at_ns < int(spans.blocked_until_ns[inside])
            found[number] = Light(number, int(spans.kind[inside]) & KIND_BITS, waits)
    return list(found.values())


def under_way(flows: Flows, at_ns: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The flows that have begun and not ended at a moment, and how far of its way each is, from 0 to 1."""
    last = int(flows.begin_ns.searchsorted(np.int64(at_ns), "right"))
    found = max(last - _LOOKED_BACK, 0) + np.flatnonzero(flows.end_ns[max(last - _LOOKED_BACK, 0) : last] > at_ns)
    begin_ns, end_ns = flows.begin_ns[found], flows.end_ns[found]
    return found, (at_ns - begin_ns) / (end_ns - begin_ns)


def paint_pulse(painter: QPainter, timeline: Timeline, area: QRect, theme: Theme) -> None:
    """At the end of each name a light, pale where the lane waits; along the cursor a dot for each message under way."""
    layout, scroll_px = timeline.layout_, timeline.scroll_px
    at_ns = min(timeline.cursor_model.at_ns, timeline.data.spans.last_ns - 1)  # at the end: what has not returned
    x_px = timeline.range_window.x_px(at_ns)
    if not 0 <= x_px <= area.width() or not len(timeline.data.spans):
        return
    painter.save()
    painter.setClipRect(QRect(0, area.top(), area.right(), area.height()))
    painter.translate(area.topLeft())
    for light in lights(timeline.data.spans, layout, layout.shown(scroll_px, area.height()), at_ns):
        line, top = layout.lines[light.line], layout.y_px(light.line, scroll_px)
        if line.pinned or top >= layout.pinned_px:
            colour = theme.kinds[light.kind]
            place = QRect(-_LIGHT_PX - 2, top + 1, _LIGHT_PX, line.height_px - 4)
            painter.fillRect(place, QColor(mix(colour, theme.lane, _PALE) if light.waits else colour))
    flows, line_of = timeline.data.flows.flows, layout.line_of_lane
    found, share = (column[-_MOST_DOTS:] for column in under_way(flows, at_ns))
    dot = _dot(theme, painter.device().devicePixelRatio())
    ends = zip(
        line_of[flows.from_lane[found]].tolist(), line_of[flows.to_lane[found]].tolist(), share.tolist(), strict=True
    )
    for since, until, done in ends:
        if since >= 0 and until >= 0 and since != until:
            from_px, to_px = layout.middle_px(since, 0, scroll_px), layout.middle_px(until, 0, scroll_px)
            y_px = from_px + (to_px - from_px) * done
            painter.drawImage(QPointF(x_px - _DOT_PX - 1, y_px - _DOT_PX - 1), dot)
    painter.restore()


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
