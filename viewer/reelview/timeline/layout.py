"""Lines and their heights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reelview.raster.compose import Rows
from reelview.spans import Spans
from reelview.timeline.lane_order import LaneOrder, generation

LEAST_LINE_PX = 10
"""Lower lines have no room for a name."""

LEAST_TEXT_PX = 11
"""Lower strips have no room for text."""

_GAP_PX = 2
_NESTED_MOST = 4
_WITH_NAMES_PX = 8
_NESTED_SHARE = 0.72


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: a lane; or a track's header, which shows its lanes merged where it is folded.

    rows: rows of the spans by depth; a folded header's are all of its lanes', merged in one strip.
    """

    name: str
    track: int
    lanes: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    indent: int
    y_px: int
    height_px: int
    nested_px: int
    is_header: bool = False
    folded: bool = False
    pinned: bool = False


@dataclass(frozen=True, eq=False)
class Layout:
    """All lines from top to bottom. Those that are pinned stay; the others scroll below them."""

    lines: tuple[Line, ...]
    lanes: int
    pinned_px: int
    height_px: int

    @cached_property
    def line_of_lane(self) -> NDArray[np.intp]:
        """(lanes,) the line that shows a lane, its own or its folded track's; -1 where it is hidden."""
        found = np.full(self.lanes, -1, np.intp)
        for number, line in reversed(tuple(enumerate(self.lines))):
            if line.folded or not line.is_header:
                found[list(line.lanes)] = number
        return found

    @cached_property
    def pinned(self) -> int:
        """How many lines are pinned: the first ones."""
        return sum(line.pinned for line in self.lines)

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(lines,) where each line begins, and its height."""
        columns = ([line.y_px for line in self.lines], [line.height_px for line in self.lines])
        return np.array(columns[0], np.int64), np.array(columns[1], np.int64)

    def lane_px_for(self, room_px: int, lane_px: int) -> float:
        """How high lanes may be for all lines to be in view; now they are of `lane_px`."""
        gaps_px = len(self.lines) * (_GAP_PX + 1)  # and what is rounded
        return (room_px - gaps_px) / max(self.height_px - gaps_px, 1) * lane_px

    def y_px(self, number: int, scroll_px: int) -> int:
        """Where a line stands in the view."""
        line = self.lines[number]
        return line.y_px if line.pinned else line.y_px - scroll_px

    def depth_px(self, number: int, depth: int, scroll_px: int) -> tuple[int, int]:
        """Where the row of a depth stands in its line: its top in the view, and its height."""
        line = self.lines[number]
        top, deepest = self.y_px(number, scroll_px), max(len(line.rows) - 1, 0)
        first_px = line.height_px - _GAP_PX - deepest * line.nested_px
        if not deepest or not depth:
            return top, first_px
        return top + first_px + (min(depth, deepest) - 1) * line.nested_px, line.nested_px

    def middle_px(self, number: int, depth: int, scroll_px: int) -> float:
        """Where the middle of the row of a depth stands in the view."""
        top, height = self.depth_px(number, depth, scroll_px)
        return top + height / 2

    def tops_px(self, scroll_px: int) -> NDArray[np.int64]:
        """(lines,) where each line stands in the view."""
        top = self._places[0] - scroll_px
        top[: self.pinned] += scroll_px
        return top

    def middles_px(self, scroll_px: int) -> NDArray[np.float64]:
        """(lines,) where the middle of each line stands in the view."""
        middle: NDArray[np.float64] = self.tops_px(scroll_px) + self._places[1] / 2
        return middle

    @cached_property
    def _first_px(self) -> NDArray[np.float64]:
        """(lines,) from the top of each line to the middle of its outermost row."""
        return np.array([self.middle_px(number, 0, 0) - self.y_px(number, 0) for number in range(len(self.lines))])

    def first_middles_px(self, scroll_px: int) -> NDArray[np.float64]:
        """(lines,) where the middle of the outermost row of each line stands in the view."""
        middle: NDArray[np.float64] = self.tops_px(scroll_px) + self._first_px
        return middle

    def shown(self, scroll_px: int, height_px: int) -> list[int]:
        """The lines that are in view."""
        top = self.tops_px(scroll_px)
        seen = (top > self.pinned_px - self._places[1]) & (top < height_px)
        seen[: self.pinned] = True
        shown: list[int] = np.flatnonzero(seen).tolist()
        return shown

    def line_at(self, y_px: float, scroll_px: int) -> int | None:
        for number, line in enumerate(self.lines):
            top = self.y_px(number, scroll_px)
            if top <= y_px < top + line.height_px and (line.pinned or y_px >= self.pinned_px):
                return number
        return None

    def strips(self, scroll_px: int, height_px: int) -> Strips:
        """The strips of the lines in view."""
        row: list[int] = []
        strip: list[int] = []
        y: list[int] = []
        height: list[int] = []
        for number in self.shown(scroll_px, height_px):
            line = self.lines[number]
            top = self.y_px(number, scroll_px)
            low = 0 if line.pinned else self.pinned_px
            depth_px = line.height_px - _GAP_PX - (len(line.rows) - 1) * line.nested_px
            for rows in line.rows:
                bottom = top + depth_px
                row += rows
                strip += [len(y)] * len(rows)
                y.append(max(top, low))
                height.append(max(bottom - max(top, low), 0))
                top, depth_px = bottom, line.nested_px
        columns = [np.array(column, np.int64) for column in (row, strip, y, height)]
        return Strips(columns[0].astype(np.intp), columns[1].astype(np.intp), Rows(columns[2], columns[3], height_px))


@dataclass(frozen=True, eq=False)
class Strips:
    """Which rows of spans go where: (n,) rows and the strip of each, and the place of every strip."""

    row: NDArray[np.intp]
    strip: NDArray[np.intp]
    place: Rows

    @cached_property
    def with_text(self) -> dict[int, list[tuple[int, int]]]:
        """Row → top and height of each strip that shows it alone and has room for text."""
        single = np.bincount(self.strip, minlength=len(self.place.y_px)) == 1
        roomy = single & (self.place.height_px >= LEAST_TEXT_PX)
        places: dict[int, list[tuple[int, int]]] = {}
        for row, strip in zip(self.row.tolist(), self.strip.tolist(), strict=True):
            if roomy[strip]:
                place = int(self.place.y_px[strip]), int(self.place.height_px[strip])
                places.setdefault(row, []).append(place)
        return places

    @cached_property
    def rows_with_text(self) -> NDArray[np.intp]:
        return np.array(sorted(self.with_text), np.intp)


def arrange_lines(order: LaneOrder, lane_names: tuple[str, ...], spans: Spans) -> Layout:
    """The lines of an order: the pinned ones, then track by track; a track of a single lane needs no header."""
    rows_of: list[list[int]] = [[] for _ in range(spans.lanes)]  # one without a name where there is no lane at all
    for row, lane in enumerate(spans.row_lane.tolist()):
        rows_of[lane].append(row)
    lines: list[Line] = []
    y = 0
    for lane in order.pinned:
        track = next(number for number, track in enumerate(order.tracks) if lane in track.lanes)
        name = " ".join(dict.fromkeys((order.tracks[track].name, lane_names[lane])))
        line = _lane_line(order, lane, rows_of[lane], name=name, track=track, y_px=y, indent=0)
        lines.append(replace(line, pinned=True))
        y += line.height_px
    pinned_px = y + 3 if y else 0
    y = pinned_px
    for track in order.sequence:
        for line in _track_lines(order, track, lane_names, rows_of, y):
            lines.append(line)
            y += line.height_px
    return Layout(tuple(lines), spans.lanes, pinned_px, y)


def _track_lines(
    order: LaneOrder, track: int, lane_names: tuple[str, ...], rows_of: list[list[int]], y_px: int
) -> Iterator[Line]:
    lanes = [lane for lane in order.tracks[track].lanes if lane not in order.hidden]
    indent = min(generation(order.tracks, track), 6)
    if len(lanes) > 1:
        rows = [row for lane in lanes for row in rows_of[lane]]
        header = _header_line(order, track, lanes, rows, y_px=y_px, indent=indent)
        yield header
        if header.folded:
            return
        y_px, indent = y_px + header.height_px, indent + 1
    for lane in lanes:
        name = lane_names[lane] if len(lanes) > 1 else order.tracks[track].name
        line = _lane_line(order, lane, rows_of[lane], name=name, track=track, y_px=y_px, indent=indent)
        yield line
        y_px += line.height_px


def _lane_line(order: LaneOrder, lane: int, rows: list[int], *, name: str, track: int, y_px: int, indent: int) -> Line:
    """Nested rows stand below the outermost; those deeper than there is room for share the last."""
    deep: list[tuple[int, ...]] = [(row,) for row in rows[:_NESTED_MOST]]
    if len(rows) > _NESTED_MOST:
        deep[-1] = tuple(rows[_NESTED_MOST - 1 :])
    nested_px = max(1, round(order.lane_px * _NESTED_SHARE))
    height = order.lane_px + _GAP_PX + nested_px * max(len(deep) - 1, 0)
    return Line(name, track, (lane,), tuple(deep), indent, y_px, height, nested_px)


def _header_line(order: LaneOrder, track: int, lanes: list[int], rows: list[int], *, y_px: int, indent: int) -> Line:
    folded = order.is_folded(track)
    height = max(order.lane_px, 14 if order.lane_px >= _WITH_NAMES_PX else 0) + _GAP_PX
    merged = (tuple(rows),) if folded else ()
    return Line(order.tracks[track].name, track, tuple(lanes), merged, indent, y_px, height, 0, True, folded)
