"""Which moment of one run is which of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Pairs of moments that are the same in both runs; between two of them time is stretched, outside it runs alike.

    one_ns, other_ns: (n,) strictly ascending, n >= 1.
    """

    one_ns: Moments
    other_ns: Moments

    def to_other(self, at_ns: int) -> int:
        return _mapped(self.one_ns, self.other_ns, at_ns)

    def to_one(self, at_ns: int) -> int:
        return _mapped(self.other_ns, self.one_ns, at_ns)


def align(one_begin_ns: int, other_begin_ns: int, one_ticks_ns: Moments, other_ticks_ns: Moments) -> Alignment:
    """By the ticks that both runs have; by their begins where one of them has none."""
    count = min(len(one_ticks_ns), len(other_ticks_ns))
    one = np.concatenate(([one_begin_ns], one_ticks_ns[:count]))
    other = np.concatenate(([other_begin_ns], other_ticks_ns[:count]))
    # Later than all before it, in both: a tick may begin with the run.
    latest = [np.concatenate(([column[0] - 1], np.maximum.accumulate(column)[:-1])) for column in (one, other)]
    kept = (one > latest[0]) & (other > latest[1])
    return Alignment(one[kept].astype(np.int64), other[kept].astype(np.int64))


def _mapped(source_ns: Moments, target_ns: Moments, at_ns: int) -> int:
    after = int(source_ns.searchsorted(np.int64(at_ns), "right"))
    before = max(after - 1, 0)
    since_ns = at_ns - int(source_ns[before])
    if 0 < after < len(source_ns):
        length = int(source_ns[after]) - int(source_ns[before])
        return int(target_ns[before]) + since_ns * (int(target_ns[after]) - int(target_ns[before])) // length
    return int(target_ns[before]) + since_ns
