"""Blocks of consecutive spans of a row, for where many crowd in few pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.raster.canvas import FULL, Canvas, columns, spread
from reelview.raster.frame import KINDS_MASK, URGENT_BIT, Frame
from reelview.raster.window import Window
from reelview.spans import KIND_BITS, URGENT, Spans

FAN = 8
LEVELS = 3
_CHUNK = 1 << 15
"""Spans of one step, whole blocks of each level: the arrays of a step are so small that they take no new memory."""

_ROOTS = 20_000
"""Descending starts at the finest level with no more blocks in view than this."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One block per `size` spans of a row: its longest span, the kinds in it, the time its spans take together."""

    size: int
    offset: NDArray[np.int64]
    longest: NDArray[np.uint32]
    mask: NDArray[np.uint16]
    busy_ns: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        return self.longest.nbytes + self.mask.nbytes + self.busy_ns.nbytes


class IndexMip:
    """Blocks of 8, 64 and 512 spans: 1.4 bytes a span, some 30 ns a span to build.

    A frame is a descent: a block wider than a pixel gives way to its eight children, a narrower one is drawn as one
    touch of the pixel, or the two, that it lies in.
    """

    def __init__(self, spans: Spans) -> None:
        self._spans = spans
        self.longest_ns = 0
        """How long the longest span of all is, once the index is built."""
        count = np.diff(spans.offset)
        self._levels = []
        for size in (FAN**level for level in range(1, LEVELS + 1)):
            offset = np.concatenate(([0], np.cumsum(-(-count // size))))
            blocks = int(offset[-1])
            self._levels.append(
                _Level(size, offset, np.empty(blocks, "u4"), np.empty(blocks, "u2"), np.empty(blocks, "f4"))
            )

    @property
    def nbytes(self) -> int:
        return sum(level.nbytes for level in self._levels)

    def build(self) -> Iterator[float]:
        """Fills the blocks, some spans at a time; yields the share done, so that the caller can breathe or stop."""
        offset, whole = self._spans.offset, max(len(self._spans), 1)
        for row in range(self._spans.rows):
            for first in range(int(offset[row]), int(offset[row + 1]), _CHUNK):
                last = min(first + _CHUNK, int(offset[row + 1]))
                self._build_part(row, first, last)
                yield last / whole

    def _build_part(self, row: int, first: int, last: int) -> None:
        """Fills the blocks of the spans [first, last) of a row, where a block of each level begins."""
        spans, part, into_row = self._spans, slice(first, last), first - int(self._spans.offset[row])
        duration = spans.end_ns[part] - spans.begin_ns[part]
        self.longest_ns = max(self.longest_ns, int(duration.max()))
        longest = np.arange(first, last, dtype=np.uint32)
        mask, busy = bits(spans.kind[part]), duration.astype(np.float32)
        for level in self._levels:
            heads = np.arange(0, len(longest), FAN)
            winner = np.maximum.reduceat(duration << 3 | (np.arange(len(longest)) & 7), heads)
            longest, duration = longest[heads + (winner & 7)], winner >> 3
            mask, busy = np.bitwise_or.reduceat(mask, heads), np.add.reduceat(busy, heads)
            begin = int(level.offset[row]) + into_row // level.size
            at = slice(begin, begin + len(longest))
            level.longest[at], level.mask[at], level.busy_ns[at] = longest, mask, busy

    def frame(self, window: Window, rows: NDArray[np.intp], start: NDArray[np.int64], stop: NDArray[np.int64]) -> Frame:
        """The frame of some rows.

        Args:
            rows: (n,) which rows.
            start, stop: (n,) slices of the spans that intersect the window, from `Spans.visible`.
        """
        canvas = Canvas(len(rows), window)
        top = 0
        while top < LEVELS and (stop - start).sum() > _ROOTS * FAN**top:
            top += 1
        if not top:
            canvas.put_slices(self._spans, start, stop)
            return canvas.frame()
        base = self._spans.offset[rows]
        size = FAN**top
        has = stop > start
        low = np.where(has, (start - base) // size, 0)
        high = np.where(has, -(-(stop - base) // size), 0)
        line, block = spread(low, high)
        for level in reversed(self._levels[:top]):
            line, block = self._draw_narrow(canvas, level, rows, line, block)
            line, block = self._children(level.size // FAN, rows, line=line, block=block, start=start, stop=stop)
        if len(line):
            canvas.put(line, *columns(self._spans, base[line] + block))
        return canvas.frame()

    def longer(
        self, rows: NDArray[np.intp], start: NDArray[np.int64], stop: NDArray[np.int64], least_ns: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The spans of at least a length among the slices: the slice that each is of, and the span."""
        spans = self._spans
        base = spans.offset[rows]
        top = self._levels[-1]
        line, block = spread((start - base) // top.size, -(-(stop - base) // top.size))
        for level in reversed(self._levels):
            longest = level.longest.take(level.offset[rows[line]] + block)
            kept = np.flatnonzero(spans.end_ns.take(longest) - spans.begin_ns.take(longest) >= least_ns)
            line, block = self._children(
                level.size // FAN, rows, line=line[kept], block=block[kept], start=start, stop=stop
            )
        span = base[line] + block
        kept = np.flatnonzero(spans.end_ns.take(span) - spans.begin_ns.take(span) >= least_ns)
        return line[kept], span[kept]

    def _draw_narrow(
        self, canvas: Canvas, level: _Level, rows: NDArray[np.intp], line: NDArray[np.int64], block: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draws the blocks of at most a pixel's width; returns the others."""
        spans, window = self._spans, canvas.window
        row = rows[line]
        first = spans.offset[row] + block * level.size
        final = np.minimum(first + level.size, spans.offset[row + 1]) - 1
        begin_ns, end_ns = spans.begin_ns.take(first), spans.end_ns.take(final)
        inside = (begin_ns >= window.begin_ns) & (end_ns <= window.end_ns)
        begin, end = window.positions(begin_ns), window.positions(end_ns)
        narrow = (end - begin <= window.length) & inside
        if narrow.any():
            n = np.flatnonzero(narrow)
            self._touch(canvas, level, line[n], level.offset[row[n]] + block[n], begin=begin[n], end=end[n])
        wide = np.flatnonzero(~narrow)
        return line[wide], block[wide]

    def _touch(
        self,
        canvas: Canvas,
        level: _Level,
        line: NDArray[np.int64],
        block: NDArray[np.int64],
        *,
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
    ) -> None:
        spans, window = self._spans, canvas.window
        longest = level.longest.take(block)
        colour = (spans.kind.take(longest) & KIND_BITS).astype(np.uint16)
        waits_ns = spans.blocked_until_ns.take(longest) - spans.begin_ns.take(longest)
        blocked = waits_ns * 2 >= spans.end_ns.take(longest) - spans.begin_ns.take(longest)
        look = np.where(blocked, colour | np.uint16(16), colour)
        share = np.clip(level.busy_ns.take(block) * (FULL / window.pixel_ns), 1, FULL).astype(np.int64)
        pixel = np.minimum(begin // window.length, window.width_px - 1)
        canvas.touch(line * window.width_px + pixel, share, look, level.mask.take(block))
        last = np.minimum((np.maximum(end, begin + 1) - 1) // window.length, window.width_px - 1)
        both = np.flatnonzero(last > pixel)
        if len(both):
            cell = line[both] * window.width_px + last[both]
            canvas.touch(cell, np.ones(len(both), np.int64), look[both], level.mask.take(block[both]))

    def _children(
        self,
        size: int,
        rows: NDArray[np.intp],
        *,
        line: NDArray[np.int64],
        block: NDArray[np.int64],
        start: NDArray[np.int64],
        stop: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The blocks of `size` spans inside blocks eight times that, as far as they are in view."""
        line = np.repeat(line, FAN)
        block = (block[:, None] * FAN + np.arange(FAN)).ravel()
        first = self._spans.offset[rows][line] + block * size
        seen = np.flatnonzero((first < stop[line]) & (first + size > start[line]))
        return line[seen], block[seen]


def bits(kind: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The mask of each span: its kind's bit, and URGENT_BIT."""
    return _BITS[kind]


_BITS = np.array(
    [(1 << (kind & KIND_BITS)) & KINDS_MASK | (URGENT_BIT if kind >= URGENT else 0) for kind in range(256)], np.uint16
)
