"""Operations inside other operations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.keys import sort_stably

Rows = NDArray[np.int64]


def inside(events: Events, rows: Rows, around: Rows) -> NDArray[np.bool_]:
    """(n,) whether an event lies in one of `around`, in its own lane."""
    around = around[sort_stably(events.lane[around])]
    at = last_until(events.lane[around], events.begin_ns[around], events.lane[rows], events.begin_ns[rows])
    found = at >= 0
    found[found] = np.abs(events.end_ns[around[at[found]]]) >= events.end_ns[rows[found]]
    return found
