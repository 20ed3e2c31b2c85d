"""The causal chain that set how long a run took."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.keys import run_starts, sort_in_keys, sort_stably
from ipcreel.analysis.waits import Waits, Window

Rows = NDArray[np.int64]

RUNS, WAITS, FOLLOWS = "runs", "waits", "follows"

# Waits for readiness: what ends one is received by the operation after it.
_READINESS = (
    "waiting.", "connection.any.", "connection.message.poll", "signal.pause", "signal.wait", "futures.set.wait",
)  # fmt: skip

# Threads of a library wait for these in its own code, which is not recorded.
_STARTED = ("futures.call.begin", "mp.queue.feed")


@dataclass(frozen=True)
class Step:
    """A part of the critical path.

    Attributes:
        lane: where.
        begin_ns, end_ns: from when to when.
        what: RUNS: the lane's own code. WAITS: in an operation that no recorded event ended, such as a sleep.
            FOLLOWS: from a cause in another lane to the end of its effect in this one.
        event: the wait, or the effect; -1 where it runs.
        cause: the cause; -1 where there is none.
    """

    lane: int
    begin_ns: int
    end_ns: int
    what: str
    event: int = -1
    cause: int = -1


@dataclass(frozen=True)
class _Arrivals:
    """Of one lane: the moments at which something from another lane let it go on.

    Attributes:
        at_ns: (n,) ascending: when it went on.
        event, cause: (n,) the effect, and what it had waited for.
    """

    at_ns: Rows
    event: Rows
    cause: Rows


def critical_path(events: Events, flows: Flows, waits: Waits, end_ns: Rows, window: Window) -> list[Step]:
    """Walk back from what ended last: along a lane to its last wait, over to what ended that wait, and so on.

    Args:
        events, flows: the run.
        waits: its waits in that window.
        end_ns: (n,) when each event ended.
        window: the path begins and ends in it.

    Returns:
        Steps in order of time, without a gap; together they are as long as the window, up to its first event.
    """
    inside = np.flatnonzero((events.begin_ns < window[1]) & (end_ns > window[0]))
    if not len(inside):
        return []
    last = int(inside[np.argmax(np.minimum(end_ns[inside], window[1]))])
    return Paths(events, flows, waits, end_ns).back_from(
        int(events.lane[last]), min(int(end_ns[last]), window[1]), window[0]
    )


class Paths:
    """A run prepared for walks back from several moments; arguments as those of `critical_path`."""

    def __init__(self, events: Events, flows: Flows, waits: Waits, end_ns: Rows) -> None:
        self._events, self._flows, self._end_ns = events, flows, end_ns
        self._arrivals = _arrivals(events, flows, waits, end_ns)
        columns = (waits.begin_ns, waits.end_ns, waits.row)
        self._waits = {
            lane: tuple(column[places] for column in columns)
            for lane, places in _by_lane(events.lane[waits.row]).items()
        }
        self._births = _births(events)

    def back_from(self, lane: int, now: int, begin_ns: int) -> list[Step]:
        """The path that leads to a moment of a lane, from another moment on."""
        path: list[Step] = []
        while now > begin_ns:
            event, cause = _before(self._arrivals.get(lane), now)
            went_on = int(self._end_ns[event]) if event >= 0 else self._births[lane][1]
            if event < 0:
                event, cause = self._births[lane][0], _cause_of(self._flows, self._births[lane][0])
            path += _within(self._waits.get(lane, (_NONE, _NONE, _NONE)), lane, max(went_on, begin_ns), now)
            if cause < 0 or went_on <= begin_ns:
                break
            begun = int(self._events.begin_ns[cause])
            if begun >= now:
                break
            path.append(Step(lane, max(begun, begin_ns), min(went_on, now), FOLLOWS, event, cause))
            lane, now = int(self._events.lane[cause]), begun
        return [step for step in reversed(path) if step.end_ns > step.begin_ns]


_NONE = np.empty(0, np.int64)


def _before(arrivals: _Arrivals | None, now: int) -> tuple[int, int]:
    """The last event and its cause that let a lane go on, up to a moment."""
    if arrivals is None:
        return -1, -1
    at = int(np.searchsorted(arrivals.at_ns, now, "right")) - 1
    return (int(arrivals.event[at]), int(arrivals.cause[at])) if at >= 0 else (-1, -1)


def _arrivals(events: Events, flows: Flows, waits: Waits, end_ns: Rows) -> dict[int, _Arrivals]:
    """Flows that somebody waited for: of each effect the cause that began last, if that was after its own begin."""
    other = events.lane[flows.cause] != events.lane[flows.effect]
    # A read does not wait for the write that it sees.
    other &= flows.kind != KINDS.index("value")
    cause, effect = flows.cause[other], flows.effect[other]
    waited = _waited_in(events, waits, effect, cause)
    kept = (waited >= 0) & (events.begin_ns[cause] < end_ns[np.maximum(waited, 0)])
    cause, waited = cause[kept], waited[kept]
    order = sort_in_keys(waited, events.begin_ns[cause])
    cause, waited = cause[order], waited[order]
    latest = np.append(waited[1:] != waited[:-1], True)[: len(waited)]
    cause, waited = cause[latest], waited[latest]
    found = {}
    for lane, unsorted in _by_lane(events.lane[waited]).items():
        places = unsorted[np.argsort(end_ns[waited[unsorted]], kind="stable")]
        found[lane] = _Arrivals(end_ns[waited[places]], waited[places], cause[places])
    return found


def _waited_in(events: Events, waits: Waits, effect: Rows, cause: Rows) -> Rows:
    """(m,) where the effect's lane waited for the cause: in the effect, or in a wait for readiness; else -1."""
    begun = events.begin_ns[cause]
    result = np.where(begun > events.begin_ns[effect], effect, -1)
    ready = np.array([code for name, code in events.codes.items() if name.startswith(_READINESS)], np.int64)
    rows = waits.row[np.isin(events.op[waits.row], ready)]
    rows = rows[sort_stably(events.lane[rows])]
    idle = _idle_before(events, effect, cause)
    result[idle] = effect[idle]
    asked = np.flatnonzero(result < 0)
    lane, after = events.lane[effect[asked]], begun[asked]
    at = last_until(events.lane[rows], events.begin_ns[rows], lane, after - 1)
    asked, after, wait = asked[at >= 0], after[at >= 0], rows[at[at >= 0]]
    ended = events.end_ns[wait]
    fits = (after < ended) & (ended <= events.begin_ns[effect[asked]])
    result[asked[fits]] = wait[fits]
    return result


def _idle_before(events: Events, effect: Rows, cause: Rows) -> Rows:
    """Places of effects that a library's own thread began when it was given them, having had nothing to do before."""
    started = [code for name, code in events.codes.items() if name in _STARTED]
    places = np.flatnonzero(np.isin(events.op[effect], started))
    if not len(places):
        return places
    # A feeder takes the lock of the pipe when it has something to write.
    locks = [code for name, code in events.codes.items() if name.startswith("mp.lock.")]
    order = sort_stably(events.lane)
    order = order[~np.isin(events.op[order], locks)]
    previous = np.full(len(events.lane), -1, np.int64)
    previous[order[1:]] = np.where(events.lane[order[1:]] == events.lane[order[:-1]], order[:-1], -1)
    before = previous[effect[places]]
    begun = events.begin_ns[effect[places]]
    # What encloses the effect has not ended.
    done = np.where(events.end_ns[before] <= begun, events.end_ns[before], events.begin_ns[before])
    return places[(before >= 0) & (events.begin_ns[cause[places]] >= done)]


def _by_lane(lane: Rows) -> dict[int, Rows]:
    """Lane → the places at which it stands, ascending."""
    if not len(lane):
        return {}
    order = sort_stably(lane)
    starts = run_starts(lane[order])
    return dict(zip(lane[order[starts]].tolist(), np.split(order, starts[1:]), strict=True))


def _births(events: Events) -> list[tuple[int, int]]:
    """(lanes,) the first event of each lane, and when it began."""
    lanes = int(events.lane.max(initial=-1)) + 1
    first = np.zeros(lanes, np.int64)
    first[events.lane[::-1]] = np.arange(len(events.lane))[::-1]
    return list(zip(first.tolist(), events.begin_ns[first].tolist(), strict=True))


def _cause_of(flows: Flows, event: int) -> int:
    causes = flows.cause[flows.effect == event]
    return int(causes.max()) if len(causes) else -1


def _within(waits: tuple[Rows, ...], lane: int, begin_ns: int, end_ns: int) -> list[Step]:
    """A stretch of one lane, from its end back to its begin: what it ran, and where it waited by itself."""
    steps = []
    begins, ends, rows = waits
    own = slice(int(ends.searchsorted(begin_ns, "right")), int(begins.searchsorted(end_ns, "left")))
    now = end_ns
    stretches = zip(begins[own].tolist(), ends[own].tolist(), rows[own].tolist(), strict=True)
    for begin, end, row in reversed(list(stretches)):
        wait_begin, wait_end = max(begin, begin_ns), min(end, now)
        steps.append(Step(lane, wait_end, now, RUNS))
        steps.append(Step(lane, wait_begin, wait_end, WAITS, row))
        now = wait_begin
    return [*steps, Step(lane, begin_ns, now, RUNS)]
