"""The columns that every analysis takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.joins import Ends

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
            `ended_ns` (0: not known), `died_by` (a signal, 0: none), `still_running`, `helps` (a library's own).
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
        codes = [self.codes[name] for name in names if name in self.codes]
        chosen = np.isin(self.op, codes)
        if done:
            chosen &= ~(self.pending | self.raised)
        return np.flatnonzero(chosen)

    def of_kind(self, kind: str) -> NDArray[np.bool_]:
        """(objects,) which objects are of a kind."""
        return np.array([row[0] == kind for row in self.objects], np.bool_)

    def ends(self, rows: Rows, key: Rows, with_content: bool = False) -> Ends:
        """One side of a join: some events under a key."""
        content = self.content(rows) if with_content else None
        return Ends(rows, key, self.begin_ns[rows], self.end_ns[rows], content)


def number_keys(*sides: tuple[Rows, ...]) -> list[Rows]:
    """One number for each combination of columns, the same on all sides.

    Args:
        sides: of each side its columns, all of one length.
    """
    tables = [np.stack(columns, axis=1) for columns in sides]
    _, numbers = np.unique(np.concatenate(tables), axis=0, return_inverse=True)
    cuts = np.cumsum([len(table) for table in tables])[:-1]
    return [np.asarray(part, np.int64) for part in np.split(np.asarray(numbers).reshape(-1), cuts)]
