"""A frame while spans are put on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelview.compiled import core
from reelview.raster.frame import BLOCKED_BIT, LEVELS, URGENT_BIT, Frame
from reelview.raster.window import Window
from reelview.spans import KIND_BITS, URGENT, Spans

FULL = 2047
"""A whole pixel, in the units in which shares of one are counted: 11 bits."""

_BLOCKED = np.uint16(1 << 4)
_LOOK = np.uint16(0x1F)


class Canvas:
    """Three cells a pixel, that no order of drawing changes.

    key: the greatest share of the pixel that one span takes (11 bits), then the look of that span: a blocked bit and
        its kind (5 bits).
    share: the sum of all shares.
    mask: as in Frame.
    """

    def __init__(self, rows: int, window: Window) -> None:
        self.rows = rows
        self.window = window
        cells = rows * window.width_px
        self.key = np.zeros(cells, np.uint16)
        self.share = np.zeros(cells, np.int32)
        self.mask = np.zeros(cells, np.uint16)

    def touch(
        self,
        cell: NDArray[np.int64],
        share: NDArray[np.int64],
        look: NDArray[np.uint16],
        mask: NDArray[np.uint16],
    ) -> None:
        """Puts parts of pixels on the canvas.

        Args:
            cell: (n,) row * width_px + pixel.
            share: (n,) of FULL, at least 1.
            look: (n,) kind, and whether that is blocked.
            mask: (n,) bits to set.
        """
        np.maximum.at(self.key, cell, (share.astype(np.uint16) << np.uint16(5)) | look)
        np.add.at(self.share, cell, share.astype(np.int32))
        np.bitwise_or.at(self.mask, cell, mask)

    def put_slices(self, spans: Spans, start: NDArray[np.int64], stop: NDArray[np.int64]) -> None:
        """Puts the spans [start[i], stop[i]) on row i. Costs some 15 ns a span; without core.c, as much as `put`."""
        if core is None:
            row, span = spread(start, stop)
            if len(span):
                self.put(row, *columns(spans, span))
            return
        window = self.window
        times = spans.begin_ns, spans.end_ns, spans.blocked_until_ns, spans.kind
        scale = window.begin_ns, window.end_ns, window.width_px, window.shift, window.length
        core.put(self.key, self.share, self.mask, times, start, stop, scale)

    def put(
        self,
        row: NDArray[np.int64],
        begin_ns: NDArray[np.int64],
        end_ns: NDArray[np.int64],
        blocked_until_ns: NDArray[np.int64],
        kind: NDArray[np.uint8],
    ) -> None:
        """Puts spans on the canvas that intersect its window, each to the pixel. Costs some 60 ns a span."""
        window = self.window
        length, width = window.length, window.width_px
        begin, end = window.positions(begin_ns), window.positions(end_ns)
        end = np.maximum(end, begin + 1)
        first = np.minimum(begin // length, width - 1)
        last = np.minimum((end - 1) // length, width - 1)
        colour = (kind & KIND_BITS).astype(np.uint16)
        bit = np.uint16(1) << colour
        at_begin = np.where((kind >= URGENT) & (begin_ns >= window.begin_ns), bit | URGENT_BIT, bit)
        cell = row * width + first

        one = first == last
        blocked = window.positions(blocked_until_ns)
        edge = np.minimum(end, (first + 1) * length)
        self._touch_part(cell, begin, edge, blocked, colour=colour, mask=at_begin)
        if one.all():
            return
        many = np.flatnonzero(~one)
        first, last, end, blocked = first[many], last[many], end[many], blocked[many]
        cell, colour, bit = cell[many], colour[many], bit[many]
        self._touch_part(cell + (last - first), last * length, end, blocked, colour=colour, mask=bit)
        inner = last - first - 1
        long = np.flatnonzero(inner > 0)
        if len(long):
            waiting = (2 * blocked[long] + length) // (2 * length) - (first[long] + 1)
            self._fill(cell[long] + 1, inner[long], waiting, colour[long], bit[long])

    def _touch_part(
        self,
        cell: NDArray[np.int64],
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        blocked: NDArray[np.int64],
        *,
        colour: NDArray[np.uint16],
        mask: NDArray[np.uint16],
    ) -> None:
        """Parts [begin, end) that lie in one pixel each."""
        taken = end - begin
        share = np.minimum((taken * FULL + (self.window.length - 1)) // self.window.length, FULL)
        waits = (np.minimum(blocked, end) - begin) * 2 >= taken
        self.touch(cell, share, np.where(waits, colour | _BLOCKED, colour), mask)

    def _fill(
        self,
        cell: NDArray[np.int64],
        count: NDArray[np.int64],
        waiting: NDArray[np.int64],
        colour: NDArray[np.uint16],
        bit: NDArray[np.uint16],
    ) -> None:
        """Runs of `count` whole pixels, the first `waiting` of them blocked. Nothing else can take more of these."""
        ends = np.cumsum(count)
        step = np.arange(int(ends[-1])) - np.repeat(ends - count, count)
        cells = np.repeat(cell, count) + step
        key = np.repeat(np.uint16(FULL << 5) | colour, count)
        key[step < np.repeat(waiting, count)] |= _BLOCKED
        self.key[cells] = key
        self.share[cells] = FULL
        np.bitwise_or.at(self.mask, cells, np.repeat(bit, count))  # instants of one moment share them

    def frame(self) -> Frame:
        """What was put so far."""
        level = np.minimum((self.share * LEVELS + (FULL - 1)) // FULL, LEVELS).astype(np.uint8)
        shade = ((self.key & np.uint16(15)) << np.uint16(4)).astype(np.uint8) | level
        mask = np.where(self.key & _BLOCKED, self.mask | BLOCKED_BIT, self.mask)
        shape = (self.rows, self.window.width_px)
        return Frame(shade.reshape(shape), mask.reshape(shape))


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
