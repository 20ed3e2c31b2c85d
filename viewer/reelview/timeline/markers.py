"""Moments that are marked on a lane: a signal at the line it hit, a line on the console."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.raster.window import Window

APART_PX = 7
"""Markers of a lane that would stand nearer to each other are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Columns sorted by lane, then by at_ns; those of lane i stand at [offset[i], offset[i + 1])."""

    at_ns: NDArray[np.int64]
    lane: NDArray[np.int32]
    event: NDArray[np.uint32]
    offset: NDArray[np.int64]

    @classmethod
    def of(cls, at_ns: NDArray[np.int64], lane: NDArray[np.integer], event: NDArray[np.integer], lanes: int) -> Markers:
        order = np.lexsort((at_ns, lane))
        offset = np.concatenate(([0], np.cumsum(np.bincount(lane, minlength=lanes)))).astype(np.int64)
        return cls(at_ns[order], lane[order].astype(np.int32), event[order].astype(np.uint32), offset)

    @classmethod
    def none(cls) -> Markers:
        none = np.zeros(0, np.int64)
        return cls.of(none, none, none, 0)

    def only(self, rows: NDArray[np.int64]) -> Markers:
        """Those of some events."""
        kept = np.isin(self.event, rows)
        return Markers.of(self.at_ns[kept], self.lane[kept], self.event[kept], len(self.offset) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """What is drawn: (n,) columns; `first` is a place in Markers, and the `count` from there on share the marker."""

    lane: NDArray[np.int64]
    x_px: NDArray[np.float64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]


def place_markers(markers: Markers, window: Window, lanes: list[int]) -> Placed:
    """The markers of some lanes in a window; each stands for those that come right after it.

    No marker is left out at any zoom, and the cost does not grow with their number. The parts of time that share a
    marker begin at multiples of their length, so that moving the view does not regroup them.
    """
    part_ns = max(round(window.pixel_ns * APART_PX), 1)
    edges = np.arange(window.begin_ns // part_ns, window.end_ns // part_ns + 2, dtype=np.int64) * part_ns
    edges = np.clip(edges, window.begin_ns, window.end_ns)
    found = []
    for lane in lanes:
        low, high = markers.offset[lane : lane + 2].tolist() if lane < len(markers.offset) - 1 else (0, 0)
        if low < high:
            places = low + markers.at_ns[low:high].searchsorted(edges)
            count = np.diff(places)
            some = np.flatnonzero(count)
            found.append(np.stack((np.full(len(some), lane), places[some], count[some])))
    lane_of, first, counts = np.concatenate(found, axis=1) if found else np.zeros((3, 0), np.int64)
    scale = window.width_px / (window.end_ns - window.begin_ns)
    x_px = (markers.at_ns[first] - window.begin_ns).astype(np.float64) * scale
    return Placed(lane_of, x_px, first, counts)


def marked_at(markers: Markers, window: Window, lanes: list[int], x_px: float, reach_px: float) -> list[int]:
    """The events of the marker that stands nearest to a place, within reach; in order of time."""
    placed = place_markers(markers, window, lanes)
    gap = np.abs(placed.x_px - x_px)
    if not len(gap) or gap.min() > reach_px:
        return []
    nearest = int(np.argmin(gap))
    first, count = int(placed.first[nearest]), int(placed.count[nearest])
    found: list[int] = markers.event[first : first + count].tolist()
    return found
