"""Shared values at a moment: who wrote each last, and of an array every item."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.state.running import Latest

Rows = NDArray[np.int64]

_SCALARS = ("mp.value.create", "mp.value.set", "mp.value.set_unlocked")
_ITEMS = (
    "mp.array.set", "mp.array.set_unlocked", "mp.structure.set", "mp.structure.set_unlocked", "mp.shareable_list.set",
)  # fmt: skip
_MAKES = ("mp.array.create",)
_BLOCKS = ("sysv.memory.write",)
_STRIDE = 1024
_LONGEST = 1 << 24
"""No array of a whole reel has more items: an index beyond is damage, and would take all memory."""


class Values:
    """Shared values that can be asked for at any moment. The first question about an array prepares it."""

    def __init__(self, events: Events) -> None:
        self._events = events
        rows = events.rows(*_SCALARS, *_ITEMS, *_MAKES, *_BLOCKS)
        self._latest = Latest(events.object[rows], events.end_ns[rows], rows)
        self._arrays: dict[int, _Items] = {}

    def written_at(self, at_ns: int) -> tuple[Rows, Rows]:
        """The objects that had been written, and the row that wrote each last."""
        rows = self._latest.all_at(at_ns)
        written = rows >= 0
        return self._latest.keys[written], rows[written]

    def items_at(self, object_: int, at_ns: int) -> list[Any]:
        """All items of an array or a structure at a moment; None where an item had not been written.

        What was written in parts of its own (bytes of a block) is not put together.
        """
        items = self._arrays.get(object_)
        if items is None:
            rows = self._events.rows(*_ITEMS, *_MAKES)
            items = self._arrays[object_] = _Items(self._events, rows[self._events.object[rows] == object_])
        return items.at(at_ns)


class _Items:
    """The writes of one array, item by item, with checkpoints: which one came last costs one stride at most."""

    def __init__(self, events: Events, rows: Rows) -> None:
        self._events = events
        rows = rows[np.argsort(events.end_ns[rows], kind="stable")]
        makes = {events.codes[name] for name in _MAKES if name in events.codes}
        place: list[int] = []
        index: list[int] = []
        row: list[int] = []
        for each in rows.tolist():
            whole = events.op[each] in makes
            several = whole or events.b[each] != 0
            count = _length(events.payload(each)) if several else 1
            first, step = (0, 1) if whole else (int(events.a[each]), int(events.b[each]) or 1)
            row += [each] * count
            place += range(count) if several else [-1]
            index += [first + step * number for number in range(count)]
        kept = np.array([0 <= number < _LONGEST for number in index], np.bool_)
        self._row, self._place = np.array(row, np.int64)[kept], np.array(place, np.int64)[kept]
        self._index = np.array(index, np.int64)[kept]
        self._at_ns = events.end_ns[self._row]
        self._size = int(self._index.max(initial=-1)) + 1
        self._stride = max(_STRIDE, self._size)
        self._last = self._checkpoints()

    def _checkpoints(self) -> list[Rows]:
        """Before every stride-th write the last write of each item, -1 where it had none."""
        now = np.full(self._size, -1, np.int64)
        found = [now.copy()]
        for begin in range(0, len(self._index), self._stride):
            part = slice(begin, begin + self._stride)
            now[self._index[part]] = np.arange(len(self._index))[part]
            found.append(now.copy())
        return found

    def at(self, at_ns: int) -> list[Any]:
        until = int(self._at_ns.searchsorted(np.int64(at_ns), "right"))
        checkpoint = until // self._stride
        now = self._last[checkpoint].copy()
        part = slice(checkpoint * self._stride, until)
        now[self._index[part]] = np.arange(len(self._index))[part]
        payloads: dict[int, Any] = {}
        return [self._value(write, payloads) if write >= 0 else None for write in now.tolist()]

    def _value(self, write: int, payloads: dict[int, Any]) -> Any:
        row, place = int(self._row[write]), int(self._place[write])
        if row not in payloads:
            payloads[row] = self._events.payload(row)
        return payloads[row] if place < 0 else payloads[row][place]


def _length(items: Any) -> int:
    """How many items were written; none where a damaged reel has something else there."""
    return len(items) if isinstance(items, list | tuple | bytes | str) else 0
