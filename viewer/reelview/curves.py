"""Curves on the timeline's own axis: strips one under another, as geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reelview.lens.lens import Curve
from reelview.raster.window import Window

_FAR_PX = 20_000.0
_HEADROOM = 0.12
_EVER_NS = 1 << 62
_BLOCK = 256
_MOST_STEPS = 60_000
"""In a window with more of them the extremes of whole blocks are drawn, which no pixel shows to be so."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Curves that share a scale: `low` to `high`, from the bottom to the top of [y_px, y_px + height_px)."""

    curves: tuple[Curve, ...]
    low: float
    high: float
    y_px: float
    height_px: float
    _extremes: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)

    def extremes(self, curve: Curve, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Of each block from `first` to `last` its begin, twice, with its least and its greatest value.

        They are worked out once: millions of steps in each frame would halt what plays.
        """
        starts = np.arange(0, len(curve.at_ns), _BLOCK)
        number = self.curves.index(curve)
        if number not in self._extremes:
            bounds = np.minimum.reduceat(curve.value, starts), np.maximum.reduceat(curve.value, starts)
            self._extremes[number] = bounds
        low, high = self._extremes[number]
        value = np.stack((low[first:last], high[first:last]), axis=1).ravel()
        return np.repeat(curve.at_ns[starts[first:last]], 2), value

    @property
    def name(self) -> str:
        names = ", ".join(curve.name for curve in self.curves)
        return f"{names} {self.curves[0].unit}".strip()

    def y_of(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        share = (value - self.low) / (self.high - self.low)
        found: NDArray[np.float64] = self.y_px + self.height_px - share * self.height_px
        return found


def stack_strips(curves: tuple[Curve, ...], height_px: float) -> list[Strip]:
    """A strip a group, of equal height; each scale holds all values of the whole run, and 0 where it is near."""
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(curve.group, []).append(curve)
    each = height_px / max(len(groups), 1)
    strips = []
    for number, members in enumerate(groups.values()):
        low = min(float(curve.value.min(initial=0.0)) for curve in members)
        high = max(float(curve.value.max(initial=0.0)) for curve in members)
        if high - low <= 0:
            high = low + 1.0
        room = (high - low) * _HEADROOM
        strips.append(Strip(tuple(members), low - (room if low < 0 else 0), high + room, number * each + 3, each - 6))
    return strips


def step_line(curve: Curve, strip: Strip, window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners of a curve in a window; each value holds until the next. Where many share a pixel, its extremes."""
    low, high = curve.at_ns.searchsorted([np.int64(window.begin_ns), np.int64(window.end_ns)])
    first, last = max(int(low) - 1, 0), min(int(high) + 1, len(curve.at_ns))
    if last <= first:
        return np.zeros(0), np.zeros(0)
    if last - first > _MOST_STEPS:
        at_ns, value = strip.extremes(curve, first // _BLOCK, -(-last // _BLOCK))
    else:
        at_ns, value = curve.at_ns[first:last], curve.value[first:last]
    at = (at_ns - window.begin_ns) * (window.width_px / (window.end_ns - window.begin_ns))
    x, y = np.clip(at, -_FAR_PX, _FAR_PX), strip.y_of(value)
    if len(x) > window.width_px:
        x, y = _extremes(x, y, window.width_px)
    ends = np.append(x[1:], min(max(float(window.width_px), float(x[-1])), _FAR_PX))
    return np.stack((x, ends), axis=1).ravel(), np.repeat(y, 2)


def _extremes(
    x: NDArray[np.float64], y: NDArray[np.float64], width_px: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the greatest of each pixel."""
    pixel = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], pixel[1:] != pixel[:-1])))
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(x[starts], 2), np.stack((low, high), axis=1).ravel()


class Values:
    """The value of each curve at a moment that moves; None before the first of a curve.

    A value holds until the next: while the moment stays between two changes, nothing is looked up.
    """

    def __init__(self, curves: Sequence[Curve]) -> None:
        self._curves = curves
        self.all: tuple[float | None, ...] = (None,) * len(curves)
        self._since_ns, self._until_ns = 0, 0

    def move_to(self, at_ns: int) -> bool:
        """Goes to a moment; whether there are other values than before."""
        if self._since_ns <= at_ns < self._until_ns:
            return False
        before, values = self.all, []
        since_ns, until_ns = -_EVER_NS, _EVER_NS
        for curve in self._curves:
            place = int(curve.at_ns.searchsorted(np.int64(at_ns), "right"))
            values.append(float(curve.value[place - 1]) if place else None)
            since_ns = max(since_ns, int(curve.at_ns[place - 1])) if place else since_ns
            until_ns = min(until_ns, int(curve.at_ns[place])) if place < len(curve.at_ns) else until_ns
        self.all, self._since_ns, self._until_ns = tuple(values), since_ns, until_ns
        return self.all != before


def nearest_event(strip: Strip, at_ns: int, within_ns: float) -> int | None:
    """The event that made the value nearest to a moment."""
    best: tuple[float, int] | None = None
    for curve in strip.curves:
        place = int(curve.at_ns.searchsorted(np.int64(at_ns)))
        for near in (place - 1, place):
            if 0 <= near < len(curve.at_ns):
                gap = abs(int(curve.at_ns[near]) - at_ns)
                if gap <= within_ns and (best is None or gap < best[0]):
                    best = gap, int(curve.event[near])
    return best[1] if best else None
