"""Which spans have room for text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.raster.choose import Raster
from reelview.raster.window import Window
from reelview.spans import KIND_BITS
from reelview.timeline.layout import Strips

LEAST_STRIP_PX = 11
_LEAST_PX = 26
_MOST = 500
_PAD_PX = 3


@dataclass(frozen=True, slots=True)
class Label:
    """A text, where it begins, the room it has, and the kind it stands on."""

    text: str
    x_px: float
    y_px: int
    width_px: float
    height_px: int
    kind: int


def place_labels(
    raster: Raster, window: Window, strips: Strips, label: Callable[[int], str], advance: Callable[[str], int]
) -> list[Label]:
    """Texts for the widest spans in view, each where all of it fits, or its first word.

    Args:
        label: the text of an event.
        advance: the width of a text, px.
    """
    spans = raster.spans
    tall = strips.place.height_px >= LEAST_STRIP_PX
    single = np.bincount(strips.strip, minlength=len(tall)) == 1
    rows = strips.row[(tall & single)[strips.strip]]
    if not len(rows):
        return []
    strips_of_row: dict[int, list[int]] = {}
    for row, strip in zip(strips.row.tolist(), strips.strip.tolist(), strict=True):
        strips_of_row.setdefault(row, []).append(strip)
    found = _widest(raster.long_spans(window, np.unique(rows), _LEAST_PX), spans.end_ns, spans.begin_ns)
    labels = []
    row_of = spans.offset.searchsorted(found, "right") - 1
    for span, row in zip(found.tolist(), row_of.tolist(), strict=True):
        left = max(window.x_px(int(spans.begin_ns[span])), 0) + _PAD_PX
        room = min(window.x_px(int(spans.end_ns[span])), window.width_px) - _PAD_PX - left
        text = _fitting(label(int(spans.event[span])), room, advance)
        for strip in strips_of_row[row] if text else ():
            top, height = int(strips.place.y_px[strip]), int(strips.place.height_px[strip])
            if height >= LEAST_STRIP_PX:
                labels.append(Label(text, left, top, room, height, int(spans.kind[span]) & KIND_BITS))
    return labels


def _widest(span: NDArray[np.int64], end_ns: NDArray[np.int64], begin_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(span) <= _MOST:
        return span
    length = end_ns[span] - begin_ns[span]
    return np.sort(span[np.argpartition(-length, _MOST)[:_MOST]])


def _fitting(text: str, room_px: float, advance: Callable[[str], int]) -> str:
    for candidate in (text, text.split(" ", 1)[0]):
        if advance(candidate) <= room_px:
            return candidate
    return ""
