"""How deep each span of a lane is nested in the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def depths(begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64]) -> NDArray[np.uint16]:
    """The smallest row for each span so that no two spans of a row overlap.

    First fit in order of begin, which needs as many rows as spans overlap at most (Kleinberg, Tardos: Algorithm Design,
    interval partitioning). A lane without nesting costs one comparison a span; each further row one pass over the rest.

    Args:
        begin_ns, end_ns: (n,) sorted by begin.
    """
    level = np.zeros(len(begin_ns), np.uint16)
    rest = np.arange(len(begin_ns))
    depth = 0
    while len(rest):
        level[rest] = depth
        chosen = _first_row(begin_ns[rest], end_ns[rest])
        rest = rest[~chosen]
        depth += 1
    return level


def _first_row(begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Those that first fit puts in the first row: each begins no earlier than the one before it there ended."""
    latest_ns = np.maximum.accumulate(end_ns)
    roots = np.concatenate(([True], begin_ns[1:] >= latest_ns[:-1]))
    root_end_ns = end_ns[np.flatnonzero(roots)][np.cumsum(roots) - 1]
    if not (~roots & (begin_ns >= root_end_ns)).any():
        return roots
    return _chain(begin_ns, end_ns)


def _chain(begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The same where spans overlap without being nested: the chain of successors, followed by pointer doubling."""
    count = len(begin_ns)
    following = begin_ns.searchsorted(end_ns, "left")
    following = np.maximum(following, np.arange(1, count + 1))
    following = np.concatenate((following, [count]))
    reached = np.zeros(count + 1, bool)
    reached[0] = True
    for _ in range(count.bit_length()):
        reached[following[np.flatnonzero(reached)]] = True
        following = following[following]
    return reached[:count]
