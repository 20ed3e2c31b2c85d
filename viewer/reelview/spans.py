"""The plain columns that a timeline draws: events as spans in rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.compiled import core
from reelview.depth import depths

KINDS = 12
"""Mechanism groups with a colour of their own."""

URGENT = 0x80
"""The bit of `Spans.kind` that marks what must be seen at every zoom: a signal, an error, a death."""

KIND_BITS = 0x0F

_CHUNK = 1 << 16
"""Spans that are counted in one call, which fit the processor's cache."""

_LEAST_NS, _GREATEST_NS = -(2**63), 2**63 - 1

_ONE_BY_ONE = 200
"""So many searches, at a microsecond each, cost less than the vector steps do."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans, row by row, sorted by begin inside a row.

    A row is one line of spans that do not overlap: a lane is a row, or several where operations are nested (a signal
    handler inside a blocked receive); `row_depth` 0 is the outermost.

    Columns of length n, the spans:
        begin_ns: CLOCK_MONOTONIC.
        end_ns: at least begin_ns + 1, so that an instant has an extent; the reel's end where the operation is pending.
        blocked_until_ns: in [begin_ns, end_ns]; the span is blocked from its begin until here.
        kind: 0..11 in the low bits, and URGENT.
        event: the row of the event in the reel.
    Columns of length r, the rows: row_lane, row_depth. `offset` has length r + 1.
    """

    begin_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    blocked_until_ns: NDArray[np.int64]
    kind: NDArray[np.uint8]
    event: NDArray[np.uint32]
    offset: NDArray[np.int64]
    row_lane: NDArray[np.int32]
    row_depth: NDArray[np.uint16]
    lanes: int
    first_ns: int
    last_ns: int

    def __len__(self) -> int:
        return len(self.begin_ns)

    @property
    def rows(self) -> int:
        return len(self.row_lane)

    def depth_of_events(self) -> NDArray[np.uint16]:
        """(events,) the depth of the row of each event's span; 0 for events that have none."""
        depth = np.zeros(int(self.event.max(initial=0)) + 1, np.uint16)
        for row in np.flatnonzero(self.row_depth).tolist():
            depth[self.event[self.offset[row] : self.offset[row + 1]]] = self.row_depth[row]
        return depth

    def count_kinds(self) -> NDArray[np.int64]:
        """(KINDS,) how many spans each kind has."""
        counts = np.zeros(KINDS, np.int64)
        for at in range(0, len(self), _CHUNK):
            counts += np.bincount(self.kind[at : at + _CHUNK] & KIND_BITS, minlength=KINDS)[:KINDS]
        return counts

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for column in self._columns())

    def _columns(self) -> Iterator[NDArray[np.generic]]:
        yield from (self.begin_ns, self.end_ns, self.blocked_until_ns, self.kind, self.event)

    def visible(
        self, rows: NDArray[np.intp], begin_ns: int, end_ns: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The half-open slice of spans of each given row that intersect [begin_ns, end_ns)."""
        low, high = self.offset[rows], self.offset[rows + 1]
        start = bisect(self.end_ns, low, high, begin_ns + 1)
        stop = bisect(self.begin_ns, low, high, end_ns)
        return start, np.maximum(start, stop)

    def at(self, row: int, at_ns: int, within_ns: int = 0) -> int | None:
        """The span of a row at a moment, or the nearest one that is no further than `within_ns`."""
        low, high = int(self.offset[row]), int(self.offset[row + 1])
        after = low + int(self.begin_ns[low:high].searchsorted(np.int64(at_ns), "right"))
        best, distance = None, within_ns + 1
        for span in range(max(low, after - 2), min(high, after + 1)):
            gap = max(int(self.begin_ns[span]) - at_ns, at_ns - int(self.end_ns[span]) + 1, 0)
            if gap < distance:
                best, distance = span, gap
        return best

    def row_of(self, span: int) -> int:
        return int(self.offset.searchsorted(span, "right")) - 1

    def rows_of_lane(self, lane: int) -> NDArray[np.intp]:
        return np.flatnonzero(self.row_lane == lane)

    def only_events(self, rows: NDArray[np.int64]) -> Spans:
        """The same rows with the spans of some events."""
        wanted = np.zeros(int(self.event.max(initial=0)) + 1, np.bool_)
        wanted[rows[rows < len(wanted)]] = True
        return self.only(wanted[self.event])

    def only(self, keep: NDArray[np.bool_]) -> Spans:
        """The same rows with some of their spans."""
        before = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))
        return Spans(
            self.begin_ns[keep],
            self.end_ns[keep],
            self.blocked_until_ns[keep],
            self.kind[keep],
            self.event[keep],
            before[self.offset],
            self.row_lane,
            self.row_depth,
            self.lanes,
            self.first_ns,
            self.last_ns,
        )


def bisect(column: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64], value: int) -> NDArray[np.int64]:
    """`searchsorted(column[low[i]:high[i]], value, "left") + low[i]` for every i."""
    value = min(max(value, _LEAST_NS), _GREATEST_NS)  # a view of a damaged reel may end where numbers do
    if core is not None:
        found = np.empty(len(low), np.int64)
        core.bisect(column, low, high, value, found)
        return found
    return _bisect(column, low, high, value)


def _bisect(
    column: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64], value: int
) -> NDArray[np.int64]:
    """`bisect` in numpy: of many at once, in log2(n) steps."""
    if len(low) <= _ONE_BY_ONE:
        key = np.int64(value)
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        return np.array([first + int(column[first:last].searchsorted(key)) for first, last in pairs], np.int64)
    low, high = low.copy(), high.copy()
    if not len(column):
        return low
    for _ in range(int((high - low).max(initial=0)).bit_length()):
        middle = (low + high) >> 1
        open_ = low < high
        less = column[np.minimum(middle, len(column) - 1)] < value
        low = np.where(open_ & less, middle + 1, low)
        high = np.where(open_ & ~less, middle, high)
    return low


def arrange(
    lane: NDArray[np.integer],
    begin_ns: NDArray[np.int64],
    end_ns: NDArray[np.int64],
    kind: NDArray[np.uint8],
    *,
    lanes: int,
    blocked_until_ns: NDArray[np.int64] | None = None,
    first_ns: int | None = None,
    last_ns: int | None = None,
) -> Spans:
    """Spans out of events in order of begin.

    Args:
        lane, begin_ns, end_ns, kind: (n,) columns; event i becomes the span whose `event` is i.
        lanes: how many lanes there are, with or without spans.
        blocked_until_ns: by default nothing is blocked.
        first_ns, last_ns: the extent of the reel; by default that of the spans.

    Raises:
        ValueError: the columns contradict each other.
    """
    _validate(lane, begin_ns, end_ns, kind, lanes)
    first = int(begin_ns.min(initial=np.iinfo(np.int64).max)) if first_ns is None and len(begin_ns) else first_ns or 0
    last = int(end_ns.max()) if last_ns is None and len(end_ns) else last_ns or first
    narrow = lane.astype(np.uint16) if lanes < 1 << 16 else lane  # numpy sorts 16 bits by radix
    order = np.argsort(narrow, kind="stable")
    begin, end = begin_ns[order], end_ns[order]
    offset = np.concatenate(([0], np.cumsum(np.bincount(lane, minlength=lanes)))).astype(np.int64)
    order, offset, row_lane, row_depth = _split_by_depth(order, begin, end, offset)
    begin, end = begin_ns[order], end_ns[order]
    blocked = begin if blocked_until_ns is None else np.clip(blocked_until_ns[order], begin, end)
    end = np.maximum(end, begin + 1)
    last = max(last, first + 1, int(end.max(initial=0)))
    event = order.astype(np.uint32)
    return Spans(begin, end, blocked, kind[order], event, offset, row_lane, row_depth, lanes, first, last)


def _validate(
    lane: NDArray[np.integer],
    begin_ns: NDArray[np.int64],
    end_ns: NDArray[np.int64],
    kind: NDArray[np.uint8],
    lanes: int,
) -> None:
    if not len(lane) == len(begin_ns) == len(end_ns) == len(kind):
        raise ValueError(f"columns of {len(lane)}, {len(begin_ns)}, {len(end_ns)} and {len(kind)} rows; expected equal")
    if not len(lane):
        return
    if int(lane.max()) >= lanes or int(lane.min()) < 0:
        raise ValueError(f"a span is in lane {int(lane.max())}; expected lanes 0 to {lanes - 1}")
    if (begin_ns[1:] < begin_ns[:-1]).any():
        raise ValueError("spans out of order; expected them sorted by begin")
    if (end_ns < begin_ns).any():
        at = int(np.flatnonzero(end_ns < begin_ns)[0])
        raise ValueError(f"span {at} ends before it begins; give a pending one the end of the reel")
    if int((kind & KIND_BITS).max()) >= KINDS:
        raise ValueError(f"kind {int((kind & KIND_BITS).max())}; expected 0 to {KINDS - 1}")


def _split_by_depth(
    order: NDArray[np.intp], begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64], offset: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint16]]:
    """One row a lane, and further rows where spans of a lane are nested."""
    lanes = len(offset) - 1
    pieces: list[NDArray[np.intp]] = []
    row_lane, row_depth, sizes = [], [], [0]
    for lane in range(lanes):
        part = slice(offset[lane], offset[lane + 1])
        level = depths(begin_ns[part], end_ns[part])
        for depth in range(int(level.max(initial=0)) + 1):
            piece = order[part] if not level.any() else order[part][level == depth]
            pieces.append(piece)
            row_lane.append(lane)
            row_depth.append(depth)
            sizes.append(len(piece))
    joined = np.concatenate(pieces) if pieces else order
    return joined, np.cumsum(sizes, dtype=np.int64), np.array(row_lane, np.int32), np.array(row_depth, np.uint16)
