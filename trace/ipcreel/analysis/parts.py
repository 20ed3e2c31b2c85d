"""The role of each event: its lane's, or that of a part of it whose order to the rest of the lane is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.keys import each_once, sort_stably
from ipcreel.analysis.roles import Roles
from ipcreel.analysis.serving import CLOSES

Rows = NDArray[np.int64]

_ON_CONNECTIONS = ("socket.endpoint.", "connection.message.")
_BEGINS, _END = ("futures.call.begin", "mp.pool.run"), "futures.call.end"


@dataclass(frozen=True)
class Parts:
    """The roles of a run.

    Attributes:
        names: each once. The runs of one task have its name, a tab, and a number; so have lanes of one role, and the
            connections that none but their order tells apart.
        of: (n,) place in `names` of each event's role, -1 where it belongs to none.
    """

    names: list[str]
    of: Rows


def divide(events: Events, roles: Roles, names: dict[int, str]) -> Parts:
    """Say whose doing each event is.

    What a signal's handler does comes at any moment. Which call a thread of a pool takes is open, and so is the order
    in which a lane that waits for several connections serves them, and which of several lanes serves one.

    Args:
        events, roles: the run.
        names: code → name of the operations that occur.
    """
    numbers: dict[str, int] = {}
    shared = Counter(roles.lane)
    lanes = [name if shared[name] == 1 else f"{name}\t{lane}" for lane, name in enumerate(roles.lane)]
    of = np.array([numbers.setdefault(name, len(numbers)) for name in lanes], np.int64)[events.lane]
    handled = _handled(events, roles, of, numbers)
    pooled = {int(lane) for lane in each_once(events.lane[events.rows(*_BEGINS, done=False)])}
    serving = _serving_lanes(events, names) | roles.several
    own = np.isin(events.lane, list(pooled | serving)) & ~handled
    walk = _Walk(events, roles, names, pooled, numbers)
    for row, lane, op in zip(
        *(c.tolist() for c in (np.flatnonzero(own), events.lane[own], events.op[own])), strict=True
    ):
        of[row] = walk.role(row, lane, op)
        of[walk.fetched] = of[row]
    return Parts(list(numbers), of)


def _handled(events: Events, roles: Roles, of: Rows, numbers: dict[str, int]) -> NDArray[np.bool_]:
    """(n,) what is done in a handler of a signal, its own role entered in `of`."""
    found = np.zeros(len(of), np.bool_)
    runs = events.rows("signal.handler.run", done=False)
    runs = runs[sort_stably(events.lane[runs])]
    rows = np.flatnonzero(np.isin(events.lane, each_once(events.lane[runs])))
    at = last_until(events.lane[runs], runs, events.lane[rows], rows)
    here = np.flatnonzero(at >= 0)
    here = here[events.begin_ns[rows[here]] <= events.end_ns[runs[at[here]]]]
    pairs = zip(events.lane[runs].tolist(), events.a[runs].tolist(), strict=True)
    names = [f"{roles.lane[lane]}, on signal {number}" for lane, number in pairs]
    role = np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)
    of[rows[here]] = role[at[here]]
    found[rows[here]] = True
    return found


class _Walk:
    """Goes through the events of lanes of pools, and of lanes that serve several connections."""

    def __init__(
        self, events: Events, roles: Roles, names: dict[int, str], pooled: set[int], numbers: dict[str, int]
    ) -> None:
        self._events, self._roles, self._names, self._pooled, self._numbers = events, roles, names, pooled, numbers
        self._begins = {events.codes.get(name, -1) for name in _BEGINS}
        self._end = events.codes.get(_END, -1)
        self._task: dict[int, int] = {}
        self._serves: dict[int, int] = {}
        self._tasks = 0
        self._closes = {events.codes.get(name, -1) for name in CLOSES}
        self._idle: dict[int, list[int]] = {}
        self.fetched: list[int] = []  # what the lane of the last event did to get the connection that it now serves

    def role(self, row: int, lane: int, op: int) -> int:
        """The place in the names of the role of an event; -1 where it is none."""
        if op in self._begins:
            self._tasks += 1
            process = self._roles.process[int(self._events.process[row])]
            task = self._roles.object[int(self._events.object[row])]
            self._task[lane] = self._number(f"{process}, task {task}\t{self._tasks}")
            return -1
        if op == self._end:
            self._task.pop(lane, None)
            return -1
        if lane in self._pooled:
            return self._task.get(lane, -1)
        return self._on_connection(row, lane, op)

    def _on_connection(self, row: int, lane: int, op: int) -> int:
        """That of the connection which was used last; between two of them, in threads that share all, of the next."""
        role, idle = self._roles.lane[lane], self._idle.setdefault(lane, [])
        self.fetched = []
        if self._names[op].startswith(_ON_CONNECTIONS):
            self._serves[lane] = int(self._events.object[row])
            if lane in self._roles.several:
                self.fetched, self._idle[lane] = idle, []
        end = self._serves.get(lane)
        if end is None:
            idle.append(row)
            return self._number(f"{role}\t{lane}")
        if op in self._closes and lane in self._roles.several:
            del self._serves[lane]
        return self._number(f"{role}, {self._roles.object[end]}\t{end}")

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


def _serving_lanes(events: Events, names: dict[int, str]) -> set[int]:
    """Lanes that wait for several connections at once."""
    waits = [code for code, name in names.items() if name.startswith("waiting.") and name.endswith(".wait")]
    sockets = [code for code, name in names.items() if name.startswith("socket.endpoint.")]
    waiting = set(each_once(events.lane[np.isin(events.op, waits)]).tolist())
    return waiting & set(each_once(events.lane[np.isin(events.op, sockets)]).tolist())
