"""A release and the acquire that it let through: semaphores by count, locks as semaphores of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import Joined, join_by_count
from ipcreel.analysis.keys import number_keys, sort_in_keys

Rows = NDArray[np.int64]

_MOST = 32767  # the highest value that a SysV semaphore can have (SEMVMX, semop(2))


@dataclass(frozen=True)
class Kind:
    """One kind of semaphore.

    Attributes:
        releases, acquires: operations.
        creates: operations that give it its first value, in `a`; none for a lock, whose first value is 1.
        counted: whether `a` of releases and acquires says by how much, otherwise it is by 1.
        answers: whether `b` of an acquire says that it succeeded.
    """

    releases: tuple[str, ...]
    acquires: tuple[str, ...]
    creates: tuple[str, ...] = ()
    counted: bool = False
    answers: bool = True


KINDS = (
    Kind(
        ("sysv.semaphore.release", "sysv.semaphore.v", "sysv.semaphore.exit"),
        ("sysv.semaphore.acquire", "sysv.semaphore.p", "sysv.semaphore.enter"),
        ("sysv.semaphore.set_value",),
        counted=True,
        answers=False,
    ),
    Kind(
        ("posix.semaphore.release", "posix.semaphore.exit"),
        ("posix.semaphore.acquire", "posix.semaphore.enter"),
        answers=False,
    ),
    Kind(("mp.lock.release",), ("mp.lock.acquire",)),
    Kind(("mp.semaphore.release",), ("mp.semaphore.acquire",), ("mp.semaphore.create",)),
    Kind(("threads.lock.release",), ("threads.lock.acquire",)),
    Kind(("threads.semaphore.release",), ("threads.semaphore.acquire",), ("threads.semaphore.create",)),
)


def match(events: Events) -> list[Joined]:
    """Join releases with acquires."""
    return [_match_kind(events, kind) for kind in KINDS]


def _match_kind(events: Events, kind: Kind) -> Joined:
    releases = events.rows(*kind.releases)
    acquires = events.rows(*kind.acquires)
    if kind.answers:
        acquires = acquires[events.b[acquires] == 1]
    releases, acquires = _outermost(events, releases, acquires)
    out, into = _spread(events, kind, releases), _spread(events, kind, acquires)
    out_ends, in_ends = events.ends(out, events.object[out]), events.ends(into, events.object[into])
    joined = join_by_count(out_ends, in_ends, _first_values(events, kind))
    return _without_repeats(joined)


def _spread(events: Events, kind: Kind, rows: Rows) -> Rows:
    """Each row as many times as it counts for."""
    return np.repeat(rows, np.clip(events.a[rows], 1, _MOST)) if kind.counted else rows


def _first_values(events: Events, kind: Kind) -> dict[int, int]:
    """The value that each semaphore had first: that of its creation, and 1 for a lock."""
    if not kind.creates:
        used = np.unique(events.object[events.rows(*kind.acquires, *kind.releases)])
        return dict.fromkeys(used.tolist(), 1)
    first: dict[int, int] = {}
    for row in events.rows(*kind.creates).tolist():
        first.setdefault(int(events.object[row]), int(events.a[row]))
    return first


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
    if not len(values):
        return values
    total = np.cumsum(values)
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    base = np.concatenate(([0], total))[starts]
    result: Rows = total - np.repeat(base, np.diff(np.append(starts, len(values))))
    return result


def _without_repeats(joined: Joined) -> Joined:
    """One pair for each two events, however many units went from one to the other."""
    _, first = np.unique(joined.cause * (int(joined.effect.max(initial=0)) + 1) + joined.effect, return_index=True)
    return Joined(
        joined.cause[first],
        joined.effect[first],
        joined.certainty[first],
        np.unique(joined.cause_left),
        np.unique(joined.effect_left),
    )
