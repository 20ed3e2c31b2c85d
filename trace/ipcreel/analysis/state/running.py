"""A number for each key that changes by events, asked for by moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


class _ByKey:
    """Moments key by key, in which all keys can be looked up at once."""

    def __init__(self, key: Rows, at_ns: Rows) -> None:
        self.order = np.lexsort((at_ns, key))
        self._at_ns = at_ns[self.order]
        self.keys, starts = np.unique(key[self.order], return_index=True)
        self._first = np.append(starts, len(self.order))
        self._place = {key: place for place, key in enumerate(self.keys.tolist())}
        self._base = int(at_ns.min()) if len(at_ns) else 0
        self._span = int(at_ns.max()) - self._base + 2 if len(at_ns) else 1
        group = np.repeat(np.arange(len(self.keys)), np.diff(self._first))
        self._places = group * self._span + self._at_ns - self._base
        self._lowest = np.arange(len(self.keys)) * self._span

    def until(self, key: int, at_ns: int) -> tuple[int, int]:
        """Where a key begins, and where it goes on after a moment; nothing between where it has none."""
        place = self._place.get(key)
        if place is None:
            return 0, 0
        low, high = int(self._first[place]), int(self._first[place + 1])
        return low, low + int(self._at_ns[low:high].searchsorted(np.int64(at_ns), "right"))

    def all_until(self, at_ns: int) -> tuple[Rows, Rows]:
        """(keys,) where each key begins, (keys,) where it goes on after a moment."""
        since = min(max(at_ns - self._base, -1), self._span - 2)
        return self._first[:-1], np.asarray(self._places.searchsorted(self._lowest + since, "right"), np.int64)


class Running:
    """Sums of changes, key by key.

    Args:
        key: (n,) what each change belongs to.
        at_ns: (n,) when it happened.
        change: (n,) by how much.
    """

    def __init__(self, key: Rows, at_ns: Rows, change: Rows) -> None:
        self._by_key = _ByKey(key, at_ns)
        self._sums = np.concatenate(([0], np.cumsum(change[self._by_key.order])))
        self.keys = self._by_key.keys

    def at(self, key: int, at_ns: int) -> int:
        """The sum of a key's changes up to and with a moment; 0 where it has none."""
        low, until = self._by_key.until(key, at_ns)
        return int(self._sums[until] - self._sums[low])

    def all_at(self, at_ns: int) -> Rows:
        """(keys,) the sum of each key's changes up to and with a moment."""
        low, until = self._by_key.all_until(at_ns)
        return np.asarray(self._sums[until] - self._sums[low], np.int64)


class Latest:
    """The last of some rows for each key, up to a moment.

    Args:
        key, at_ns, row: (n,) columns.
    """

    def __init__(self, key: Rows, at_ns: Rows, row: Rows) -> None:
        self._by_key = _ByKey(key, at_ns)
        self._row = row[self._by_key.order]
        self.keys = self._by_key.keys

    def at(self, key: int, at_ns: int) -> int | None:
        """The row of a key that came last; None before the first."""
        low, until = self._by_key.until(key, at_ns)
        return int(self._row[until - 1]) if until > low else None

    def all_at(self, at_ns: int) -> Rows:
        """(keys,) the row of each key that came last; -1 before its first."""
        low, until = self._by_key.all_until(at_ns)
        if not len(self._row):
            return np.full(len(low), -1, np.int64)
        return np.where(until > low, self._row[until - 1], -1)
