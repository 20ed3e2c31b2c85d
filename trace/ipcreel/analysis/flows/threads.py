"""Threads and calls handed to them: start → begin, end → join, submit → run → result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest
from ipcreel.analysis.joins import EXACT, INFERRED, Joined, join_by_rank
from ipcreel.analysis.keys import number_keys

Rows = NDArray[np.int64]

# Causes and effects on one object, each the k-th of its side.
_IN_STEP = (
    (("threads.thread.start", "threads.raw.start"), ("threads.thread.begin",)),
    (("futures.call.submit",), ("futures.call.begin",)),
)
# Causes that stay: any number of effects may follow one.
_LASTING = (
    (("threads.thread.end",), ("threads.thread.join",)),
    (("futures.call.end",), ("futures.future.set",)),
    (("futures.call.end", "futures.future.set"), ("futures.future.result", "futures.future.exception")),
)


def match(events: Events) -> list[Joined]:
    """Join what was handed over with what was done with it."""
    joined = [_in_step(events, *names) for names in _IN_STEP]
    joined += [_lasting(events, *names) for names in _LASTING]
    return [*joined, _pool_runs(events), _pool_results(events), _pool_tasks(events), *_all_done(events), _sets(events)]


def _in_step(events: Events, causes: tuple[str, ...], effects: tuple[str, ...]) -> Joined:
    out, into = events.rows(*causes), events.rows(*effects)
    return join_by_rank(events.ends(out, events.object[out]), events.ends(into, events.object[into]))


def _lasting(events: Events, causes: tuple[str, ...], effects: tuple[str, ...]) -> Joined:
    out, into = events.rows(*causes), events.rows(*effects)
    joined = join_to_latest(events.ends(out, events.object[out]), events.ends(into, events.object[into]), EXACT)
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)  # nobody has to wait for a thread


def _pool_runs(events: Events) -> Joined:
    """A job of a pool, known by its number, and its tasks: all of them belong to the one submit."""
    out, into = events.rows("mp.pool.submit"), events.rows("mp.pool.run")
    out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[into], events.a[into]))
    return join_to_latest(events.ends(out, out_key), events.ends(into, in_key), EXACT)


def _pool_tasks(events: Events) -> Joined:
    """One task of a job, and its result where the pool has received it."""
    out, into = events.rows("mp.pool.run", done=False), events.rows("mp.pool.result", done=False)
    out_key, in_key = number_keys(
        (events.object[out], events.a[out], events.b[out]), (events.object[into], events.a[into], events.b[into])
    )
    return _without_left(join_to_latest(events.ends(out, out_key), events.ends(into, in_key), EXACT))


def _all_done(events: Events) -> list[Joined]:
    """The last `task_done` before the join of a queue returned: the one that let it through."""
    joined = []
    for family in ("queues.queue", "mp.queue"):
        out, into = events.rows(f"{family}.task_done"), events.rows(f"{family}.join")
        ends = events.ends(out, events.object[out]), events.ends(into, events.object[into])
        joined.append(_without_left(join_to_latest(*ends, INFERRED)))
    return joined


def _sets(events: Events) -> Joined:
    """The calls that a wait for several futures found done."""
    number_of = {
        (kind, int(events.process[row]), key): number
        for row in events.rows("futures.call.submit").tolist()
        for number in (int(events.object[row]),)
        for kind, _, key, _ in (events.objects[number],)
        if isinstance(key, int)
    }
    wait, call = [], []
    for row in events.rows("futures.set.wait", "futures.set.next").tolist():
        keys = events.payload(row)
        for key in keys if isinstance(keys, list | tuple) else [keys]:
            number = number_of.get(("call", int(events.process[row]), key)) if isinstance(key, int) else None
            if number is not None:
                wait.append(row)
                call.append(number)
    into = np.array(wait, np.int64)
    out = events.rows("futures.call.end", "futures.future.set")
    ends = events.ends(out, events.object[out]), events.ends(into, np.array(call, np.int64))
    return _without_left(join_to_latest(*ends, EXACT))


def _without_left(joined: Joined) -> Joined:
    """Nobody has to wait for what was done."""
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)


def _pool_results(events: Events) -> Joined:
    out, into = events.rows("mp.pool.run", done=False), events.rows("mp.pool.wait")
    out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[into], events.a[into]))
    return _without_left(join_to_latest(events.ends(out, out_key), events.ends(into, in_key), EXACT))
