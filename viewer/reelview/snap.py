"""Edges of spans that a drag holds to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelview.raster.window import Window
from reelview.spans import Spans, bisect

REACH_PX = 5


def snap(spans: Spans, rows: NDArray[np.intp], window: Window, at_ns: int, reach_px: float = REACH_PX) -> int:
    """The nearest begin or end of a span within reach, or the moment itself where there is none.

    Args:
        rows: (n,) the rows whose edges count; one bisection over all of them.
    """
    if not len(rows) or not len(spans):
        return at_ns
    low, high = spans.offset[rows], spans.offset[rows + 1]
    edges = []
    for column in (spans.begin_ns, spans.end_ns):
        after = bisect(column, low, high, at_ns)
        edges += [column[after[after < high]], column[after[after > low] - 1]]
    near = np.concatenate(edges)
    if not len(near):
        return at_ns
    best = int(near[np.abs(near - at_ns).argmin()])
    return best if abs(best - at_ns) <= reach_px * window.pixel_ns else at_ns
