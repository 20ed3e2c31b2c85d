"""What ends a wait: a notify, the set of an event, the last arrival at a barrier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest
from ipcreel.analysis.joins import EXACT, INFERRED, Joined
from ipcreel.analysis.keys import number_keys, rank_in_runs, sort_stably

Rows = NDArray[np.int64]


def match(events: Events) -> list[Joined]:
    """Join what wakes with what it woke."""
    joined = []
    for family in ("threads", "mp"):
        waits = events.rows(f"{family}.condition.wait")
        notifies = events.rows(f"{family}.condition.notify", f"{family}.condition.notify_all", done=False)
        joined.append(_latest(events, notifies, waits[events.b[waits] == 1], INFERRED))
        waits = events.rows(f"{family}.event.wait", f"{family}.event.is_set")
        sets = events.rows(f"{family}.event.set", done=False)
        joined.append(_latest(events, sets, waits[events.b[waits] == 1], EXACT))
        joined.append(_barriers(events, family))
        joined.append(_broken(events, family))
    return joined


def _latest(events: Events, causes: Rows, effects: Rows, certainty: int) -> Joined:
    return join_to_latest(
        events.ends(causes, events.object[causes]), events.ends(effects, events.object[effects]), certainty
    )


def _broken(events: Events, family: str) -> Joined:
    """What broke a barrier, and the waits that it ended: an abort, a reset, or the first wait whose time ran out."""
    waits = events.rows(f"{family}.barrier.wait", done=False)
    raised = waits[events.raised[waits]]
    ends = events.rows(f"{family}.barrier.abort", f"{family}.barrier.reset", done=False)
    joined = _latest(events, ends, raised, INFERRED)
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)


def _barriers(events: Events, family: str) -> Joined:
    """The arrival that let all through, to each of the others: in `b` stands how many had arrived before."""
    waits = events.rows(f"{family}.barrier.wait")
    arrival, object_ = events.b[waits], events.object[waits]
    # In order of begin an arrival belongs to the first round in which its number is missing: the k-th to the k-th.
    (number,) = number_keys((object_, arrival))
    order = sort_stably(number)
    opened = np.empty(len(waits), np.int64)
    opened[order] = rank_in_runs(number[order])
    (group,) = number_keys((object_, opened))
    last = np.full(int(group.max(initial=-1)) + 1, -1, np.int64)
    ascending = np.argsort(arrival, kind="stable")
    last[group[ascending]] = waits[ascending]
    causes = last[group]
    kept = causes != waits
    none = np.empty(0, np.int64)
    return Joined(causes[kept], waits[kept], np.full(int(kept.sum()), EXACT, np.uint8), none, none)
