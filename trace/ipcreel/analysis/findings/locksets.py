"""Which locks a lane held at each of some events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.semaphores import KINDS
from ipcreel.analysis.keys import along_runs, number_keys, rank_in_runs, run_starts, sort_in_keys

Rows = NDArray[np.int64]

_KINDS = tuple(kind for kind in KINDS if not kind.creates and kind.answers)
ACQUIRES = tuple(name for kind in _KINDS for name in kind.acquires)
RELEASES = tuple(name for kind in _KINDS for name in kind.releases)


@dataclass(frozen=True)
class Held:
    """The locks held at each of n events.

    Attributes:
        first: (n + 1,) where those of each event begin in `lock`.
        lock: rows of objects.
    """

    first: Rows
    lock: Rows

    def __getitem__(self, place: int) -> frozenset[int]:
        return frozenset(self.lock[self.first[place] : self.first[place + 1]].tolist())

    @property
    def count(self) -> Rows:
        """(n,) how many."""
        return np.diff(self.first)

    def share(self, one: Rows, other: Rows) -> NDArray[np.bool_]:
        """(m,) whether two places of events have a lock in common."""
        found = np.zeros(len(one), np.bool_)
        for left in range(int(self.count[one].max(initial=0))):
            for right in range(int(self.count[other].max(initial=0))):
                at = np.flatnonzero((self.count[one] > left) & (self.count[other] > right))
                found[at] |= self.lock[self.first[one[at]] + left] == self.lock[self.first[other[at]] + right]
        return found


def locks_held(events: Events, rows: Rows) -> Held:
    """For each of `rows`, ascending, the locks that its lane had taken and not given back."""
    lane, lock, begin, end = _holdings(events)
    by_lane = sort_in_keys(events.lane[rows], rows)
    scale = len(events.lane) + 1
    places = events.lane[rows[by_lane]] * scale + rows[by_lane]
    low = np.searchsorted(places, lane * scale + begin, "right")
    count = np.searchsorted(places, lane * scale + end, "left") - low
    which = np.repeat(np.arange(len(lane)), count)
    place = by_lane[low[which] + rank_in_runs(which)]
    order = sort_in_keys(place, begin[which])
    return Held(np.searchsorted(place[order], np.arange(len(rows) + 1)), lock[which[order]])


def _holdings(events: Events) -> tuple[Rows, Rows, Rows, Rows]:
    """Lane, lock, the acquire from which on and the release until which it was held, or the number of events."""
    takes, gives = events.rows(*ACQUIRES), events.rows(*RELEASES)
    takes = takes[events.b[takes] == 1]
    rows = np.concatenate((takes, gives))
    step = np.concatenate((np.ones(len(takes), np.int64), -np.ones(len(gives), np.int64)))
    (holder,) = number_keys((events.lane[rows], events.object[rows]))
    order = sort_in_keys(holder, rows)
    rows, group = rows[order], holder[order]
    depth = _depth(step[order], group)
    before = np.where(rank_in_runs(group) > 0, np.concatenate(([0], depth))[: len(depth)], 0)
    begins, ends = np.flatnonzero((depth > 0) & (before == 0)), np.flatnonzero((depth == 0) & (before > 0))
    # One who never gave it back is the last of its group: what is looked up behind it belongs to another.
    at = np.searchsorted(ends, begins)
    end = np.append(ends, len(rows))[at]
    given = np.append(group, -1)[end] == group[begins]
    until = np.where(given, np.append(rows, 0)[end], len(events.lane))
    return events.lane[rows[begins]], events.object[rows[begins]], rows[begins], until


def _depth(step: Rows, group: Rows) -> Rows:
    """(n,) how often a lock is held: the sum of the steps in a group, of which none leads below zero."""
    total = np.cumsum(step)
    apart = group * (2 * len(step) + 2)  # groups that far apart share one running minimum
    starts = run_starts(group)
    total = total - along_runs((total - step)[starts], starts, len(step))
    lowest = -np.maximum.accumulate(apart - total) + apart
    result: Rows = total - np.minimum(lowest, 0)
    return result
