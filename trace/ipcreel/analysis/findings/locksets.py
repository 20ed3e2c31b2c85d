"""Which locks a lane held at each of some events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.semaphores import KINDS

Rows = NDArray[np.int64]


def locks_held(events: Events, rows: Rows) -> list[frozenset[int]]:
    """For each of `rows`, ascending, the locks that its lane had taken and not given back."""
    kinds = [kind for kind in KINDS if not kind.creates and kind.answers]
    takes = np.array([events.codes[n] for kind in kinds for n in kind.acquires if n in events.codes], np.int64)
    steps = events.rows(*(name for kind in kinds for name in kind.acquires + kind.releases))
    taken = np.isin(events.op[steps], takes)
    held: dict[int, list[int]] = {}
    found: list[frozenset[int]] = []
    at = 0
    lanes, objects, answers = events.lane, events.object, events.b
    for row in rows.tolist():
        while at < len(steps) and steps[at] < row:
            step = int(steps[at])
            here = held.setdefault(int(lanes[step]), [])
            if not taken[at]:
                if int(objects[step]) in here:
                    here.remove(int(objects[step]))
            elif answers[step] == 1:
                here.append(int(objects[step]))
            at += 1
        found.append(frozenset(held.get(int(lanes[row]), ())))
    return found
