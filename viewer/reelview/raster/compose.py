"""A frame, with the place and the height of its rows, as an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.raster.frame import BLOCKED_BIT, KINDS_MASK, URGENT_BIT, Frame
from reelview.raster.palette import Theme, opaque
from reelview.spans import KINDS

HATCH_PX = 4
"""The hatching of what is blocked repeats after so many pixels, across and down."""

_TALL_PX = 7
"""Only rows of this height have room for hatching, and for marks above and below."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Where the rows of a frame stand: columns of length rows, in pixels from the top, not overlapping."""

    y_px: NDArray[np.int64]
    height_px: NDArray[np.int64]


def rarest_kinds(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(1 << KINDS,) for each set of kinds the one that has the fewest spans in the reel; 0 for the empty set."""
    masks = np.arange(1 << KINDS)
    rarest = np.zeros(1 << KINDS, np.uint8)
    for kind in np.argsort(-counts[:KINDS], kind="stable"):
        rarest[masks >> kind & 1 == 1] = kind
    return rarest


def compose(
    frame: Frame,
    rows: Rows,
    height_px: int,
    theme: Theme,
    rarest: NDArray[np.uint8],
    *,
    drift_px: int = 0,
    out: NDArray[np.uint32] | None = None,
) -> NDArray[np.uint32]:
    """The image of a frame: (height_px, width) of 0xAARRGGBB. Some 3 ms at 1600×900.

    Tall rows have three parts. On top an urgent span's mark; at the bottom the rarest kind in the pixel; between them
    the kind that takes most of it, hatched where that is blocked. Low rows show the mark or the kind, and what is
    blocked paler.

    Args:
        rarest: from `rarest_kinds`.
        drift_px: how far the pixels are from the begin of the reel, so that hatching moves with the spans.
        out: where to put the image; by default a new array.
    """
    lines = _lines(frame, theme, rarest, drift_px, hatched=bool((rows.height_px >= _TALL_PX).any()))
    return lines.take(line_of_y(rows, height_px, len(frame.shade)), axis=0, out=out, mode="clip")


_PARTS = HATCH_PX + 3
_PALE, _TOP, _BOTTOM = HATCH_PX, HATCH_PX + 1, HATCH_PX + 2


def _lines(
    frame: Frame, theme: Theme, rarest: NDArray[np.uint8], drift_px: int, *, hatched: bool
) -> NDArray[np.uint32]:
    """(rows * _PARTS + 1, width): for each row the phases of the hatching, and the other parts; the gap comes last."""
    rows, width = frame.shade.shape
    lines = np.empty((rows * _PARTS + 1, width), np.uint32)
    lines[-1] = opaque(theme.background)
    parts = lines[:-1].reshape(rows, _PARTS, width)
    body = theme.shades.take(frame.shade)
    pale = theme.blocked_shades.take(frame.shade)
    blocked = (frame.mask & BLOCKED_BIT) != 0
    urgent = (frame.mask & URGENT_BIT) != 0
    red = np.uint32(opaque(theme.urgent))
    parts[:, _PALE] = np.where(urgent, red, np.where(blocked, pale, body))
    if not hatched:
        return lines
    across = np.arange(width) + drift_px
    for phase in range(HATCH_PX):
        stripe = (across + phase) % HATCH_PX < HATCH_PX // 2
        parts[:, phase] = np.where(blocked & stripe, pale, body)
    parts[:, _TOP] = np.where(urgent, red, parts[:, 0])
    kind = rarest.take(frame.mask & KINDS_MASK)
    rare = (kind != frame.shade >> np.uint8(4)) & (frame.shade != 0)
    parts[:, _BOTTOM] = np.where(rare, theme.solids.take(kind), parts[:, HATCH_PX - 1])
    return lines


def line_of_y(rows: Rows, height_px: int, count: int) -> NDArray[np.intp]:
    """Which of the lines stands at each y."""
    line = np.full(height_px, count * _PARTS, np.intp)
    y = np.arange(height_px)
    for row, (top, height) in enumerate(zip(rows.y_px.tolist(), rows.height_px.tolist(), strict=True)):
        low, high = max(top, 0), min(top + height, height_px)
        if low >= high:
            continue
        if height < _TALL_PX:
            line[low:high] = row * _PARTS + _PALE
            continue
        line[low:high] = row * _PARTS + y[low:high] % HATCH_PX
        mark = max(3, height // 4)
        line[low : max(low, min(high, top + mark))] = row * _PARTS + _TOP
        line[max(low, min(high, top + height - mark)) : high] = row * _PARTS + _BOTTOM
    return line
