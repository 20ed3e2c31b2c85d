"""How a run's processes held each other up: what they met at, fought for, waited in, and what set its length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.contention import Contention, Round, find_contention, find_rounds
from ipcreel.analysis.critical import Step, critical_path
from ipcreel.analysis.lateness import Depth, find_depths
from ipcreel.analysis.stats import Row, path_causes
from ipcreel.analysis.waits import Blocked, Waits, blocked_by, ends_of, find_waits
from ipcreel.reel import Reel
from ipcreel.reel.names import names_of
from reelview.lens.lens import Curve

_MOST_QUEUES = 3
_QUEUE_COLOURS = (0, 1, 9)
_SKEW_COLOUR, _BLOCKED_COLOUR = 7, 10


@dataclass(frozen=True, slots=True, eq=False)
class Synchronization:
    """All of it, over the whole run.

    rounds: each time that a barrier opened, in order of time.
    contention: locks and semaphores, the one waited for longest first.
    by_lane, by_object: waits added up, the longest first.
    depths: queues, the deepest first.
    path: the critical path, in order of time without a gap; `causes` its rows by cause.
    """

    rounds: list[Round]
    contention: list[Contention]
    by_lane: list[Blocked]
    by_object: list[Blocked]
    depths: list[Depth]
    path: list[Step]
    causes: list[Row]
    curves: tuple[Curve, ...]


def synchronization_of(reel: Reel) -> Synchronization:
    """Works it out: some seconds for a million events."""
    events, flows, window = reel.events, reel.flows, (reel.begin_ns, reel.end_ns)
    end_ns = ends_of(events, flows)
    waits = find_waits(events, end_ns, window)
    rounds = find_rounds(events, flows, window)
    depths = sorted(find_depths(events, flows), key=lambda depth: -depth.most)
    path = critical_path(events, flows, waits, end_ns, window)
    return Synchronization(
        rounds,
        find_contention(events, flows, end_ns, window),
        blocked_by(waits, events.lane[waits.row]),
        [each for each in blocked_by(waits, events.object[waits.row]) if each.group],
        depths,
        path,
        path_causes(path, events, names_of(reel)) if path else [],
        (*_depth_curves(reel, depths), *_blocked_curve(waits), *_skew_curve(rounds)),
    )


def _depth_curves(reel: Reel, depths: list[Depth]) -> list[Curve]:
    return [
        Curve(
            str(reel.objects[depth.object][3]), "", depth.at_ns, depth.messages.astype(np.float64), depth.row, "depth",
            colour,
        )
        for depth, colour in zip(depths[:_MOST_QUEUES], _QUEUE_COLOURS, strict=False)
    ]  # fmt: skip


def _blocked_curve(waits: Waits) -> list[Curve]:
    """How many lanes wait at each moment."""
    at_ns = np.concatenate((waits.begin_ns, waits.end_ns))
    if not len(at_ns):
        return []
    step = np.ones(len(at_ns), np.int64)
    step[len(waits.row) :] = -1
    order = np.argsort(at_ns, kind="stable")
    count = np.cumsum(step[order]).astype(np.float64)
    rows = np.concatenate((waits.row, waits.row))[order]
    return [Curve("blocked lanes", "", at_ns[order], count, rows, "blocked", _BLOCKED_COLOUR)]


def _skew_curve(rounds: list[Round]) -> list[Curve]:
    if not rounds:
        return []
    at_ns, skew, last = zip(*((each.at_ns, each.skew_ns / 1e6, int(each.arrivals[-1])) for each in rounds), strict=True)
    columns = np.array(at_ns, np.int64), np.array(skew, np.float64), np.array(last, np.int64)
    return [Curve("barrier skew", "ms", *columns, "skew", _SKEW_COLOUR, bars=True)]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The barriers of one tick, or a single round where there are no ticks.

    tick: its number; -1 where there are none.
    worst: the round with the greatest skew.
    """

    tick: int
    rounds: int
    skew_ns: int
    waited_ns: int
    worst: Round


def meetings_of(rounds: list[Round], tick_ns: NDArray[np.int64]) -> list[Meeting]:
    """Rounds by tick, those with the greatest skew first."""
    ticks = tick_ns.searchsorted(np.array([each.at_ns for each in rounds], np.int64), "right") - 1
    if not len(tick_ns):
        groups = [(-1, [each]) for each in rounds]
    else:
        by_tick: dict[int, list[Round]] = {}
        for tick, each in zip(ticks.tolist(), rounds, strict=True):
            by_tick.setdefault(tick, []).append(each)
        groups = list(by_tick.items())
    found = [
        Meeting(
            tick, len(group), sum(each.skew_ns for each in group), sum(each.waited_ns for each in group),
            max(group, key=lambda each: each.skew_ns),
        )
        for tick, group in groups
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.skew_ns)


def step_at(path: list[Step], at_ns: int) -> int:
    """The place of the step of a critical path that a moment lies in; the nearest where it lies before or after it."""
    low, high = 0, len(path)
    while low < high:
        middle = (low + high) // 2
        if path[middle].end_ns <= at_ns:
            low = middle + 1
        else:
            high = middle
    return min(low, len(path) - 1)
