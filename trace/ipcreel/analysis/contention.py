"""Who waited for a lock, and who came last where several had to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.semaphores import KINDS
from ipcreel.analysis.keys import each_once, number_keys, run_starts, sort_in_keys
from ipcreel.analysis.waits import Window, last_of_longest, sum_by

Rows = NDArray[np.int64]

_ACQUIRES = tuple(name for kind in KINDS for name in kind.acquires)


@dataclass(frozen=True)
class Contention:
    """How much one lock or semaphore was fought for.

    Attributes:
        object: its row.
        acquires: how often it was taken, or asked for.
        waited: how often somebody had to wait for a release.
        wait_ns: for how long in all.
        longest: the event that waited longest; -1 where none did.
        longest_ns: how long that was.
    """

    object: int
    acquires: int
    waited: int
    wait_ns: int
    longest: int
    longest_ns: int


@dataclass(frozen=True)
class Meeting:
    """A barrier: those who had to come before any went on.

    Attributes:
        object: its row.
        rounds: how often it opened.
        skew_ns: from the first arrival to the last, in all rounds.
        longest_ns: the longest of these.
        last: lane → how often it came last.
        kept_ns: lane → from the arrival before its own to its own, in the rounds in which it came last.
    """

    object: int
    rounds: int
    skew_ns: int
    longest_ns: int
    last: dict[int, int]
    kept_ns: dict[int, int]


@dataclass(frozen=True)
class Round:
    """One time that a barrier opened.

    Attributes:
        object: its row.
        arrivals: (n,) events, in order of begin: the last of them is what the others waited for.
        at_ns: when the last came.
        skew_ns: from the first arrival to the last.
        kept_ns: from the arrival before the last to the last: what the last one cost.
        waited_ns: how long the others waited for the last, added up.
    """

    object: int
    arrivals: Rows
    at_ns: int
    skew_ns: int
    kept_ns: int
    waited_ns: int


def find_contention(events: Events, flows: Flows, end_ns: Rows, window: Window) -> list[Contention]:
    """Of each lock and semaphore how much it was waited for; what was waited for longest first."""
    rows = events.rows(*_ACQUIRES, done=False)
    rows = rows[(end_ns[rows] > window[0]) & (events.begin_ns[rows] < window[1])]
    waits = np.minimum(end_ns[rows], window[1]) - np.maximum(events.begin_ns[rows], window[0])
    latest = np.zeros(len(events.begin_ns), np.int64)
    np.maximum.at(latest, flows.effect, events.begin_ns[flows.cause])
    waited = (latest[rows] > events.begin_ns[rows]) | events.pending[rows]
    took = np.where(waited, waits, 0)
    objects, (place,) = each_once(events.object[rows]), number_keys((events.object[rows],))
    asked, had_to = (np.bincount(place, weights, len(objects)) for weights in (None, waited))
    total = sum_by(place, took, len(objects))
    last = last_of_longest(place, took, len(objects))
    found = [
        Contention(
            object_,
            int(asked[number]),
            int(had_to[number]),
            int(total[number]),
            int(rows[last[number]]) if had_to[number] else -1,
            int(took[last[number]]),
        )
        for number, object_ in enumerate(objects.tolist())
    ]
    return sorted(found, key=lambda one: (-one.wait_ns, one.object))


def find_meetings(events: Events, flows: Flows, window: Window) -> list[Meeting]:
    """Barriers, and semaphores of which one acquire took what several lanes had released."""
    by_object: dict[int, list[Round]] = {}
    for each in find_rounds(events, flows, window):
        by_object.setdefault(each.object, []).append(each)
    found = [_meeting(events, object_, rounds) for object_, rounds in by_object.items()]
    return sorted(found, key=lambda one: (-one.skew_ns, one.object))


def find_rounds(events: Events, flows: Flows, window: Window) -> list[Round]:
    """Each time that a barrier opened, or several releases let one acquire through; in order of time."""
    rounds = [
        _round(events, object_, arrivals)
        for object_, arrivals in _barrier_rounds(events, flows) + _gatherings(events, flows)
        if window[0] <= events.begin_ns[arrivals[-1]] <= window[1]
    ]
    return sorted(rounds, key=lambda one: (one.at_ns, one.object))


def _round(events: Events, object_: int, arrivals: Rows) -> Round:
    at = events.begin_ns[arrivals]
    last = int(at[-1])
    return Round(object_, arrivals, last, last - int(at[0]), last - int(at[-2]), int((last - at).sum()))


def _meeting(events: Events, object_: int, rounds: list[Round]) -> Meeting:
    last: dict[int, int] = {}
    kept: dict[int, int] = {}
    for each in rounds:
        lane = int(events.lane[each.arrivals[-1]])
        last[lane] = last.get(lane, 0) + 1
        kept[lane] = kept.get(lane, 0) + each.kept_ns
    skews = [each.skew_ns for each in rounds]
    return Meeting(object_, len(rounds), sum(skews), max(skews), last, kept)


def _barrier_rounds(events: Events, flows: Flows) -> list[tuple[int, Rows]]:
    """The arrivals of each round of a barrier, in order of begin: the flows lead from the last to the others."""
    barriers = events.rows("threads.barrier.wait", "mp.barrier.wait")
    flow = np.flatnonzero(np.isin(flows.cause, barriers) & np.isin(flows.effect, barriers))
    flow = flow[sort_in_keys(flows.cause[flow], flows.effect[flow])]
    cause, effect = flows.cause[flow], flows.effect[flow]
    starts = run_starts(cause)
    return [
        (int(events.object[last]), np.sort(np.append(others, last)))
        for last, others in zip(cause[starts].tolist(), np.split(effect, starts[1:]), strict=len(starts) > 0)
    ]


def _gatherings(events: Events, flows: Flows) -> list[tuple[int, Rows]]:
    """The releases by several lanes that one acquire waited for: a barrier that is built of a counting semaphore."""
    acquires = events.rows("sysv.semaphore.acquire", "sysv.semaphore.p")
    flow = np.flatnonzero(np.isin(flows.effect, acquires[events.a[acquires] > 1]))
    if not len(flow):
        return []
    flow = flow[sort_in_keys(flows.effect[flow], flows.cause[flow])]
    effect, cause = flows.effect[flow], flows.cause[flow]
    starts = run_starts(effect)
    lanes = events.lane[cause]
    several = np.minimum.reduceat(lanes, starts) != np.maximum.reduceat(lanes, starts)
    objects = events.object[effect[starts]].tolist()
    rounds = zip(objects, np.split(cause, starts[1:]), several.tolist(), strict=True)
    return [(object_, arrivals) for object_, arrivals, by_several in rounds if by_several]
