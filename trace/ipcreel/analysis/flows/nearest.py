"""The last cause before an effect: a join in time, for what is a state rather than a message."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.joins import Ends, Joined
from ipcreel.analysis.keys import dense, left_over, number_keys, sort_in_keys

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
    out_key, in_key = number_keys((causes.key,), (effects.key,))
    order = sort_in_keys(out_key, when)
    at = last_until(out_key[order], when[order], in_key, effects.end_ns)
    found = at >= 0
    cause, effect = causes.row[order[at[found]]], effects.row[found]
    return Joined(
        cause,
        effect,
        np.full(len(cause), certainty, np.uint8),
        left_over(causes.row, cause),
        effects.row[~found],
    )


def last_until(key: Rows, at_ns: Rows, wanted_key: Rows, until_ns: Rows) -> Rows:
    """(m,) the place of the last of a key up to a moment and with it, -1 where it has none.

    Args:
        key, at_ns: (n,) ascending by key, within a key by time; keys from 0 on.
        wanted_key, until_ns: (m,) what is asked for.
    """
    if not len(key) or not len(wanted_key):
        return np.full(len(wanted_key), -1, np.int64)
    moments = np.concatenate((at_ns, until_ns))
    base = int(moments.min())
    span = int(moments.max()) - base + 1
    moments = moments - base
    if span * (max(int(key[-1]), int(wanted_key.max())) + 1) >= 1 << 62:
        moments, span = dense(moments)
    lowest = wanted_key * span
    places = key * span + moments[: len(key)]
    at = np.searchsorted(places, lowest + moments[len(key) :], "right") - 1
    return np.where((at >= 0) & (places[at] >= lowest), at, -1)
