"""Threads and calls handed to them: start → begin, end → join, submit → run → result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest
from ipcreel.analysis.joins import EXACT, Joined, join_by_rank
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
    return [*joined, _pool_runs(events), _pool_results(events)]


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


def _pool_results(events: Events) -> Joined:
    out, into = events.rows("mp.pool.run", done=False), events.rows("mp.pool.wait")
    out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[into], events.a[into]))
    joined = join_to_latest(events.ends(out, out_key), events.ends(into, in_key), EXACT)
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)
