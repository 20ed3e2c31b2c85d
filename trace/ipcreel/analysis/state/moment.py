"""Everything that was so at one moment, asked for by moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.enclosing import CODE, ENCLOSING
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.state.channels import InFlight, messages
from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.running import Latest
from ipcreel.analysis.state.semaphores import Counts, holdings
from ipcreel.analysis.state.values import Values
from ipcreel.analysis.state.waiting import JOINS, Wait, WaitForGraph, cycles, ended_by
from ipcreel.analysis.waits import ends_of

Rows = NDArray[np.int64]

NOT_BEGUN, RUNNING, BLOCKED, ENDED = "not begun", "running", "blocked", "ended"


class LaneState(NamedTuple):
    """What a lane did: `event` is what it was blocked in, or the last that it had done, or None; since when."""

    lane: int
    state: str
    event: int | None
    since_ns: int


class Lock(NamedTuple):
    """A lock or a semaphore: `value` is None for a lock; `holders` and `waiters` are lanes."""

    object: int
    value: int | None
    holders: tuple[int, ...]
    waiters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What was so at one moment.

    queues: object → the rows of the sends of its messages, in the order in which they were sent.
    connections: end that sent, or pipe → bytes under way.
    values: shared object → the row that wrote it last.
    """

    at_ns: int
    lanes: tuple[LaneState, ...]
    queues: dict[int, tuple[int, ...]]
    locks: tuple[Lock, ...]
    connections: dict[int, int]
    values: dict[int, int]
    graph: WaitForGraph


class States:
    """A run whose state can be asked for at any moment. The first question of a kind prepares it."""

    def __init__(self, events: Events, flows: Flows, lanes: int, last_ns: int) -> None:
        self._events = events
        self._flows = flows
        self._lanes = lanes
        self._last_ns = last_ns

    def at(self, at_ns: int) -> Moment:
        blocked = self._blocked_at(at_ns)
        holding = self._holding_at(at_ns)
        graph = self._graph(blocked, holding)
        return Moment(
            at_ns,
            self._lanes_at(blocked, at_ns),
            self._queues_at(at_ns),
            self._locks_at(at_ns, blocked, holding),
            self._in_flight.at(at_ns),
            self._values.written_at(at_ns),
            graph,
        )

    @cached_property
    def _waits(self) -> Intervals:
        events = self._events
        rows = np.flatnonzero(np.isin(events.op, list(events.blocking - self._codes(ENCLOSING))))
        return Intervals(events.begin_ns[rows], self._end_ns[rows], row=rows, lane=events.lane[rows])

    @cached_property
    def _end_ns(self) -> Rows:
        """(n,) when each event ended: a pending one with its process, or after the run."""
        ended = ends_of(self._events, self._flows)
        return np.where(self._events.pending & (ended >= self._events.end_ns), self._last_ns + 1, ended)

    def _codes(self, names: tuple[str, ...]) -> set[int]:
        return {self._events.codes[name] for name in names if name in self._events.codes}

    @cached_property
    def _holdings(self) -> Intervals:
        return holdings(self._events, self._last_ns)

    @cached_property
    def _messages(self) -> Intervals:
        return messages(self._events, self._flows, self._last_ns)

    @cached_property
    def _in_flight(self) -> InFlight:
        return InFlight(self._events)

    @cached_property
    def _semaphores(self) -> Counts:
        return Counts(self._events)

    @cached_property
    def _values(self) -> Values:
        return Values(self._events)

    def items_at(self, object_: int, at_ns: int) -> list[Any]:
        """The whole content of a shared array or structure: see `Values.items_at`."""
        return self._values.items_at(object_, at_ns)

    @cached_property
    def _last_of_lane(self) -> Rows:
        """(lanes,) when each lane's last event ended."""
        last = np.full(self._lanes, -1, np.int64)
        np.maximum.at(last, self._events.lane, self._end_ns)
        return last

    @cached_property
    def _begins(self) -> Latest:
        rows = np.flatnonzero(~np.isin(self._events.op, list(self._codes(CODE))))
        return Latest(self._events.lane[rows], self._events.begin_ns[rows], rows)

    def _lanes_at(self, blocked: dict[int, int], at_ns: int) -> tuple[LaneState, ...]:
        """What every lane did."""
        rows = np.full(self._lanes, -1, np.int64)
        rows[self._begins.keys] = self._begins.all_at(at_ns)
        rows[list(blocked)] = list(blocked.values())
        ended = self._last_of_lane < at_ns
        end_ns = np.minimum(self._events.end_ns[rows], at_ns) if len(self._events.end_ns) else rows
        since = np.where(ended, self._last_of_lane, end_ns)
        since[list(blocked)] = self._events.begin_ns[list(blocked.values())]
        state = np.where(ended, 1, 0)
        state[list(blocked)] = 2
        not_begun = rows < 0
        state[not_begun], since[not_begun] = 3, at_ns
        names = map((RUNNING, ENDED, BLOCKED, NOT_BEGUN).__getitem__, state.tolist())
        events = [row if row >= 0 else None for row in rows.tolist()]
        return tuple(map(LaneState, range(self._lanes), names, events, since.tolist()))

    def _blocked_at(self, at_ns: int) -> dict[int, int]:
        """Lane → the innermost operation that it waits in."""
        places = self._waits.at(at_ns)
        pairs = zip(self._waits["lane"][places].tolist(), self._waits["row"][places].tolist(), strict=True)
        return dict(pairs)  # ascending: of several in one lane the last one stays

    def _holding_at(self, at_ns: int) -> dict[int, list[int]]:
        held: dict[int, list[int]] = {}
        places = self._holdings.at(at_ns)
        for object_, lane in zip(
            self._holdings["object"][places].tolist(), self._holdings["lane"][places].tolist(), strict=True
        ):
            held.setdefault(object_, []).append(lane)
        return held

    def _graph(self, blocked: dict[int, int], holding: dict[int, list[int]]) -> WaitForGraph:
        waits = []
        lanes = sorted(blocked)
        objects = self._events.object[[blocked[lane] for lane in lanes]].tolist()
        for lane, object_ in zip(lanes, objects, strict=True):
            row = blocked[lane]
            held_by = tuple(holder for holder in holding[object_] if holder != lane) if object_ in holding else ()
            if not held_by and row in self._joins:
                held_by = tuple(ended_by(self._events, row))
            waits.append(Wait(lane, row, held_by))
        return WaitForGraph(tuple(waits), cycles({wait.lane: wait.holders for wait in waits}))

    @cached_property
    def _joins(self) -> frozenset[int]:
        """The waits for the end of another process."""
        return frozenset(self._events.rows(*JOINS, done=False).tolist())

    def _queues_at(self, at_ns: int) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        places = self._messages.at(at_ns)
        for object_, send in zip(
            self._messages["object"][places].tolist(), self._messages["send"][places].tolist(), strict=True
        ):
            found.setdefault(object_, []).append(send)
        return {object_: tuple(sends) for object_, sends in found.items()}

    def _locks_at(self, at_ns: int, blocked: dict[int, int], holding: dict[int, list[int]]) -> tuple[Lock, ...]:
        """Semaphores that have been seen, and locks that are held or waited for."""
        waiters: dict[int, list[int]] = {}
        on = self._events.object[list(blocked.values())].tolist()
        for lane, object_ in zip(blocked, on, strict=True):
            if object_ in self._lockable:
                waiters.setdefault(object_, []).append(lane)
        values = self._semaphores.all_at(at_ns)
        return tuple(
            Lock(object_, values.get(object_), tuple(holding.get(object_, ())), tuple(waiters.get(object_, ())))
            for object_ in sorted({*values, *holding, *waiters})
        )

    @cached_property
    def _lockable(self) -> frozenset[int]:
        """Semaphores, and what was ever held."""
        return frozenset({*self._semaphores.objects, *np.unique(self._holdings["object"]).tolist()})

    def let_through(self, row: int) -> int | None:
        """The event of another lane that ended a wait: the last cause of its end; None where it is not known."""
        causes = self._flows.cause[self._flows.effect == row]
        causes = causes[self._events.lane[causes] != self._events.lane[row]]
        return int(causes[np.argmax(self._events.end_ns[causes])]) if len(causes) else None
