"""Which spans have room for text."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reelview.raster.choose import Raster
from reelview.raster.window import Window
from reelview.spans import KIND_BITS
from reelview.timeline.layout import Strips

_LEAST_PX = 26
_MOST = 500
_PAD_PX = 3


class Label(NamedTuple):
    """A text, its event, where it begins, the kind it stands on, and whether that is hatched there."""

    text: str
    event: int
    x_px: float
    y_px: int
    height_px: int
    kind: int
    on_hatching: bool


def place_labels(
    raster: Raster, window: Window, strips: Strips, label: Callable[[int], str], fit: Callable[[str, float], str]
) -> list[Label]:
    """Texts for the widest spans in view, each where all of it fits, or its first word.

    Args:
        label: the text of an event.
        fit: as much of a text as there is room for, px.
    """
    spans = raster.spans
    if not len(strips.rows_with_text):
        return []
    long = raster.long_spans(window, strips.rows_with_text, _LEAST_PX)
    found = _widest(long, spans.end_ns, spans.begin_ns)
    x_px = window.width_px / (window.end_ns - window.begin_ns)
    left = np.maximum((spans.begin_ns[found] - window.begin_ns) * x_px, 0) + _PAD_PX
    room = np.minimum((spans.end_ns[found] - window.begin_ns) * x_px, window.width_px) - _PAD_PX - left
    hatched = (spans.blocked_until_ns[found] - window.begin_ns) * x_px > left
    row_of = spans.offset.searchsorted(found, "right") - 1
    kind = spans.kind[found] & KIND_BITS
    columns = (row_of, spans.event[found], left, room, hatched, kind)
    labels = []
    for row, event, x, width, on_hatching, colour in zip(*(column.tolist() for column in columns), strict=True):
        text = fit(label(event), width)
        for top, height in strips.with_text[row] if text else ():
            labels.append(Label(text, event, x, top, height, colour, on_hatching))
    return labels


def _widest(span: NDArray[np.int64], end_ns: NDArray[np.int64], begin_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(span) <= _MOST:
        return span
    length = end_ns[span] - begin_ns[span]
    return np.sort(span[np.argpartition(-length, _MOST)[:_MOST]])
