"""Keys that say what belongs together: numbered, sorted and ranked without comparing rows of a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

_MOST = 1 << 62
_SPARSE = 64  # rows are further from each other than this on average: a mask of all costs more than to sort them


def number_keys(*sides: tuple[Rows, ...]) -> list[Rows]:
    """One number for each combination of columns, the same on all sides: 0, 1, … in the order of the columns.

    Args:
        sides: of each side its columns, all of one length.
    """
    columns = [np.concatenate(parts) for parts in zip(*sides, strict=True)]
    numbers, _ = dense(columns[0])
    for column in columns[1:]:
        more, width = dense(column)
        numbers, _ = dense(numbers * width + more)
    cuts = np.cumsum([len(side[0]) for side in sides])[:-1]
    return list(np.split(numbers, cuts))


def dense(values: Rows) -> tuple[Rows, int]:
    """(n,) the rank of each value among the different ones, and how many different ones there are."""
    if not len(values):
        return np.empty(0, np.int64), 0
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values) + 1024:
        different, numbers = np.unique(values, return_inverse=True)
        return np.asarray(numbers, np.int64).reshape(-1), len(different)
    shifted = values - low
    there = np.zeros(high - low + 1, np.bool_)
    there[shifted] = True
    rank = np.cumsum(there) - 1
    return rank[shifted], int(rank[-1]) + 1


def sort_in_keys(key: Rows, at_ns: Rows, row: Rows | None = None) -> Rows:
    """(n,) the order by key, within a key by time, within a time by row, or by place where there are no rows."""
    if row is not None and bool(np.any(row[1:] < row[:-1])):
        order = np.lexsort((row, at_ns))
    elif bool(np.any(at_ns[1:] < at_ns[:-1])):
        order = np.argsort(at_ns, kind="stable")
    else:
        return sort_stably(key)
    return np.asarray(order[sort_stably(key[order])], np.int64)


def sort_stably(key: Rows) -> Rows:
    """(n,) the order by key, equal keys as they stand. O(n) where the keys lie within four bytes of each other."""
    if not len(key):
        return np.empty(0, np.int64)
    low, high = int(key.min()), int(key.max())
    if high - low >= 1 << 32:
        return np.argsort(key, kind="stable")
    # numpy sorts two bytes by radix, anything longer by comparison.
    shifted = (key - low).astype(np.uint32)
    order = np.argsort(shifted.astype(np.uint16), kind="stable")
    if high - low >= 1 << 16:
        order = order[np.argsort((shifted >> 16).astype(np.uint16)[order], kind="stable")]
    return order


def first_places(numbers: Rows) -> Rows:
    """(most + 1,) where each number stands first; -1 where it does not occur."""
    found = np.full(int(numbers.max(initial=-1)) + 1, -1, np.int64)
    found[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
    return found


def begins_run(values: Rows) -> NDArray[np.bool_]:
    """(n,) whether each element is the first of a run of equal values."""
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def run_starts(values: Rows) -> Rows:
    """(runs,) where each run of equal values begins."""
    return np.flatnonzero(begins_run(values))


def along_runs(of_run: Rows, starts: Rows, count: int) -> Rows:
    """(count,) of each element what is said of its run, one of those that begin at some places."""
    return np.repeat(of_run, np.diff(np.append(starts, count)))


def rank_in_runs(values: Rows) -> Rows:
    """(n,) the place of each element in its run of equal values."""
    starts = run_starts(values)
    return np.arange(len(values)) - along_runs(starts, starts, len(values))


def latest_so_far(at_ns: Rows, group: Rows) -> tuple[Rows, Rows]:
    """A running maximum within groups, and what it is to be compared with: numbers that grow from group to group.

    Args:
        at_ns: (2, n) moments: of the first row the maximum is taken, the second is to be compared with it.
        group: (n,) ascending from 0.

    Returns:
        (n,) the maximum of the first row so far in each group; (n,) the second row on the same scale.
    """
    base = int(at_ns.min(initial=_MOST))
    span = int(at_ns.max(initial=0)) - base + 2
    moved = at_ns - base
    if span * (int(group.max(initial=0)) + 1) > _MOST:
        numbers, span = dense(at_ns.reshape(-1))
        moved, span = numbers.reshape(at_ns.shape), span + 2
    moved = moved + group * span
    return np.maximum.accumulate(moved[0]), moved[1]


def left_over(rows: Rows, taken: Rows) -> Rows:
    """Those of some events that are not among others: ascending, each once."""
    if not len(rows):
        return rows
    gone = np.zeros(max(int(rows.max()), int(taken.max(initial=0))) + 1, np.bool_)
    gone[taken] = True
    return each_once(rows[~gone[rows]])


def each_once(rows: Rows) -> Rows:
    """Those of some events, or rows of a table, that there are: ascending, each once. They are 0 or more."""
    most = int(rows.max(initial=-1))
    if most > _SPARSE * len(rows):
        return ascending(rows)
    there = np.zeros(most + 1, np.bool_)
    there[rows] = True
    return np.flatnonzero(there)


def ascending(values: Rows) -> Rows:
    """Each once. `np.unique` hashes them, which takes up to seventy times as long and keeps other threads waiting."""
    ordered = np.sort(values)
    once: Rows = ordered[begins_run(ordered)]
    return once
