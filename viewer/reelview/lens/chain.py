"""The messages behind an event: what happened before it, restricted to a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.order import cone
from ipcreel.reel import Reel

_CARRY = ("message", "stream", "signal", "value")
"""Flows that carry something, unlike those that only let go."""


@dataclass(frozen=True, slots=True)
class Link:
    """A flow from one lane to another: rows of the cause and of its effect, and the kind of flow."""

    cause: int
    effect: int
    kind: str


def past_of(reel: Reel, row: int, since_ns: int) -> NDArray[np.int64]:
    """The events before an event, from a moment on: rows, ascending, with the event itself."""
    rows = cone(reel.order, row, after=False)
    rows = rows[reel.end[rows] >= since_ns]
    return np.append(rows[rows < row], np.append(row, rows[rows > row]))


def chain(reel: Reel, rows: NDArray[np.int64]) -> list[Link]:
    """What was carried from lane to lane among some events, in order of arrival."""
    inside = np.zeros(len(reel), bool)
    inside[rows] = True
    flows = reel.flows
    carries = np.isin(flows.kind, [KINDS.index(kind) for kind in _CARRY])
    chosen = inside[flows.cause] & inside[flows.effect] & carries
    chosen &= reel.lane[flows.cause] != reel.lane[flows.effect]
    found = np.flatnonzero(chosen)
    found = found[np.argsort(reel.end[flows.effect[found]], kind="stable")]
    return [Link(int(flows.cause[n]), int(flows.effect[n]), KINDS[int(flows.kind[n])]) for n in found.tolist()]
