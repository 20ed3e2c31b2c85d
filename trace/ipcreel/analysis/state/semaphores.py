"""Semaphores and locks at a moment: their value, who holds them, who waits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.semaphores import KINDS, Kind, opened_values
from ipcreel.analysis.inside import inside
from ipcreel.analysis.keys import begins_run
from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.running import Latest

Rows = NDArray[np.int64]

_HOLDING = ("mp.queue.create", "mp.barrier.create", "mp.condition.create", "mp.event.create")  # each has its own


def holdings(events: Events, last_ns: int) -> Intervals:
    """Who holds which lock from when to when: `object`, `lane`, and `acquire`, the row that took it.

    A lock may be given back by another thread than took it: then it is taken from whoever has held it longest.
    """
    begin: list[int] = []
    end: list[int] = []
    taken: list[int] = []
    held: dict[int, list[int]] = {}
    rows, releases = _lock_moves(events)
    for row, release in zip(rows.tolist(), releases.tolist(), strict=True):
        here = held.setdefault(int(events.object[row]), [])
        if not release:
            here.append(len(taken))
            taken.append(row)
            begin.append(int(events.end_ns[row]))
            end.append(last_ns + 1)
        elif here:
            lane = int(events.lane[row])
            own = [place for place in here if events.lane[taken[place]] == lane]
            place = own[-1] if own else here[0]
            here.remove(place)
            end[place] = int(events.begin_ns[row])
    acquire = np.array(taken, np.int64)
    columns = {"object": events.object[acquire], "lane": events.lane[acquire], "acquire": acquire}
    return Intervals(np.array(begin, np.int64), np.array(end, np.int64), **columns)


def _lock_moves(events: Events) -> tuple[Rows, NDArray[np.bool_]]:
    """Acquires that succeeded, and releases, of locks, in the order in which they took effect."""
    locks = [kind for kind in KINDS if not kind.creates]
    acquires = np.concatenate([_succeeded(events, kind) for kind in locks])
    releases = events.rows(*(name for kind in locks for name in kind.releases))
    rows = np.concatenate((acquires, releases))
    is_release = np.concatenate((np.zeros(len(acquires), bool), np.ones(len(releases), bool)))
    at_ns = np.where(is_release, events.begin_ns[rows], events.end_ns[rows])
    order = np.lexsort((~is_release, at_ns))
    return rows[order], is_release[order]


def _succeeded(events: Events, kind: Kind) -> Rows:
    rows = events.rows(*kind.acquires)
    return rows[events.b[rows] == 1] if kind.answers else rows


class Counts:
    """The value of each counting semaphore: what it was made with or set to, and what has changed it since."""

    def __init__(self, events: Events) -> None:
        kinds = [kind for kind in KINDS if kind.creates or kind.opens]
        keys, moments, changes = ([column] for column in _settings(events, kinds))
        set_by = len(keys[0])
        for kind in kinds:
            releases, acquires = events.rows(*kind.releases), _succeeded(events, kind)
            sides = ((releases, 1, events.begin_ns, kind.gives), (acquires, -1, events.end_ns, kind.counted))
            for rows, sign, at_ns, counted in sides:
                keys.append(events.object[rows])
                moments.append(at_ns[rows])
                changes.append(sign * (np.maximum(events.a[rows], 1) if counted else np.ones_like(rows)))
        key, at_ns, change = (np.concatenate(columns) for columns in (keys, moments, changes))
        self._values = _values(key, at_ns, change, np.arange(len(key)) < set_by)
        self.objects: Rows = self._values.keys

    def all_at(self, at_ns: int) -> Rows:
        """(objects,) the value of each, 0 at the least: where two operations overlap, which came first is not known."""
        return np.maximum(self._values.all_at(at_ns), 0)


def _settings(events: Events, kinds: list[Kind]) -> tuple[Rows, Rows, Rows]:
    """Of what semaphore, when, to what it was set: by those who opened it before the run, or in it."""
    rows = [(object_, 0, value) for kind in kinds for object_, value in opened_values(events, kind).items()]
    table = np.array(rows, np.int64).reshape(-1, 3)
    sets = np.concatenate([_own_creates(events, kind) for kind in kinds])
    in_run = np.stack((events.object[sets], events.end_ns[sets], events.a[sets]), axis=1)
    object_, at_ns, value = np.concatenate((table, in_run)).T
    return object_, at_ns, value


def _values(key: Rows, at_ns: Rows, change: Rows, sets: NDArray[np.bool_]) -> Latest:
    """What each key was last set to, and the sum of its changes since; of one moment the changes come first."""
    order = np.lexsort((sets, at_ns, key))
    key, at_ns, change, sets = key[order], at_ns[order], change[order], sets[order]
    total = np.cumsum(np.where(sets, 0, change))
    # A key begins anew from what was there before it, less its own first change, as if it had been set to 0.
    base = np.where(sets, total - change, total - np.where(sets, 0, change))
    from_ = np.maximum.accumulate(np.where(begins_run(key) | sets, np.arange(len(key)), 0))
    return Latest(key, at_ns, total - base[from_], before=0)


def _own_creates(events: Events, kind: Kind) -> Rows:
    """Where a program made semaphores: not those that the library counts its own with, unseen."""
    creates = events.rows(*kind.creates)
    hidden = inside(events, creates, events.rows(*_HOLDING))
    seen = np.isin(events.object[creates], events.object[events.rows(*kind.acquires, *kind.releases, done=False)])
    return creates[~hidden | seen]
