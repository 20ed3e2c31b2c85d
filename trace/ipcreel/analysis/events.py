"""The columns that every analysis takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.joins import Ends
from ipcreel.analysis.keys import each_once, sort_stably

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """The events of a run as columns, in order of begin.

    Attributes:
        begin_ns, end_ns: (n,) CLOCK_MONOTONIC; a pending event ends with the reel.
        pending, raised: (n,) whether it never returned; whether it raised.
        lane, process, object, site: (n,) rows of those tables; object and site 0 where there is none.
        op: (n,) codes; `codes` translates the names of operations, `blocking` has those that can wait.
        a, b: (n,) what the operation says.
        content: (rows) → a hash of each row's payload: equal payloads have equal hashes.
        payload: (row) → the payload, decoded.
        process_table: what the processes are: `pid`, `parent` (row or -1), `begin_ns` each; for the checks also
            `ended_ns` (0: not known), `died_by` (a signal, 0: none), `still_running`, `helps` (a library's own),
            `forked`, `ppid`.
        objects: [kind, shared, key, name] each; row 0 is no object.
    """

    begin_ns: Rows
    end_ns: Rows
    pending: NDArray[np.bool_]
    raised: NDArray[np.bool_]
    lane: Rows
    process: Rows
    op: Rows
    object: Rows
    site: Rows
    a: Rows
    b: Rows
    codes: Mapping[str, int]
    content: Callable[[Rows], Rows]
    payload: Callable[[int], Any]
    process_table: list[dict[str, int]] = field(default_factory=list)
    objects: list[list[Any]] = field(default_factory=list)
    blocking: frozenset[int] = frozenset()

    def rows(self, *names: str, done: bool = True) -> Rows:
        """The events of some operations, ascending.

        Args:
            names: `sysv.queue.send`, …; one that the reel does not know has no events.
            done: only those that returned.
        """
        order, first = self._by_op
        codes = {self.codes[name] for name in names if name in self.codes}
        known = [order[first[code] : first[code + 1]] for code in codes if code + 1 < len(first)]
        rows = each_once(np.concatenate([np.empty(0, np.int64), *known]))
        return np.asarray(rows[~(self.pending[rows] | self.raised[rows])] if done else rows, np.int64)

    @cached_property
    def _by_op(self) -> tuple[Rows, Rows]:
        """The rows in order of operation, and where each operation begins among them."""
        return sort_stably(self.op), np.concatenate(([0], np.cumsum(np.bincount(self.op))))

    @cached_property
    def last_ns(self) -> Rows:
        """(processes,) when each did its last: the end of an event, or the begin of a pending one; 0 without events."""
        last = np.zeros(len(self.process_table), np.int64)
        np.maximum.at(last, self.process, np.where(self.pending, self.begin_ns, self.end_ns))
        return last

    @cached_property
    def process_of_lane(self) -> Rows:
        """(lanes,) the process of each lane, up to the last that has events; -1 where it has none."""
        found = np.full(int(self.lane.max(initial=-1)) + 1, -1, np.int64)
        found[self.lane] = self.process
        return found

    def of_kind(self, kind: str) -> NDArray[np.bool_]:
        """(objects,) which objects are of a kind."""
        return np.array([row[0] == kind for row in self.objects], np.bool_)

    def ends(self, rows: Rows, key: Rows, with_content: bool = False) -> Ends:
        """One side of a join: some events under a key."""
        content = self.content(rows) if with_content else None
        return Ends(rows, key, self.begin_ns[rows], self.end_ns[rows], content)
