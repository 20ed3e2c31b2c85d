"""Which rasteriser draws a frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reelview.compiled import core
from reelview.raster.canvas import spread
from reelview.raster.compose import rarest_kinds
from reelview.raster.exact import exact
from reelview.raster.frame import Frame
from reelview.raster.index_mip import IndexMip
from reelview.raster.pyramid import Pyramid
from reelview.raster.window import Window
from reelview.spans import Spans

_UNINDEXED = 25_000
"""So few spans need no index."""

EXACT_SPANS = _UNINDEXED if core is None else 200_000
"""Up to so many visible spans are drawn one by one: in 3 ms."""

_EXACT_MEANWHILE = 50_000
"""While an index is built beside the frames, both are slowed by what the other reads: a frame reads less then."""

_COARSER_MEANWHILE = 4
"""So many pixels wide at most are the bins that it is drawn with instead."""

_SCANNED = 4_000

COARSE_BINS = 1 << 14
FINE_BINS = 1 << 18
BUDGET_BYTES = 120_000_000


class Raster:
    """The index of some spans, and the frames drawn with it.

    Three indices are built in the order in which they are missed: a coarse pyramid, which is all that the first picture
    needs; the index mip; the fine pyramid. Before they are there frames are drawn with what there is, coarser than a
    pixel at worst, and never without an event. Many spans are then not drawn one by one where bins are nearly as fine.
    """

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self._pyramids: list[Pyramid] = []
        self._mip: IndexMip | None = None
        self.stage = 0
        """Counts the indices that are ready: a frame drawn at an earlier stage may be coarser."""
        self.builds_beside = False
        """Whether the steps of the index that is built now run without the interpreter lock, beside a frame."""
        self._is_building = False
        self._seen: _Seen | None = None

    @cached_property
    def depth(self) -> NDArray[np.uint16]:
        """(events,) how deep each event is nested in its lane."""
        return self.spans.depth_of_events()

    @cached_property
    def rarest(self) -> NDArray[np.uint8]:
        """For each set of kinds the one that has the fewest spans, as `compose` takes it."""
        return rarest_kinds(self.spans.count_kinds())

    @property
    def nbytes(self) -> int:
        mip = self._mip.nbytes if self._mip else 0
        return mip + sum(pyramid.nbytes for pyramid in self._pyramids)

    def build(self) -> Iterator[float]:
        """Builds the indices; yields the share done after each step. The first picture is cheap after `build_first`."""
        if len(self.spans) <= _UNINDEXED:
            return
        self._is_building = True
        if not self._pyramids:
            for done in self.build_first():
                yield done * 0.1
        mip = IndexMip(self.spans)
        for done in mip.build():
            yield 0.1 + done * 0.15
        self._mip = mip
        self.stage += 1
        bins = Pyramid.bins_within(self.spans.rows, BUDGET_BYTES, FINE_BINS)
        if bins > self._pyramids[0].bins:
            fine = Pyramid(self.spans, bins)
            self.builds_beside = core is not None
            for done in fine.build():
                yield 0.25 + done * 0.75
            self._pyramids = [fine]
        self._is_building = False
        self.stage += 1

    def build_first(self) -> Iterator[float]:
        """What the first picture needs."""
        _ = self.depth, self.rarest
        if len(self.spans) <= _UNINDEXED or self._pyramids:
            return
        coarse = Pyramid(self.spans, Pyramid.bins_within(self.spans.rows, BUDGET_BYTES // 8, COARSE_BINS))
        yield from coarse.build()
        self._pyramids = [coarse]
        self.stage += 1

    def long_spans(self, window: Window, rows: NDArray[np.intp], least_px: float) -> NDArray[np.int64]:
        """The spans in a window that are at least so wide; none while they would cost more than a frame to find."""
        least_ns = int(window.pixel_ns * least_px)
        if self._mip and self._mip.longest_ns < least_ns:
            return np.zeros(0, np.int64)
        start, stop = self._visible(window, rows)
        visible = int((stop - start).sum())
        if self._mip and visible > _SCANNED:
            return self._mip.longer(rows, start, stop, least_ns)[1]
        if visible > _UNINDEXED:
            return np.zeros(0, np.int64)
        _, span = spread(start, stop)
        return span[self.spans.end_ns.take(span) - self.spans.begin_ns.take(span) >= least_ns]

    def frame(self, window: Window, rows: NDArray[np.intp]) -> Frame:
        """The frame of some rows over a window."""
        if not len(rows):
            return Frame.empty(0, window.width_px)
        pyramid = self._pyramids[-1] if self._pyramids else None
        if pyramid and window.pixel_ns >= pyramid.bin_ns:
            return pyramid.frame(window, rows)
        start, stop = self._visible(window, rows)
        visible = int((stop - start).sum())
        if pyramid and self._is_building and visible > _EXACT_MEANWHILE and self._is_nearly_as_fine(pyramid, window):
            return pyramid.frame(window, rows)
        if visible > EXACT_SPANS:
            if self._mip:
                return self._mip.frame(window, rows, start, stop)
            if pyramid:
                return pyramid.frame(window, rows)
        return exact(self.spans, window, start, stop)

    @staticmethod
    def _is_nearly_as_fine(pyramid: Pyramid, window: Window) -> bool:
        return window.pixel_ns * _COARSER_MEANWHILE >= pyramid.bin_ns

    def _visible(self, window: Window, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """`Spans.visible`, kept until it is asked of another range: labels ask what the frame has asked."""
        range_ns = window.begin_ns, window.end_ns
        last = self._seen
        if last is None or last.range_ns != range_ns or not np.array_equal(last.rows, rows):
            last = self._seen = _Seen(range_ns, rows, self.spans.visible(rows, *range_ns))
        return last.slices


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Which spans of which rows a range has."""

    range_ns: tuple[int, int]
    rows: NDArray[np.intp]
    slices: tuple[NDArray[np.int64], NDArray[np.int64]]
