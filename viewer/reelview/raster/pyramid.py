"""Bins of time over each row, halved again and again, for where a pixel is wider than a bin."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelview.compiled import core
from reelview.raster.frame import BLOCKED_BIT, LEVELS, URGENT_BIT, Frame, ranked
from reelview.raster.window import Window
from reelview.spans import KIND_BITS, KINDS, URGENT, Spans

BYTES_A_BIN = 3
_PARTS_BITS = 4
_PARTS = 1 << _PARTS_BITS
_CHUNK = 1 << 15 if core is None else 1 << 18
"""Spans summed in one step, some 50 ns each. Steps are long where they run without the interpreter lock: beside a frame
that is drawn. Where they hold it, the frame waits for them."""

_CELLS = 1 << 16
"""Bins of a kind that are summed together, where rows are so short that many fit: so few that their sums stay near the
processor, and leave what frames read there."""

_FEW = 1 << 13
"""So few bins, and all that are made of them, are done in a step."""


class Pyramid:
    """Shade and mask, as in Frame, of `bins` equal bins of time a row, of half as many, and so on to one.

    Every level is made from sums of durations, never from the level below, so that the kind shown is the one that
    takes most time in the bin at that very scale. Memory: 6 bytes a row and bin.
    """

    def __init__(self, spans: Spans, bins: int) -> None:
        if bins & (bins - 1):
            raise ValueError(f"{bins} bins; expected a power of two")
        self._spans = spans
        self.bins = bins
        self.bin_ns = -(-(spans.last_ns - spans.first_ns) // bins)
        depth = bins.bit_length()
        self._shade = [np.empty((spans.rows, bins >> level), np.uint8) for level in range(depth)]
        self._mask = [np.empty((spans.rows, bins >> level), np.uint16) for level in range(depth)]
        self._room: tuple[NDArray[np.float32], NDArray[np.float32]]
        """While it is built: for the sums of one level and, without core.c, of the next. New memory is slow to touch.

        For the same reason the levels are not zeroed here: at once, that would be a step of tens of ms.
        """

    @staticmethod
    def bins_within(rows: int, budget_bytes: int, most: int) -> int:
        """The greatest power of two of bins, up to `most`, whose pyramid keeps the budget."""
        bins = most
        while bins > 256 and rows * bins * BYTES_A_BIN * 2 > budget_bytes:
            bins >>= 1
        return bins

    @property
    def nbytes(self) -> int:
        return sum(level.nbytes for level in self._shade) + sum(level.nbytes for level in self._mask)

    def build(self) -> Iterator[float]:
        """Fills the bins, some rows at a time; yields the share done, so that the caller can breathe or stop."""
        rows = self._spans.rows
        most = KINDS * max(self.bins, _CELLS)
        self._room = np.empty(most, np.float32), np.empty(most // 2 if core is None else 0, np.float32)
        for first, last in self._groups():
            if self._spans.offset[last] > self._spans.offset[first]:
                yield from (first / rows for _ in self._build_rows(first, last))
            else:
                for shade, mask in zip(self._shade, self._mask, strict=True):
                    shade[first:last], mask[first:last] = 0, 0
            yield last / rows
        del self._room

    def _groups(self) -> Iterator[tuple[int, int]]:
        """Rows that are built together, [first, last): many short ones cost as many calls as a long one."""
        offset, first = self._spans.offset, 0
        most = max(_CELLS // self.bins, 1)
        while first < self._spans.rows:
            last = int(offset.searchsorted(offset[first] + _CHUNK, "right")) - 1
            last = min(max(last, first + 1), first + most, self._spans.rows)
            yield first, last
            first = last

    def _build_rows(self, first: int, last: int) -> Iterator[None]:
        spans, cells = self._spans, (last - first) * self.bins
        part = slice(int(spans.offset[first]), int(spans.offset[last]))
        kinds = np.flatnonzero(np.bincount(spans.kind[part] & KIND_BITS, minlength=KINDS))
        place = np.zeros(KIND_BITS + 1, np.int64)
        place[kinds] = np.arange(len(kinds)) * cells
        busy = self._room[0][: len(kinds) * cells]
        busy[:] = 0
        blocked = np.zeros(cells, np.float32)
        urgent = np.zeros(cells, bool)
        for at in range(part.start, part.stop, _CHUNK):
            self._sum(slice(at, min(at + _CHUNK, part.stop)), (first, last), place, busy, blocked, urgent)
            yield
        if core is None:
            yield from self._store(first, kinds, busy.reshape(len(kinds), cells), blocked, urgent)
            return
        levels = tuple(self._shade), tuple(self._mask)
        core.store(*levels, busy, blocked, urgent, kinds, (first, cells, self.bins), self.bin_ns)
        yield

    def _sum(
        self,
        chunk: slice,
        rows: tuple[int, int],
        place: NDArray[np.int64],
        busy: NDArray[np.float32],
        blocked: NDArray[np.float32],
        urgent: NDArray[np.bool_],
    ) -> None:
        """Adds some spans of the rows [first, last) to the sums; those of kind k begin at place[k] in `busy`."""
        spans = self._spans
        if core is not None:
            columns = spans.begin_ns, spans.end_ns, spans.blocked_until_ns, spans.kind
            scale = rows[0], spans.first_ns, self.bin_ns, self.bins
            core.sum(busy, blocked, urgent, columns, (chunk.start, chunk.stop), spans.offset, place, scale)
            return
        begin = spans.begin_ns[chunk] - spans.first_ns
        until = spans.blocked_until_ns[chunk] - spans.first_ns
        kind = spans.kind[chunk]
        row = self._cells_before(*rows, chunk)
        add_durations(busy, begin, spans.end_ns[chunk] - spans.first_ns, self.bin_ns, place[kind & KIND_BITS] + row)
        waits = np.flatnonzero(until > begin)
        if len(waits):
            add_durations(blocked, begin[waits], until[waits], self.bin_ns, row[waits])
        loud = kind >= URGENT
        urgent[row[loud] + begin[loud] // self.bin_ns] = True

    def _cells_before(self, first: int, last: int, chunk: slice) -> NDArray[np.int64]:
        """(n,) how many bins of the rows from `first` on come before those of each span's own row."""
        if last - first == 1:
            return np.zeros(chunk.stop - chunk.start, np.int64)
        offset = self._spans.offset[first : last + 1]
        row: NDArray[np.int64] = offset.searchsorted(np.arange(chunk.start, chunk.stop), "right") - 1
        row *= self.bins
        return row

    def _store(
        self,
        first: int,
        kinds: NDArray[np.intp],
        busy: NDArray[np.float32],
        blocked: NDArray[np.float32],
        urgent: NDArray[np.bool_],
    ) -> Iterator[None]:
        """Writes all levels of the rows from `first` on, whose bins follow each other in the sums: `core.store`."""
        for level in range(len(self._shade)):
            shade, mask = self._shade[level].reshape(-1), self._mask[level].reshape(-1)
            before = first * (self.bins >> level)
            for at in range(0, len(blocked), _CELLS):
                part = slice(at, at + _CELLS)
                there = slice(before + at, before + min(at + _CELLS, len(blocked)))
                looks = _looks(kinds, busy[:, part], blocked[part], urgent[part], self.bin_ns << level)
                shade[there], mask[there] = looks
                if len(blocked) > _FEW:
                    yield
            if level + 1 < len(self._shade):
                busy = yield from _halved(busy, self._room[(level + 1) % 2])
                blocked = blocked[0::2] + blocked[1::2]
                urgent = urgent[0::2] | urgent[1::2]

    def frame(self, window: Window, rows: NDArray[np.intp]) -> Frame:
        """The frame of some rows, some 5 ns a pixel; 20 without core.c.

        A pixel as wide as a bin, or up to twice that, touches three bins at most: it shows the busiest of them, has the
        bits of all, so that what is rare stays in sight, and is as busy as they are over the part that lies in it.
        Pixels narrower than the finest bin repeat it.
        """
        level = min(max(int(window.pixel_ns // self.bin_ns), 1).bit_length(), len(self._shade)) - 1
        touched = _touched(window, self._spans.first_ns, self.bin_ns << level, self.bins >> level)
        if core is None:
            return self._pooled(level, touched, rows)
        frame = Frame.empty(len(rows), window.width_px)
        bins = self._shade[level], self._mask[level]
        wanted = rows.astype(np.int64, copy=False), touched.bins, touched.weights, touched.outside
        core.pool(frame.shade, frame.mask, bins, self.bins >> level, *wanted)
        return frame

    def _pooled(self, level: int, touched: _Touched, rows: NDArray[np.intp]) -> Frame:
        low, high = int(touched.first.min()), int(touched.last.max()) + 1
        masks = self._mask[level][rows, low:high]
        looks = ranked(self._shade[level][rows, low:high], masks)
        taken = [
            (looks.take(bin_ - low, axis=1), masks.take(bin_ - low, axis=1), weight)
            for bin_, weight in zip(touched.bins, touched.weights, strict=True)
        ]
        best, mask = taken[0][0].copy(), taken[0][1]
        busy = np.full(best.shape, _PARTS - 1, np.uint16)
        for look, bits, _ in taken[1:]:
            np.maximum(best, look, out=best)
            mask |= bits
        for look, _, weight in taken:
            busy += (look >> np.uint16(5)) * weight
        busy >>= np.uint16(_PARTS_BITS)
        np.maximum(busy, best != 0, out=busy)
        shade = (best << np.uint16(3) & np.uint16(0xF0) | busy).astype(np.uint8)
        mask &= ~BLOCKED_BIT
        mask |= (best & np.uint16(1)) * BLOCKED_BIT
        shade[:, touched.outside] = 0
        mask[:, touched.outside] = 0
        return Frame(shade, mask)


def _halved(busy: NDArray[np.float32], room: NDArray[np.float32]) -> Generator[None, None, NDArray[np.float32]]:
    """Neighbours added in pairs, kind by kind, where there is room."""
    halves = room[: busy.size // 2].reshape(len(busy), -1)
    for here, half in zip(busy, halves, strict=True):
        np.add(here[0::2], here[1::2], out=half)
        if len(half) >= _CHUNK:
            yield
    return halves


def _looks(
    kinds: NDArray[np.intp],
    busy: NDArray[np.float32],
    blocked: NDArray[np.float32],
    urgent: NDArray[np.bool_],
    full_ns: int,
) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Shade and mask of bins.

    A sum that is not negative orders as its bits do; the last four of them, a millionth of it, give way to its kind, so
    that one maximum of integers finds both.

    Args:
        kinds: (k,) the kinds that there are.
        busy: (k, n) ns of each kind in each bin; `blocked` (n,) of all.
        full_ns: the length of a bin.
    """
    greatest, mask = np.zeros(len(blocked), np.int32), np.zeros(len(blocked), np.uint16)
    total = np.zeros(len(blocked), np.float32)
    for kind, here in zip(kinds.tolist(), busy, strict=True):
        np.maximum(greatest, here.view(np.int32) & ~15 | 15 - kind, out=greatest)
        mask |= (here > 0).view(np.uint8) * np.uint16(1 << kind)
        total += here
    share = np.ceil(total * np.float32(LEVELS / full_ns))
    shade = ((15 - (greatest & 15)) << 4).astype(np.uint8) | np.minimum(share, LEVELS).astype(np.uint8)
    mask |= ((blocked > 0) & (blocked * 2 >= total)).view(np.uint8) * BLOCKED_BIT
    mask |= urgent.view(np.uint8) * URGENT_BIT
    return shade * (total > 0), mask


@dataclass(frozen=True, slots=True, eq=False)
class _Touched:
    """The bins that each pixel touches; all of length width_px. `weights` are the shares of the pixel, of _PARTS."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    outside: NDArray[np.bool_]
    bins: tuple[NDArray[np.int64], ...]
    weights: tuple[NDArray[np.uint16], ...]


def _touched(window: Window, first_ns: int, bin_ns: int, bins: int) -> _Touched:
    """Positions are in units of 1 / width ns, so that edges are exact."""
    length, width = window.end_ns - window.begin_ns, window.width_px
    start, unit = (window.begin_ns - first_ns) * width, bin_ns * width
    small = abs(start) + length * (width + 1) < 1 << 62  # else floats, whose rounding is far below a pixel then
    edge: NDArray[Any] = np.arange(width + 1, dtype=np.int64 if small else np.float64) * length + start
    first = (edge[:-1] // unit).astype(np.int64)
    last = np.maximum(((edge[1:] + (unit - 1)) // unit).astype(np.int64) - 1, first)
    outside = (last < 0) | (first >= bins)
    head = np.minimum(((first + 1) * float(unit) - edge[:-1]) / length, 1)
    tail = np.where(last > first, (edge[1:] - last * float(unit)) / length, 0)
    weights = tuple((np.clip(part, 0, 1) * _PARTS).astype(np.uint16) for part in (head, 1 - head - tail, tail))
    first, last = np.clip(first, 0, bins - 1), np.clip(last, 0, bins - 1)
    return _Touched(first, last, outside, (first, (first + last) >> 1, last), weights)


def add_durations(
    total: NDArray[np.float32],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    bin_ns: int,
    place: NDArray[np.int64],
) -> None:
    """Adds to each bin the ns that the intervals [begin, end) spend in it.

    Args:
        total: the bins, changed in place.
        begin, end: (n,) ns since the first bin's begin; the whole bins inside of one belong to no other.
        place: where in `total` the bins of each interval begin.
    """
    first, last = begin // bin_ns, (end - 1) // bin_ns
    in_first = np.minimum(end, (first + 1) * bin_ns) - begin
    in_last = np.where(last > first, end - last * bin_ns, 0)
    bins = np.stack((place + first, place + last), axis=1).ravel()
    np.add.at(total, bins, np.stack((in_first, in_last), axis=1).ravel().astype(np.float32))
    many = np.flatnonzero(last - first > 1)
    if len(many):
        inner = last[many] - first[many] - 1
        run = np.repeat(place[many] + last[many] - inner, inner)
        run += np.arange(len(run)) - np.repeat(np.cumsum(inner) - inner, inner)
        total[run] += bin_ns
