"""Which accepted connection each lane serves: what names it where the order of accepting had numbered it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

_ACCEPTS = ("socket.endpoint.accept", "connection.listener.accept")
CLOSES = ("socket.endpoint.close", "connection.end.close")


@dataclass(frozen=True)
class Serving:
    """The connections of a run, and who serves them.

    Attributes:
        accept: (objects,) the row that accepted each end of a connection, -1 where none did.
        peer: (objects,) the other end of each, 0 where it is not known.
        of_lane: (lanes,) the end that a lane serves and another one accepted, 0 for none.
        shared: lanes that serve several.
        accepting: lanes that use what they accepted themselves.
    """

    accept: Rows
    peer: Rows
    of_lane: Rows
    shared: frozenset[int]
    accepting: frozenset[int]


def find_serving(events: Events, lanes: int) -> Serving:
    """Who serves which connection: the first that a lane uses, of those that other lanes accepted.

    Args:
        events: the run.
        lanes: how many lanes there are.
    """
    accept = np.full(len(events.objects), -1, np.int64)
    ends = {key: number for number, (_, _, key, _) in enumerate(events.objects) if isinstance(key, int)}
    for row in events.rows(*_ACCEPTS).tolist():
        accept[ends.get(int(events.b[row]), 0)] = row
    accept[:1] = -1
    rows = np.flatnonzero((accept >= 0)[events.object])
    own = events.lane[accept[events.object[rows]]] == events.lane[rows]
    accepting = each_once(events.lane[rows[own]])
    rows = rows[~own]
    closes = [events.codes[name] for name in CLOSES if name in events.codes]
    rows = rows[~np.isin(events.op[rows], closes)]
    of_lane = np.zeros(lanes, np.int64)
    of_lane[events.lane[rows[::-1]]] = events.object[rows[::-1]]
    pairs = each_once(events.lane[rows] * len(events.objects) + events.object[rows])
    served = np.bincount(pairs // max(len(events.objects), 1), minlength=lanes)
    shared = np.flatnonzero(served > 1)
    return Serving(accept, connected(events), of_lane, frozenset(shared.tolist()), frozenset(accepting.tolist()))
