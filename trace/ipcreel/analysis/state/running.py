"""A number for each key that changes by events, asked for by moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


class Running:
    """Sums of changes, key by key.

    Args:
        key: (n,) what each change belongs to.
        at_ns: (n,) when it happened.
        change: (n,) by how much.
    """

    def __init__(self, key: Rows, at_ns: Rows, change: Rows) -> None:
        order = np.lexsort((at_ns, key))
        self._at_ns, sums = at_ns[order], np.cumsum(change[order])
        self._sums = np.concatenate(([0], sums))
        self.keys, starts = np.unique(key[order], return_index=True)
        self._first = np.append(starts, len(order))
        self._place = {key: place for place, key in enumerate(self.keys.tolist())}

    def at(self, key: int, at_ns: int) -> int:
        """The sum of a key's changes up to and with a moment; 0 where it has none."""
        place = self._place.get(key)
        if place is None:
            return 0
        low, high = int(self._first[place]), int(self._first[place + 1])
        until = low + int(self._at_ns[low:high].searchsorted(np.int64(at_ns), "right"))
        return int(self._sums[until] - self._sums[low])


class Latest:
    """The last of some rows for each key, up to a moment.

    Args:
        key, at_ns, row: (n,) columns.
    """

    def __init__(self, key: Rows, at_ns: Rows, row: Rows) -> None:
        order = np.lexsort((at_ns, key))
        self._at_ns, self._row = at_ns[order], row[order]
        self.keys, starts = np.unique(key[order], return_index=True)
        self._first = np.append(starts, len(order))
        self._place = {key: place for place, key in enumerate(self.keys.tolist())}

    def at(self, key: int, at_ns: int) -> int | None:
        """The row of a key that came last; None before the first."""
        place = self._place.get(key)
        if place is None:
            return None
        low, high = int(self._first[place]), int(self._first[place + 1])
        until = low + int(self._at_ns[low:high].searchsorted(np.int64(at_ns), "right"))
        return int(self._row[until - 1]) if until > low else None
