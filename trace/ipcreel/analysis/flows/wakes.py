"""What ends a wait: a notify, the set of an event, the last arrival at a barrier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest
from ipcreel.analysis.joins import EXACT, INFERRED, Joined

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
    return joined


def _latest(events: Events, causes: Rows, effects: Rows, certainty: int) -> Joined:
    return join_to_latest(
        events.ends(causes, events.object[causes]), events.ends(effects, events.object[effects]), certainty
    )


def _barriers(events: Events, family: str) -> Joined:
    """The arrival that let all through, to each of the others: in `b` stands how many had arrived before."""
    waits = events.rows(f"{family}.barrier.wait")
    order = np.lexsort((events.end_ns[waits], events.object[waits]))
    waits = waits[order]
    cause, effect = [], []
    for number in np.unique(events.object[waits]).tolist():
        here = waits[events.object[waits] == number]
        for group in _rounds(events, here):
            last = group[np.argmax(events.b[group])]
            others = group[group != last]
            cause += [int(last)] * len(others)
            effect += others.tolist()
    causes = np.array(cause, np.int64)
    none = np.empty(0, np.int64)
    return Joined(causes, np.array(effect, np.int64), np.full(len(causes), EXACT, np.uint8), none, none)


def _rounds(events: Events, waits: Rows) -> list[Rows]:
    """The waits of one barrier by the times that it opened: in each, every number of arrival is there once."""
    rounds: list[list[int]] = []
    seen: list[set[int]] = []
    # In order of begin: an arrival belongs to the earliest round in which its number is still missing.
    for row in sorted(waits.tolist(), key=lambda row: int(events.begin_ns[row])):
        number = int(events.b[row])
        for group, numbers in zip(rounds, seen, strict=True):
            if number not in numbers:
                group.append(row)
                numbers.add(number)
                break
        else:
            rounds.append([row])
            seen.append({number})
    return [np.array(group, np.int64) for group in rounds]
