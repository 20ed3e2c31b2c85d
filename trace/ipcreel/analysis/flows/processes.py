"""A fork and the child's first event; the child's last event and the wait that reaped it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import EXACT, INFERRED, Joined

Rows = NDArray[np.int64]

_BEGINS = ("process.fork", "process.forkpty", "process.spawn", "process.spawn_by_path", "process.fork_exec")
_WAITS = ("process.wait", "process.wait_pid", "process.wait_3", "process.wait_4", "process.wait_id")


def match(events: Events) -> list[Joined]:
    """Join births with first events, and last events with waits."""
    first, last = _extremes(events)
    return [_births(events, first), _deaths(events, last)]


def _extremes(events: Events) -> tuple[Rows, Rows]:
    """The first and the last event of each process; -1 where it has none."""
    count = len(events.process_table)
    first, last = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    rows = np.arange(len(events.process))
    first[events.process[::-1]] = rows[::-1]
    last[events.process] = rows
    return first, last


def _births(events: Events, first: Rows) -> Joined:
    births = events.rows(*_BEGINS)
    pids, begins = _table(events, "pid"), _table(events, "begin_ns")
    parents = _table(events, "parent")
    cause, effect, certainty = [], [], []
    for row in births.tolist():
        # A pid can come again: the child is the one that began last before the parent knew its pid.
        children = np.flatnonzero((pids == events.b[row]) & (begins <= events.end_ns[row] + _SLACK_NS))
        children = children[begins[children] >= events.begin_ns[row]]
        if len(children) and first[children[0]] >= 0:
            child = int(children[0])
            cause.append(row)
            effect.append(int(first[child]))
            certainty.append(EXACT if parents[child] == events.process[row] else INFERRED)
    return _joined(births, cause, effect, certainty)


# A child opens its tape once its interpreter has started, and its parent may know its pid long before.
_SLACK_NS = 10_000_000_000


def _deaths(events: Events, last: Rows) -> Joined:
    waits = events.rows(*_WAITS)
    pids, begins = _table(events, "pid"), _table(events, "begin_ns")
    cause, effect = [], []
    for row in waits[events.a[waits] > 0].tolist():
        children = np.flatnonzero((pids == events.a[row]) & (begins <= events.end_ns[row]))
        if len(children) and last[children[-1]] >= 0:
            cause.append(int(last[children[-1]]))
            effect.append(row)
    return _joined(np.empty(0, np.int64), cause, effect, [EXACT] * len(cause))


def _table(events: Events, name: str) -> Rows:
    return np.array([process[name] for process in events.process_table], np.int64)


def _joined(ends: Rows, cause: list[int], effect: list[int], certainty: list[int]) -> Joined:
    causes, effects = np.array(cause, np.int64), np.array(effect, np.int64)
    none = np.empty(0, np.int64)
    return Joined(causes, effects, np.array(certainty, np.uint8), np.setdiff1d(ends, causes), none)
