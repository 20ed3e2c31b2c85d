"""A fork and the child's first event; the child's last event and the wait that reaped it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.joins import EXACT, INFERRED, Joined
from ipcreel.analysis.keys import left_over, number_keys, sort_in_keys

Rows = NDArray[np.int64]

_STARTS = ("subprocess.start",)  # where what it called was not recorded itself
_BEGINS = ("process.fork", "process.forkpty", "process.spawn", "process.spawn_by_path", "process.fork_exec")
_WAITS = ("process.wait", "process.wait_pid", "process.wait_3", "process.wait_4", "process.wait_id")


def match(events: Events) -> list[Joined]:
    """Join births with first events, and last events with waits."""
    first, last = _extremes(events)
    births = _births(events, events.rows(*_BEGINS), first)
    starts = _births(events, events.rows(*_STARTS), first)
    told = np.isin(starts.effect, births.effect)
    none = np.empty(0, np.int64)
    starts = Joined(starts.cause[~told], starts.effect[~told], starts.certainty[~told], none, none)
    return [births, starts, _deaths(events, last), *_seen_deaths(events, last)]


def _extremes(events: Events) -> tuple[Rows, Rows]:
    """The first and the last event of each process; -1 where it has none."""
    count = len(events.process_table)
    first, last = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    rows = np.arange(len(events.process))
    first[events.process[::-1]] = rows[::-1]
    last[events.process] = rows
    return first, last


def _births(events: Events, births: Rows, first: Rows) -> Joined:
    begins, parents = _table(events, "begin_ns"), _table(events, "parent")
    # A pid can come again: the child is the first that began after the parent's call had.
    child = _processes(events, events.b[births], events.begin_ns[births] - 1, following=True)
    found = (child >= 0) & (begins[child] <= events.end_ns[births] + _SLACK_NS)
    found &= first[child] >= 0
    certainty = np.where(parents[child] == events.process[births], EXACT, INFERRED)[found]
    return _joined(births, births[found], first[child[found]], certainty)


# A child opens its tape once its interpreter has started, and its parent may know its pid long before.
_SLACK_NS = 10_000_000_000


def _deaths(events: Events, last: Rows) -> Joined:
    waits = events.rows(*_WAITS)
    waits = waits[events.a[waits] > 0]
    child = _processes(events, events.a[waits], events.end_ns[waits], following=False)
    found = (child >= 0) & (last[child] >= 0)
    cause, effect = last[child[found]], waits[found]
    return _joined(np.empty(0, np.int64), cause, effect, np.full(len(cause), EXACT))


def _seen_deaths(events: Events, last: Rows) -> list[Joined]:
    """Joins and waits for a subprocess: of several that saw it ended only the first of a lane waited for it."""
    joined = []
    joins = events.rows("mp.process.join")
    joins = joins[events.b[joins] > _STILL_RUNS]
    keys = [events.objects[number][2] for number in events.object[joins].tolist()]
    pids = [key[0] if isinstance(key, list) and isinstance(key[0], int) else 0 for key in keys]
    waits = events.rows("subprocess.wait", "subprocess.communicate", "subprocess.poll")
    waits = waits[events.b[waits] > _STILL_RUNS]
    for seen, of in ((joins, np.array(pids, np.int64)), (waits, events.a[waits])):
        _, first = np.unique(np.stack((events.lane[seen], of), axis=1), axis=0, return_index=True)
        rows, pid = seen[np.sort(first)], of[np.sort(first)]
        child = _processes(events, pid, events.end_ns[rows], following=False)
        found = (child >= 0) & (last[child] >= 0) if len(last) else np.zeros(len(rows), np.bool_)
        cause, effect = last[child[found]], rows[found]
        joined.append(_joined(np.empty(0, np.int64), cause, effect, np.full(len(cause), EXACT)))
    return joined


_STILL_RUNS = -(2**31)  # a return code that is none (docs/format.md)


def _processes(events: Events, pids: Rows, until_ns: Rows, following: bool) -> Rows:
    """(n,) the last process of each pid that had begun at a moment, or the first after it; -1 where there is none."""
    if not events.process_table:
        return np.full(len(pids), -1, np.int64)
    key, wanted = number_keys((_table(events, "pid"),), (pids,))
    begins = _table(events, "begin_ns")
    order = sort_in_keys(key, begins)
    at = last_until(key[order], begins[order], wanted, until_ns)
    if following:
        at = np.where(at >= 0, at, np.searchsorted(key[order], wanted) - 1) + 1
        at = np.where(at < np.searchsorted(key[order], wanted, "right"), at, -1)
    return np.where(at >= 0, order[at], -1)


def _table(events: Events, name: str) -> Rows:
    return np.array([process[name] for process in events.process_table], np.int64)


def _joined(ends: Rows, cause: Rows, effect: Rows, certainty: Rows) -> Joined:
    none = np.empty(0, np.int64)
    return Joined(cause, effect, certainty.astype(np.uint8), left_over(ends, cause), none)
