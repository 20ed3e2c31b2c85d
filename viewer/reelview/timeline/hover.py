"""What is under the mouse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelview.raster.frame import KINDS_MASK
from reelview.raster.index_mip import bits
from reelview.raster.window import Window
from reelview.ticks import duration_label
from reelview.timeline.data import TimelineData
from reelview.timeline.layout import LEAST_LINE_PX, Layout
from reelview.timeline.markers import marked_at

_REACH_PX = 3
_COUNTED = 50_000
_MARKER_PX = 9
_MARKER_REACH_PX = 5
_MOST_SAID = 8


@dataclass(frozen=True, slots=True)
class Hover:
    """A line, the event at the mouse or next to it, and how many events share its pixel."""

    line: int
    at_ns: int
    span: int | None
    crowd: int
    kinds: int
    marked: tuple[int, ...] = ()
    """The events of the marker at the mouse."""

    def text(self, data: TimelineData, layout: Layout) -> str:
        """What to show of it: its lane alone where there is no event, unless the lane's name is to be read anyway."""
        line = layout.lines[self.line]
        if self.span is None:
            return line.name if line.height_px < LEAST_LINE_PX else ""
        if len(self.marked) > 1:
            said = [data.say(event) for event in self.marked[:_MOST_SAID]]
            rest = len(self.marked) - len(said)
            return "\n".join([line.name, *said, *([f"and {rest:,} more here"] if rest else [])])
        spans = data.spans
        about = data.describe(int(spans.event[self.span]))
        length_ns = int(spans.end_ns[self.span] - spans.begin_ns[self.span])
        length = duration_label(length_ns)
        begun = duration_label(int(spans.begin_ns[self.span]) - data.zero_ns, max(length_ns // 100, 1))
        lines = [line.name, about, f"{length}, from {begun}"]
        if self.crowd > 1:
            names = [name for kind, name in enumerate(data.kind_names) if self.kinds >> kind & 1]
            lines.append(f"{self.crowd:,} events in this pixel" + (f": {', '.join(names)}" if names else ""))
        return "\n".join(lines)


def under(
    data: TimelineData, layout: Layout, window: Window, *, x_px: float, y_px: float, scroll_px: int
) -> Hover | None:
    """What stands at a place of the picture."""
    number = layout.line_at(y_px, scroll_px)
    if number is None:
        return None
    line = layout.lines[number]
    at_ns = window.at_ns(x_px)
    if not line.rows:
        return Hover(number, at_ns, None, 0, 0)
    marked = _marked(data, layout, window, number, x_px) if y_px - layout.y_px(number, scroll_px) < _MARKER_PX else ()
    if marked:
        return Hover(number, at_ns, data.span_of_event(marked[0]), 1, 0, marked)
    deep = int(y_px - layout.y_px(number, scroll_px) - (line.height_px - 2 - (len(line.rows) - 1) * line.nested_px))
    depth = 0 if deep < 0 or not line.nested_px else min(1 + deep // line.nested_px, len(line.rows) - 1)
    for rows in (line.rows[depth], line.rows[0]):
        found = _nearest(data, rows, window, at_ns)
        if found is not None:
            break
    array = np.array(line.rows[depth], np.intp)
    pixel_ns = max(window.pixel_ns, 1)
    start, stop = data.spans.visible(array, int(at_ns - pixel_ns / 2), int(at_ns + pixel_ns / 2) + 1)
    crowd = int((stop - start).sum())
    kinds = 0
    for low, high in zip(start.tolist(), stop.tolist(), strict=True):
        kinds |= int(np.bitwise_or.reduce(bits(data.spans.kind[low : min(high, low + _COUNTED)]), initial=0))
    return Hover(number, at_ns, found, crowd, kinds & int(KINDS_MASK))


def _marked(data: TimelineData, layout: Layout, window: Window, line: int, x_px: float) -> tuple[int, ...]:
    """The events of the marker at a place of a line: a signal hides what is on the console."""
    lanes = np.flatnonzero(layout.line_of_lane == line).tolist()
    for markers in (data.markers, data.console):
        found = marked_at(markers, window, lanes, x_px, _MARKER_REACH_PX)
        if found:
            return tuple(found)
    return ()


def _nearest(data: TimelineData, rows: tuple[int, ...], window: Window, at_ns: int) -> int | None:
    spans = data.spans
    reach_ns = int(window.pixel_ns * _REACH_PX)
    found = [span for row in rows if (span := spans.at(row, at_ns, reach_ns)) is not None]

    def distance(span: int) -> int:
        return max(int(spans.begin_ns[span]) - at_ns, at_ns - int(spans.end_ns[span]) + 1, 0)

    return min(found, key=distance, default=None)
