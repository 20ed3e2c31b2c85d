"""Every visible span, to the pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelview.raster.canvas import Canvas
from reelview.raster.frame import Frame
from reelview.raster.window import Window
from reelview.spans import Spans


def exact(spans: Spans, window: Window, start: NDArray[np.int64], stop: NDArray[np.int64]) -> Frame:
    """The frame of some rows, where each pixel shows the span that takes most of it.

    Some 0.1 µs a visible span: for up to a hundred thousand of them.

    Args:
        start, stop: (rows,) slices of the spans that intersect the window, from `Spans.visible`.
    """
    canvas = Canvas(len(start), window)
    row, span = spread(start, stop)
    if len(span):
        canvas.put(row, *columns(spans, span))
    return canvas.frame()


def columns(
    spans: Spans, span: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """What `Canvas.put` wants of some spans."""
    return (
        spans.begin_ns.take(span),
        spans.end_ns.take(span),
        spans.blocked_until_ns.take(span),
        spans.kind.take(span),
    )


def spread(start: NDArray[np.int64], stop: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All members of the slices [start[i], stop[i]): the slice that each is of, and the member."""
    count = stop - start
    before = np.cumsum(count) - count
    of = np.repeat(np.arange(len(start), dtype=np.int64), count)
    return of, np.arange(len(of), dtype=np.int64) + np.repeat(start - before, count)
