"""The plain columns of the arrows between lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1024
_CHECKPOINT_CELLS = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Flows, sorted by begin; columns of length n.

    begin_ns, end_ns: when the cause was done, and when its effect; begin_ns <= end_ns.
    from_lane, to_lane: where.
    from_event, to_event: rows of the reel.
    """

    begin_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    from_lane: NDArray[np.int32]
    to_lane: NDArray[np.int32]
    from_event: NDArray[np.uint32]
    to_event: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.begin_ns)

    def only(self, keep: NDArray[np.bool_]) -> Flows:
        return Flows(
            self.begin_ns[keep],
            self.end_ns[keep],
            self.from_lane[keep],
            self.to_lane[keep],
            self.from_event[keep],
            self.to_event[keep],
        )

    @classmethod
    def none(cls) -> Flows:
        times, lanes, events = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint32)
        return cls(times, times, lanes, lanes, events, events)


class FlowIndex:
    """Counts the flows of each pair of lanes in a range, at a cost that does not grow with the range.

    A flow is in [t0, t1) where it begins before t1 and ends after t0. As none ends before it begins, their number is
    those that began before t1 less those that ended by t0: two look-ups in running counts, kept at checkpoints.

    pair_from, pair_to: (p,) the lanes of each pair that occurs; `pair` the pair of each flow.
    """

    def __init__(self, flows: Flows, lanes: int) -> None:
        self.flows = flows
        self.ends_ns = np.sort(flows.end_ns)
        code = flows.from_lane.astype(np.int64) * lanes + flows.to_lane
        if lanes * lanes <= 1 << 24:
            present = np.flatnonzero(np.bincount(code, minlength=1)) if len(code) else np.zeros(0, np.int64)
            place = np.zeros(lanes * lanes + 1, np.int32)
            place[present] = np.arange(len(present))
            self.pair = place[code]
        else:
            present, inverse = np.unique(code, return_inverse=True)
            self.pair = inverse.astype(np.int32)
        self.pair_from, self.pair_to = present // max(lanes, 1), present % max(lanes, 1)
        by_end = np.argsort(flows.end_ns, kind="stable")
        self._ends_ns = flows.end_ns[by_end]
        self._begun = _RunningCounts(self.pair, len(present))
        self._ended = _RunningCounts(self.pair[by_end], len(present))
        blocks = np.arange(0, len(flows), _BLOCK)
        self._last_end_ns = np.maximum.reduceat(flows.end_ns, blocks) if len(blocks) else flows.end_ns

    def counts(self, begin_ns: int, end_ns: int) -> NDArray[np.int64]:
        """(p,) how many flows of each pair are in [begin_ns, end_ns)."""
        ended = self._ended.before(int(self._ends_ns.searchsorted(np.int64(begin_ns), "right")))
        counted: NDArray[np.int64] = self.begun([end_ns])[0] - ended
        return counted

    def begun(self, before_ns: Sequence[int]) -> NDArray[np.int64]:
        """(m, p) how many flows of each pair began before each of m moments."""
        places = self.flows.begin_ns.searchsorted(np.array(before_ns, np.int64))
        return np.stack([self._begun.before(place) for place in places.tolist()])

    def began_in(self, begin_ns: int, end_ns: int) -> int:
        """How many flows of all pairs began in [begin_ns, end_ns)."""
        low, high = self.flows.begin_ns.searchsorted([np.int64(begin_ns), np.int64(end_ns)])
        return int(high) - int(low)

    def within(self, begin_ns: int, end_ns: int, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The flows of the wanted pairs that are in [begin_ns, end_ns), ascending."""
        flows = self.flows
        low, high = flows.begin_ns.searchsorted([np.int64(begin_ns), np.int64(end_ns)])
        blocks = np.flatnonzero(self._last_end_ns[: -(-int(low) // _BLOCK)] > begin_ns)
        earlier = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        earlier = earlier[earlier < low]
        earlier = earlier[flows.end_ns[earlier] > begin_ns]
        found = np.concatenate((earlier, np.arange(low, high)))
        found = found[(flows.end_ns[found] > begin_ns) & wanted[self.pair[found]]]
        chosen: NDArray[np.int64] = found.astype(np.int64)
        return chosen


class _RunningCounts:
    """How often each value occurs among the first k of a column of small integers."""

    def __init__(self, values: NDArray[np.int32], distinct: int) -> None:
        self._values = values
        self._distinct = distinct
        self._stride = max(1024, -(-len(values) * max(distinct, 1) // _CHECKPOINT_CELLS))
        starts = range(0, len(values), self._stride)
        parts = [np.bincount(values[at : at + self._stride], minlength=distinct) for at in starts]
        self._sums = np.cumsum([np.zeros(distinct, np.int64), *parts], axis=0, dtype=np.int64)

    def before(self, k: int) -> NDArray[np.int64]:
        checkpoint = k // self._stride
        rest = self._values[checkpoint * self._stride : k]
        counted: NDArray[np.int64] = self._sums[checkpoint] + np.bincount(rest, minlength=self._distinct)
        return counted
