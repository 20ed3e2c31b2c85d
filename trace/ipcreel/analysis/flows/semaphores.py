"""A release and the acquire that it let through: semaphores by count, locks as semaphores of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest, last_until
from ipcreel.analysis.joins import EXACT, INFERRED, Joined, join_by_count
from ipcreel.analysis.keys import along_runs, begins_run, each_once, number_keys, run_starts, sort_in_keys

Rows = NDArray[np.int64]

_MOST = 32767  # the highest value that a SysV semaphore can have (SEMVMX, semop(2))


@dataclass(frozen=True)
class Kind:
    """One kind of semaphore.

    Attributes:
        releases, acquires: operations.
        creates: operations that give it its first value, in `a`; none for a lock, whose first value is 1.
        counted: whether `a` of acquires says by how much, otherwise it is by 1.
        gives: whether `a` of releases says by how much.
        opens: the operation whose payload has its first value, where that made it.
        answers: whether `b` of an acquire says that it succeeded.
    """

    releases: tuple[str, ...]
    acquires: tuple[str, ...]
    creates: tuple[str, ...] = ()
    counted: bool = False
    gives: bool = False
    opens: str = ""
    answers: bool = True


KINDS = (
    Kind(
        ("sysv.semaphore.release", "sysv.semaphore.v", "sysv.semaphore.exit"),
        ("sysv.semaphore.acquire", "sysv.semaphore.p", "sysv.semaphore.enter"),
        ("sysv.semaphore.set_value",),
        counted=True,
        gives=True,
        opens="sysv.semaphore.open",
        answers=False,
    ),
    Kind(
        ("posix.semaphore.release", "posix.semaphore.exit"),
        ("posix.semaphore.acquire", "posix.semaphore.enter"),
        opens="posix.semaphore.open",
        answers=False,
    ),
    Kind(("mp.lock.release",), ("mp.lock.acquire",)),
    Kind(("mp.semaphore.release",), ("mp.semaphore.acquire",), ("mp.semaphore.create",)),
    Kind(("threads.lock.release",), ("threads.lock.acquire",)),
    Kind(("threads.semaphore.release",), ("threads.semaphore.acquire",), ("threads.semaphore.create",), gives=True),
)
_CREATE = {"sysv.semaphore.open": 0o1000, "posix.semaphore.open": 0o100}  # IPC_CREAT (semget(2)), O_CREAT (open(2))


def match(events: Events) -> list[Joined]:
    """Join releases with acquires."""
    return [*(_match_kind(events, kind) for kind in KINDS), _zeros(events)]


def _zeros(events: Events) -> Joined:
    """Who waits until a semaphore is zero, and what lowered it last."""
    kind = KINDS[0]
    lowers = events.rows(*kind.acquires, *kind.creates)
    zeros = events.rows("sysv.semaphore.z")
    ends = events.ends(lowers, events.object[lowers]), events.ends(zeros, events.object[zeros])
    joined = join_to_latest(*ends, INFERRED)
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)


def _match_kind(events: Events, kind: Kind) -> Joined:
    releases = events.rows(*kind.releases)
    acquires = events.rows(*kind.acquires)
    if kind.answers:
        acquires = acquires[events.b[acquires] == 1]
    releases, acquires = _outermost(events, releases, acquires)
    out, into = _spread(events, kind.gives, releases), _spread(events, kind.counted, acquires)
    times = _Times(events, kind, np.concatenate((releases, acquires)))
    out_ends, in_ends = events.ends(out, times.of(out)), events.ends(into, times.of(into))
    joined = _without_repeats(join_by_count(out_ends, in_ends, times.first_values))
    doubtful = times.doubtful[events.object[joined.effect]]
    certainty = np.where(doubtful & (joined.certainty == EXACT), INFERRED, joined.certainty).astype(np.uint8)
    return Joined(joined.cause, joined.effect, certainty, joined.cause_left, joined.effect_left)


class _Times:
    """The times between two settings of a semaphore's value: in each it is counted anew.

    A lock is one time, with the value 1. What was set while an operation on it went on is one time too, and doubtful,
    as is one whose first value is not known.

    Attributes:
        first_values: time → the value at its begin.
        doubtful: (objects,) of which it is not certain who was let through by whom.
    """

    def __init__(self, events: Events, kind: Kind, rows: Rows) -> None:
        self._events = events
        self.doubtful = np.zeros(len(events.objects), np.bool_)
        sets = events.rows(*kind.creates)
        self._sets = sets[sort_in_keys(events.object[sets], events.end_ns[sets])]
        self.first_values = dict.fromkeys(each_once(events.object[rows]).tolist(), 1)
        if kind.creates or kind.opens:
            opened = opened_values(events, kind)
            before = self._last(rows, events.begin_ns[rows])
            overlaps = before != self._last(rows, events.end_ns[rows], begun=True)
            unknown = (before < 0) & ~np.isin(events.object[rows], list(opened))
            self.first_values = dict.fromkeys(self.first_values, 0) | opened
            self._in_one(rows[overlaps])
            self.doubtful[events.object[rows[unknown]]] = True

    def _in_one(self, overlapping: Rows) -> None:
        """Count what was set while it was in use from its first setting on."""
        events = self._events
        self.doubtful[events.object[overlapping]] = True
        for row in self._sets[self.doubtful[events.object[self._sets]]][::-1].tolist():
            self.first_values[int(events.object[row])] = int(events.a[row])
        self._sets = self._sets[~self.doubtful[events.object[self._sets]]]
        base = len(events.objects)
        self.first_values |= {base + place: value for place, value in enumerate(events.a[self._sets].tolist())}

    def of(self, rows: Rows) -> Rows:
        """(n,) the time that an operation is in: the object in its first, numbers above all objects after a setting."""
        place = self._last(rows, self._events.begin_ns[rows])
        return np.where(place >= 0, len(self._events.objects) + place, self._events.object[rows])

    def _last(self, rows: Rows, until_ns: Rows, begun: bool = False) -> Rows:
        """(n,) place of the last setting of the same semaphore that had ended, or begun, by some moments; -1: none."""
        at_ns = (self._events.begin_ns if begun else self._events.end_ns)[self._sets]
        return last_until(self._events.object[self._sets], at_ns, self._events.object[rows], until_ns)


def _spread(events: Events, counted: bool, rows: Rows) -> Rows:
    """Each row as many times as it counts for."""
    return np.repeat(rows, np.clip(events.a[rows], 1, _MOST)) if counted else rows


def opened_values(events: Events, kind: Kind) -> dict[int, int]:
    """The value that each semaphore was made with by the first that opened it, where that could make it."""
    found: dict[int, int] = {}
    seen: set[int] = set()
    for row in events.rows(kind.opens).tolist() if kind.opens else ():
        facts, number = events.payload(row), int(events.object[row])
        if number in seen or not isinstance(facts, dict):
            continue
        seen.add(number)
        flags, value = facts.get("flags") or 0, facts.get("initial_value") or 0
        private = kind.opens.startswith("sysv") and not events.a[row]  # IPC_PRIVATE is always new
        if isinstance(flags, int) and isinstance(value, int) and (flags & _CREATE[kind.opens] or private):
            found[number] = value
    return found


def _outermost(events: Events, releases: Rows, acquires: Rows) -> tuple[Rows, Rows]:
    """Without the acquires of a lock that its thread held already, and the releases that did not give it up."""
    rows = np.concatenate((acquires, releases))
    step = np.concatenate((np.ones(len(acquires), np.int64), -np.ones(len(releases), np.int64)))
    again = np.isin(events.object[rows], np.flatnonzero(_can_be_taken_again(events)))
    (holder,) = number_keys((events.object[rows], events.lane[rows]))
    order = sort_in_keys(holder, rows)
    rows, step, again = rows[order], step[order], again[order]
    depth = _running_sum(step, holder[order])
    taken = (step == 1) & (~again | (depth == 1))
    given = (step == -1) & (~again | (depth == 0))
    return np.sort(rows[given]), np.sort(rows[taken])


def _can_be_taken_again(events: Events) -> NDArray[np.bool_]:
    return np.array([str(row[0]).endswith("rlock") for row in events.objects], np.bool_)


def _running_sum(values: Rows, group: Rows) -> Rows:
    """The sum of each element and those before it in its run of equal groups."""
    total = np.cumsum(values)
    starts = run_starts(group)
    result: Rows = total - along_runs((total - values)[starts], starts, len(values))
    return result


def _without_repeats(joined: Joined) -> Joined:
    """One pair for each two events, however many units went from one to the other."""
    order = sort_in_keys(joined.cause, joined.effect)
    first = order[begins_run(joined.cause[order]) | begins_run(joined.effect[order])]
    return Joined(
        joined.cause[first],
        joined.effect[first],
        joined.certainty[first],
        each_once(joined.cause_left),
        each_once(joined.effect_left),
    )
