"""The last cause before an effect: a join in time, for what is a state rather than a message."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.joins import Ends, Joined

Rows = NDArray[np.int64]


def join_to_latest(causes: Ends, effects: Ends, certainty: int, by_end: bool = False) -> Joined:
    """Each effect belongs to the last cause under its key that began, or ended, before it ended itself.

    Args:
        causes, effects: the two sides.
        certainty: that of the pairs.
        by_end: a cause counts from its end instead of its begin.
    """
    if not len(causes.row) or not len(effects.row):
        none = np.empty(0, np.int64)
        return Joined(none, none, np.empty(0, np.uint8), causes.row, effects.row)
    when = causes.end_ns if by_end else causes.begin_ns
    base = int(min(when.min(), effects.end_ns.min()))
    span = int(max(when.max(), effects.end_ns.max())) - base + 1
    keys = np.unique(np.concatenate((causes.key, effects.key)))
    cause_place = np.searchsorted(keys, causes.key) * span + when - base
    order = np.argsort(cause_place, kind="stable")
    lowest = np.searchsorted(keys, effects.key) * span
    at = np.searchsorted(cause_place[order], lowest + effects.end_ns - base, "right") - 1
    found = (at >= 0) & (cause_place[order][at] >= lowest)
    cause, effect = causes.row[order[at[found]]], effects.row[found]
    return Joined(
        cause,
        effect,
        np.full(len(cause), certainty, np.uint8),
        np.setdiff1d(causes.row, cause),
        effects.row[~found],
    )
