"""A run whose state can be asked for at any moment."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.enclosing import CODE, ENCLOSING
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.state.channels import InFlight, messages
from ipcreel.analysis.state.conditions import Conditions
from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.moment import BLOCKED, ENDED, NOT_BEGUN, RUNNING, STATES, Lanes, Moment, Pairs, grouped
from ipcreel.analysis.state.running import Latest
from ipcreel.analysis.state.semaphores import Counts, holdings
from ipcreel.analysis.state.values import Values
from ipcreel.analysis.state.waiting import JOINS, WaitForGraph, Waits, cycles, ended_by
from ipcreel.analysis.waits import ends_of

Rows = NDArray[np.int64]


class States:
    """A run whose state can be asked for at any moment. The first question of a kind prepares it."""

    def __init__(self, events: Events, flows: Flows, lanes: int, last_ns: int) -> None:
        self._events = events
        self._flows = flows
        self._lanes = lanes
        self._last_ns = last_ns

    def at(self, at_ns: int) -> Moment:
        """What was so at a moment."""
        blocked = self._blocked_at(at_ns)
        holding = self._held_at(blocked, at_ns)
        sent = self._messages.at(at_ns)
        return Moment(
            at_ns,
            self._lanes_at(blocked, at_ns),
            self._graph(blocked, holding),
            messages=(self._messages["object"][sent], self._messages["send"][sent]),
            semaphores=(self._semaphores.objects, self._semaphores.all_at(at_ns)),
            held=holding,
            waited=self._waited(blocked),
            under_way=(self._in_flight.ends, self._in_flight.all_at(at_ns)),
            written=self._values.written_at(at_ns),
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
    def _conditions(self) -> Conditions:
        return Conditions(self._events)

    def _held_at(self, blocked: Rows, at_ns: int) -> Pairs:
        """The locks that are held, and by which lanes: who waits on a condition has given back its lock."""
        held = self._holdings.at(at_ns)
        objects, lanes = self._holdings["object"][held], self._holdings["lane"][held]
        kept = np.ones(len(held), np.bool_)
        for lane in np.unique(lanes).tolist():
            if blocked[lane] >= 0 and self._conditions.is_wait(int(blocked[lane])):
                own = lanes == lane
                kept &= ~(own & (objects == self._conditions.given_back(int(blocked[lane]), objects[own].tolist())))
        return objects[kept], lanes[kept]

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

    def _lanes_at(self, blocked: Rows, at_ns: int) -> Lanes:
        """What every lane did."""
        events, is_blocked = self._events, blocked >= 0
        rows = np.full(self._lanes, -1, np.int64)
        rows[self._begins.keys] = self._begins.all_at(at_ns)
        rows[is_blocked] = blocked[is_blocked]
        if not len(events.end_ns):
            return Lanes(np.full(self._lanes, STATES.index(NOT_BEGUN)), rows, np.full(self._lanes, at_ns))
        ended, not_begun = self._last_of_lane < at_ns, rows < 0
        since_ns = np.where(ended, self._last_of_lane, np.minimum(events.end_ns[rows], at_ns))
        since_ns[is_blocked] = events.begin_ns[blocked[is_blocked]]
        since_ns[not_begun] = at_ns
        state = np.where(ended, STATES.index(ENDED), STATES.index(RUNNING))
        state[is_blocked], state[not_begun] = STATES.index(BLOCKED), STATES.index(NOT_BEGUN)
        return Lanes(state, rows, since_ns)

    def _blocked_at(self, at_ns: int) -> Rows:
        """(lanes,) the innermost operation that each lane waits in, -1 where it waits in none."""
        places = self._waits.at(at_ns)
        blocked = np.full(self._lanes, -1, np.int64)
        blocked[self._waits["lane"][places]] = self._waits["row"][places]  # ascending: of several the last one stays
        return blocked

    def _graph(self, blocked: Rows, holding: Pairs) -> WaitForGraph:
        lanes = np.flatnonzero(blocked >= 0)
        rows = blocked[lanes]
        objects = self._events.object[rows]
        holders = grouped(*holding) if len(lanes) else {}
        found: dict[int, tuple[int, ...]] = {}
        for place in np.flatnonzero(np.isin(objects, holding[0])).tolist():
            lane = int(lanes[place])
            found[lane] = tuple(holder for holder in holders[int(objects[place])] if holder != lane)
        for place in np.flatnonzero(self._is_join[rows]).tolist():
            lane = int(lanes[place])
            found[lane] = found.get(lane) or self._ended_by(int(rows[place]))
        return WaitForGraph(Waits(lanes, rows, found), cycles(found))

    @cached_property
    def _is_join(self) -> NDArray[np.bool_]:
        """(n,) the waits for the end of another process."""
        found = np.zeros(len(self._events.op), np.bool_)
        found[self._events.rows(*JOINS, done=False)] = True
        return found

    @cached_property
    def _ends_known(self) -> dict[int, tuple[int, ...]]:
        return {}

    def _ended_by(self, row: int) -> tuple[int, ...]:
        if row not in self._ends_known:
            self._ends_known[row] = tuple(ended_by(self._events, row))
        return self._ends_known[row]

    def _waited(self, blocked: Rows) -> Pairs:
        """The semaphores and locks that lanes wait for, and the lanes: who has waited longest first."""
        lanes = np.flatnonzero(blocked >= 0)
        lanes = lanes[np.argsort(blocked[lanes])]
        objects = self._events.object[blocked[lanes]]
        lockable = self._lockable[objects]
        return objects[lockable], lanes[lockable]

    @cached_property
    def _lockable(self) -> NDArray[np.bool_]:
        """(objects,) semaphores, and what was ever held."""
        found = np.zeros(max(len(self._events.objects), 1), np.bool_)
        found[self._semaphores.objects] = found[self._holdings["object"]] = True
        return found

    def let_through(self, row: int) -> int | None:
        """The event of another lane that ended a wait: the last cause of its end; None where it is not known."""
        causes = self._flows.cause[self._flows.effect == row]
        causes = causes[self._events.lane[causes] != self._events.lane[row]]
        return int(causes[np.argmax(self._events.end_ns[causes])]) if len(causes) else None
