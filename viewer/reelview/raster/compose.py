"""A frame, with the place and the height of its rows, as an image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reelview.compiled import core
from reelview.raster.frame import BLOCKED_BIT, KINDS_MASK, URGENT_BIT, Frame
from reelview.raster.palette import Theme, opaque
from reelview.spans import KINDS

HATCH_PX = 4
"""The hatching of what is blocked repeats after so many pixels, across and down."""

_PARTS = HATCH_PX + 3
_PALE, _TOP, _BOTTOM = HATCH_PX, HATCH_PX + 1, HATCH_PX + 2

_TALL_PX = 7
"""Only rows of this height have room for hatching, and for marks above and below."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Where the rows of a frame stand in an image of `image_px`: columns of length rows, in order, not overlapping."""

    y_px: NDArray[np.int64]
    height_px: NDArray[np.int64]
    image_px: int

    @cached_property
    def has_tall(self) -> bool:
        return bool((self.height_px >= _TALL_PX).any())

    @cached_property
    def has_low(self) -> bool:
        return bool((self.height_px < _TALL_PX).any())

    @cached_property
    def strip_of_y(self) -> NDArray[np.intp]:
        """(image_px,) which row stands at each y; the number of rows where none does."""
        return self.line_of_y // _PARTS

    @cached_property
    def line_of_y(self) -> NDArray[np.intp]:
        """(image_px,) which of the lines of `_lines` stands at each y."""
        line = np.full(self.image_px, len(self.y_px) * _PARTS, np.intp)
        y = np.arange(self.image_px)
        for row, (top, height) in enumerate(zip(self.y_px.tolist(), self.height_px.tolist(), strict=True)):
            low, high = max(top, 0), min(top + height, self.image_px)
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
    theme: Theme,
    rarest: NDArray[np.uint8],
    *,
    drift_px: int = 0,
    grid_px: NDArray[np.intp] | None = None,
    out: NDArray[np.uint32] | None = None,
) -> NDArray[np.uint32]:
    """The image of a frame: (image_px, width) of 0xAARRGGBB. Some 1 ms at 1600×900, 3 without core.c.

    Tall rows have three parts. On top an urgent span's mark; at the bottom the rarest kind in the pixel; between them
    the kind that takes most of it, hatched where that is blocked. Low rows show the mark or the kind, and what is
    blocked paler.

    Args:
        rarest: from `rarest_kinds`.
        drift_px: how far the pixels are from the begin of the reel, so that hatching moves with the spans.
        grid_px: upright lines of a grid, behind the spans.
        out: where to put the image; by default a new array.
    """
    if core is not None:
        width = frame.shade.shape[1]
        out = np.empty((rows.image_px, width), np.uint32) if out is None else out
        tables = theme.shades, theme.hatched_shades, theme.solids, rarest
        colours = opaque(theme.background), opaque(theme.line), opaque(theme.urgent)
        grid = np.zeros(0, np.intp) if grid_px is None else grid_px
        core.compose(out, frame.shade, frame.mask, rows.line_of_y, grid, tables, colours, width, drift_px)
        return out
    lines = _lines(frame, rows, theme, rarest, drift_px=drift_px, grid_px=grid_px)
    return lines.take(rows.line_of_y, axis=0, out=out, mode="clip")


def _lines(
    frame: Frame,
    rows: Rows,
    theme: Theme,
    rarest: NDArray[np.uint8],
    *,
    drift_px: int,
    grid_px: NDArray[np.intp] | None,
) -> NDArray[np.uint32]:
    """(rows * _PARTS + 1, width): for each row the phases of the hatching, and the other parts; the gap comes last."""
    count, width = frame.shade.shape
    lines = np.empty((count * _PARTS + 1, width), np.uint32)
    lines[-1] = opaque(theme.background)
    parts = lines[:-1].reshape(count, _PARTS, width)
    body = theme.shades.take(frame.shade)
    blocked = (frame.mask & BLOCKED_BIT) >> np.uint16(4)
    pale = theme.hatched_shades.take(frame.shade | blocked)
    urgent = (frame.mask & URGENT_BIT) != 0
    red = np.uint32(opaque(theme.urgent))
    if rows.has_low:
        parts[:, _PALE] = np.where(urgent, red, pale)
    if rows.has_tall:
        for phase in range(HATCH_PX):
            parts[:, phase] = body
            for across in range(HATCH_PX // 2):
                stripe = slice((across - phase - drift_px) % HATCH_PX, None, HATCH_PX)
                parts[:, phase, stripe] = pale[:, stripe]
        parts[:, _TOP] = np.where(urgent, red, parts[:, 0])
        kind = rarest.take(frame.mask & KINDS_MASK)
        rare = (kind != frame.shade >> np.uint8(4)) & (frame.shade != 0)
        parts[:, _BOTTOM] = np.where(rare, theme.solids.take(kind), parts[:, HATCH_PX - 1])
    if grid_px is not None:
        lines[-1, grid_px] = opaque(theme.line)
        empty = frame.shade[:, grid_px] == 0
        parts[:, :, grid_px] = np.where(empty[:, None], np.uint32(opaque(theme.line)), parts[:, :, grid_px])
    return lines
