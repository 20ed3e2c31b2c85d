"""The critical path as lines along lanes and between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.critical import Step
from reelview.raster.window import Window

_FAR_PX = 20_000.0

_BUCKET_PX = 12
_MOST_IN_BUCKET = 3
"""More lines from lane to lane in a bucket would cover all that is under them."""


@dataclass(frozen=True, slots=True, eq=False)
class PathColumns:
    """A critical path as columns of length n, in order of time.

    from_lane: the lane that a step comes from: its own, but where it follows a cause in another.
    """

    begin_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    from_lane: NDArray[np.int64]
    lane: NDArray[np.int64]

    @classmethod
    def of_steps(cls, steps: Sequence[Step], lane_of_event: NDArray[np.int64]) -> PathColumns:
        rows = [
            (step.begin_ns, step.end_ns, int(lane_of_event[step.cause]) if step.cause >= 0 else step.lane, step.lane)
            for step in steps
        ]
        columns = np.array(rows, np.int64).reshape(-1, 4)
        return cls(*(np.ascontiguousarray(column) for column in columns.T))


@dataclass(frozen=True, slots=True, eq=False)
class PathLines:
    """Lines to draw, in px: along a lane where y_px[0] == y_px[1], else from one lane to another; (n, 2) each."""

    x_px: NDArray[np.float64]
    y_px: NDArray[np.float64]


def path_lines(path: PathColumns, window: Window, y_of_lane: NDArray[np.float64]) -> PathLines:
    """The lines of a window, each drawn once however many steps share its pixels.

    Args:
        y_of_lane: (lanes,) where the path runs in a lane, px; nan where the lane is hidden.
    """
    low = int(path.end_ns.searchsorted(np.int64(window.begin_ns), "right"))
    high = int(path.begin_ns.searchsorted(np.int64(window.end_ns)))
    part = slice(low, max(high, low))
    scale = window.width_px / (window.end_ns - window.begin_ns)
    ends_ns = np.stack((path.begin_ns[part], path.end_ns[part]), axis=1) - window.begin_ns
    x = np.rint(np.clip(ends_ns.astype(np.float64) * scale, -_FAR_PX, _FAR_PX))
    y = np.stack((y_of_lane[path.from_lane[part]], y_of_lane[path.lane[part]]), axis=1)
    seen = ~np.isnan(y).any(axis=1)
    x, y = x[seen], y[seen]
    if len(x) > window.width_px:
        whole = np.unique(np.concatenate((x, y), axis=1), axis=0)
        x, y = whole[:, :2], whole[:, 2:]
    return PathLines(x, y)


def thin_out(lines: PathLines) -> tuple[PathLines, PathLines]:
    """Of lines between lanes those that stand apart, and one upright line for each bucket of those that crowd.

    The latter leads from the highest to the lowest of the places that they lead to: it says that the path goes to and
    fro between them, and leaves room to see what is under it.
    """
    bucket = (lines.x_px.mean(axis=1) // _BUCKET_PX).astype(np.int64)
    places, inverse, count = np.unique(bucket, return_inverse=True, return_counts=True)
    crowds = count[inverse] > _MOST_IN_BUCKET
    order = np.argsort(inverse[crowds], kind="stable")
    number, y = inverse[crowds][order], lines.y_px[crowds][order]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    x = (places[number[first]] + 0.5) * _BUCKET_PX
    top, bottom = (
        extreme.reduceat(each, first) if len(first) else np.zeros(0)
        for extreme, each in ((np.minimum, y.min(axis=1)), (np.maximum, y.max(axis=1)))
    )
    upright = PathLines(np.stack((x, x), axis=1), np.stack((top, bottom), axis=1))
    return PathLines(lines.x_px[~crowds], lines.y_px[~crowds]), upright
