"""How long each lane lived, waited and ran."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.enclosing import ENCLOSING
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.keys import dense, each_once, latest_so_far, number_keys, sort_in_keys

Rows = NDArray[np.int64]
Window = tuple[int, int]


@dataclass(frozen=True)
class Waits:
    """Operations that could wait, and how long each took; of nested ones the outermost.

    Attributes:
        row: (n,) events, ascending.
        begin_ns, end_ns: (n,) from when to when, within the window.
    """

    row: Rows
    begin_ns: Rows
    end_ns: Rows

    @cached_property
    def wait_ns(self) -> Rows:
        """(n,) how long each took."""
        return self.end_ns - self.begin_ns


@dataclass(frozen=True)
class Blocked:
    """The waits of one group added up: those of a lane, or for an object, or of an operation.

    Attributes:
        group: which.
        waits: how many.
        blocked_ns: for how long in all.
        longest: the event that took longest.
        longest_ns: how long that was.
    """

    group: int
    waits: int
    blocked_ns: int
    longest: int
    longest_ns: int


@dataclass(frozen=True)
class LaneTimes:
    """Of each lane, in ns: `alive` from its first event to the end of its last, `waiting` within that.

    What is left over, `running`, is the program's own code and whatever it was kept from the processor for.
    """

    alive_ns: Rows
    waiting_ns: Rows

    @property
    def running_ns(self) -> Rows:
        """(lanes,) the rest."""
        return self.alive_ns - self.waiting_ns


def ends_of(events: Events, flows: Flows) -> Rows:
    """(n,) when each event ended: a pending one when its process was seen to have ended, or with the reel."""
    ended = np.full(len(events.process_table), np.iinfo(np.int64).max)
    deaths = np.flatnonzero(flows.kind == KINDS.index("process"))
    waited = np.isin(events.op[flows.effect[deaths]], _codes(events, "process.wait"))
    deaths = deaths[waited]
    np.minimum.at(ended, events.process[flows.cause[deaths]], events.end_ns[flows.effect[deaths]])
    return np.where(events.pending, np.minimum(events.end_ns, ended[events.process]), events.end_ns)


def find_waits(events: Events, end_ns: Rows, window: Window) -> Waits:
    """The outermost operations of each lane that could wait.

    Args:
        events: the run.
        end_ns: (n,) as `ends_of` gives it.
        window: from when to when; what reaches over it is clipped.
    """
    codes = events.blocking - set(_enclosing(events))
    names = [name for name, code in events.codes.items() if code in codes]
    rows = events.rows(*names, done=False)
    rows = rows[~_inside_another(events.lane[rows], events.begin_ns[rows], end_ns[rows])]
    begin, end = np.maximum(events.begin_ns[rows], window[0]), np.minimum(end_ns[rows], window[1])
    kept = end > begin
    return Waits(rows[kept], begin[kept], end[kept])


def lane_times(events: Events, end_ns: Rows, waits: Waits, window: Window) -> LaneTimes:
    """How long each lane lived and waited within the window."""
    lanes = int(events.lane.max(initial=-1)) + 1
    first = np.full(lanes, np.iinfo(np.int64).max)
    last = np.zeros(lanes, np.int64)
    np.minimum.at(first, events.lane, events.begin_ns)
    np.maximum.at(last, events.lane, end_ns)
    alive = np.maximum(np.minimum(last, window[1]) - np.maximum(first, window[0]), 0)
    return LaneTimes(alive, sum_by(events.lane[waits.row], waits.wait_ns, lanes))


def blocked_by(waits: Waits, group: Rows) -> list[Blocked]:
    """The waits of each group, the longest first.

    Args:
        group: (n,) which group each wait is of.
    """
    values, (place,) = each_once(group), number_keys((group,))
    count, total = np.bincount(place, minlength=len(values)), sum_by(place, waits.wait_ns, len(values))
    last = last_of_longest(place, waits.wait_ns, len(values))
    found = [
        Blocked(value, int(count[number]), int(total[number]), int(waits.row[at]), int(waits.wait_ns[at]))
        for number, (value, at) in enumerate(zip(values.tolist(), last.tolist(), strict=True))
    ]
    return sorted(found, key=lambda one: (-one.blocked_ns, one.group))


def last_of_longest(group: Rows, wait_ns: Rows, count: int) -> Rows:
    """(count,) the place of the longest wait of each group, the last where several took as long; 0 without any."""
    longest = np.full(count, -1, np.int64)
    np.maximum.at(longest, group, wait_ns)
    places = np.flatnonzero(wait_ns == longest[group])
    last = np.zeros(count, np.int64)
    last[group[places]] = places
    return last


def sum_by(group: Rows, values: Rows, count: int) -> Rows:
    """(count,) the sum of the values of each group."""
    total = np.zeros(count, np.int64)
    np.add.at(total, group, values)
    return total


def _codes(events: Events, prefix: str) -> list[int]:
    return [code for name, code in events.codes.items() if name.startswith(prefix)]


def _enclosing(events: Events) -> list[int]:
    return [events.codes[name] for name in ENCLOSING if name in events.codes]


def _inside_another(lane: Rows, begin_ns: Rows, end_ns: Rows) -> NDArray[np.bool_]:
    """(n,) whether an interval began while another of its lane still went on."""
    inside = np.zeros(len(lane), np.bool_)
    if len(lane) < 2:
        return inside
    order = sort_in_keys(lane, begin_ns)
    group, begin = dense(lane[order])[0], begin_ns[order]
    if np.any((group[1:] == group[:-1]) & (begin[1:] == begin[:-1])):  # what takes longer encloses the other
        order = np.lexsort((-end_ns, begin_ns, lane))
    latest, begin = latest_so_far(np.stack((end_ns[order], begin)), group)
    inside[order[1:]] = (group[1:] == group[:-1]) & (begin[1:] < latest[:-1])
    return inside
