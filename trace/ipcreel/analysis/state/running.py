"""What changes key by key, asked for by moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import along_runs, dense, run_starts

Rows = NDArray[np.int64]

_STRIDE = 1024


class Latest:
    """The last of some rows for each key, up to a moment, with checkpoints: a moment costs one stride at most.

    A stride is at least as long as there are keys, so that all checkpoints together are no longer than the rows.

    Args:
        key, at_ns, row: (n,) columns.
        before: what a key has before its first row.
    """

    def __init__(self, key: Rows, at_ns: Rows, row: Rows, before: int = -1) -> None:
        group, count = dense(key)
        self.keys = np.empty(count, np.int64)
        self.keys[group] = key
        order = np.argsort(at_ns, kind="stable")
        self._at_ns, self._group, self._row = at_ns[order], group[order], row[order]
        self._stride = max(_STRIDE, count)
        self._held = self._checkpoints(before)

    def _checkpoints(self, before: int) -> Rows:
        """(checkpoints, keys) what each key has before every stride-th row."""
        held = np.full((len(self._row) // self._stride + 1, len(self.keys)), before, np.int64)
        for number in range(1, len(held)):
            part = slice((number - 1) * self._stride, number * self._stride)
            held[number] = held[number - 1]
            held[number][self._group[part]] = self._row[part]
        return held

    def all_at(self, at_ns: int) -> Rows:
        """(keys,) the row of each key that came last; `before` ahead of its first."""
        until = int(self._at_ns.searchsorted(np.int64(at_ns), "right"))
        checkpoint = until // self._stride
        now: Rows = self._held[checkpoint].copy()
        part = slice(checkpoint * self._stride, until)
        now[self._group[part]] = self._row[part]  # of several for one key the last one stays
        return now


def running(key: Rows, at_ns: Rows, change: Rows) -> Latest:
    """The sum of the changes of each key up to and with a moment; 0 before its first.

    Args:
        key: (n,) what each change belongs to.
        at_ns: (n,) when it happened.
        change: (n,) by how much.
    """
    order = np.lexsort((at_ns, key))
    total, key = np.cumsum(change[order]), key[order]
    starts = run_starts(key)
    earlier = along_runs((total - change[order])[starts], starts, len(key))
    return Latest(key, at_ns[order], total - earlier, before=0)
