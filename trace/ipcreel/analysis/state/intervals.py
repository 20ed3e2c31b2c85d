"""What lasts from one moment to another, asked for by moment."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

_STRIDE = 2048


class Intervals:
    """Half-open intervals [begin, end), with checkpoints: which of them hold at a moment costs one stride at most.

    Args:
        begin_ns, end_ns: (n,) in any order; an interval that ends before it begins never holds.
        values: columns of length n that belong to them.
    """

    def __init__(self, begin_ns: Rows, end_ns: Rows, **values: Rows) -> None:
        order = np.argsort(begin_ns, kind="stable")
        self.begin_ns, self.end_ns = begin_ns[order], end_ns[order]
        self.values = {name: column[order] for name, column in values.items()}

    def __len__(self) -> int:
        return len(self.begin_ns)

    def __getitem__(self, name: str) -> Rows:
        return self.values[name]

    def at(self, at_ns: int) -> Rows:
        """The places of those that hold at a moment, in order of begin."""
        until = int(self.begin_ns.searchsorted(np.int64(at_ns), "right"))
        checkpoint = until // _STRIDE
        held, first = self._checkpoints
        earlier = held[first[checkpoint] : first[checkpoint + 1]]
        places = np.concatenate((earlier, np.arange(checkpoint * _STRIDE, until)))
        chosen: Rows = places[self.end_ns[places] > at_ns]
        return chosen

    @cached_property
    def _checkpoints(self) -> tuple[Rows, Rows]:
        """For every stride-th interval, those before it that still hold as it begins, one list after another."""
        count = len(self) // _STRIDE + 1
        starts = np.arange(1, count) * _STRIDE
        starts = starts[starts < len(self)]
        moments = self.begin_ns[starts]
        place = np.arange(len(self))
        low = place // _STRIDE + 1
        high = np.searchsorted(moments, self.end_ns, "left") + 1
        spans = np.maximum(high - low, 0)
        which = np.repeat(low - np.cumsum(spans) + spans, spans) + np.arange(int(spans.sum()))
        held = np.repeat(place, spans)
        order = np.argsort(which, kind="stable")
        first = np.searchsorted(which[order], np.arange(count + 2))
        return held[order], first
