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

    Args:
        start, stop: (rows,) slices of the spans that intersect the window, from `Spans.visible`.
    """
    canvas = Canvas(len(start), window)
    canvas.put_slices(spans, start, stop)
    return canvas.frame()
