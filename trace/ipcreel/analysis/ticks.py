"""Where the time of each tick of a simulation went, in rows with names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.contention import find_rounds
from ipcreel.analysis.critical import Paths
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.stats import Names, path_causes
from ipcreel.analysis.waits import Waits, Window, ends_of, find_waits

Rows = NDArray[np.int64]
Row = dict[str, Any]


def per_tick(events: Events, flows: Flows, names: Names, ticks_ns: Rows, window: Window) -> list[Row]:
    """A row a tick: how long it took, who was blocked and who ran, its barriers, its critical path.

    Args:
        events, flows, names: the run.
        ticks_ns: (ticks,) when each began, ascending; the last ends with the run.
        window: the run; ticks outside of it are left out.
    """
    ends_ns = np.append(ticks_ns[1:], window[1])[: len(ticks_ns)]
    inside = np.flatnonzero((ticks_ns >= window[0]) & (ends_ns <= window[1]) & (ends_ns > ticks_ns))
    end_ns = ends_of(events, flows)
    waits = find_waits(events, end_ns, window)
    edges = np.append(ticks_ns, window[1])
    blocked = np.diff(_blocked_until(events, waits, edges), axis=1)
    alive = np.diff(_alive_until(events, end_ns, edges), axis=1)
    rounds = _longest_rounds(events, flows, edges, names)
    paths = Paths(events, flows, waits, end_ns)
    rows = []
    for tick in inside.tolist():
        begin, end = int(ticks_ns[tick]), int(ends_ns[tick])
        path = paths.back_from(_lane_at(events, end_ns, end), end, begin)
        rows.append(
            {
                "tick": tick,
                "begin_s": (begin - window[0]) / 1e9,
                "ns": end - begin,
                "blocked_ns": int(blocked[:, tick].sum()),
                "running_ns": int((alive[:, tick] - blocked[:, tick]).sum()),
                "processes": _by_lane(alive[:, tick], blocked[:, tick], names),
                "barrier": rounds.get(tick, _NO_ROUND),
                "critical_path": path_causes(path, events, names) if path else [],
            }
        )
    return rows


_NO_ROUND: Row = {"skew_ns": 0, "last": None}


def _blocked_until(events: Events, waits: Waits, edges: Rows) -> Rows:
    """(lanes, edges) how long each lane had been blocked at some moments."""
    lanes = int(events.lane.max(initial=-1)) + 1
    found = np.zeros((lanes, len(edges)), np.int64)
    lane = events.lane[waits.row]
    order = np.argsort(lane, kind="stable")
    first = np.searchsorted(lane[order], np.arange(lanes + 1))
    for number in range(lanes):
        own = order[first[number] : first[number + 1]]
        begin, end = waits.begin_ns[own], waits.end_ns[own]
        whole = np.concatenate(([0], np.cumsum(end - begin)))
        over = np.searchsorted(end, edges, "right")
        begun = np.append(begin, np.iinfo(np.int64).max)[over]
        found[number] = whole[over] + np.maximum(edges - begun, 0)
    return found


def _alive_until(events: Events, end_ns: Rows, edges: Rows) -> Rows:
    """(lanes, edges) how long each lane had been there at some moments."""
    lanes = int(events.lane.max(initial=-1)) + 1
    first, last = np.full(lanes, np.iinfo(np.int64).max), np.zeros(lanes, np.int64)
    np.minimum.at(first, events.lane, events.begin_ns)
    np.maximum.at(last, events.lane, end_ns)
    return np.asarray(np.maximum(np.minimum(edges, last[:, None]) - first[:, None], 0), np.int64)


def _longest_rounds(events: Events, flows: Flows, edges: Rows, names: Names) -> dict[int, Row]:
    """Tick → the round of a barrier in it with the longest way from the first arrival to the last."""
    found: dict[int, Row] = {}
    for one in find_rounds(events, flows, (int(edges[0]), int(edges[-1]))):
        tick = int(np.searchsorted(edges, one.at_ns, "right")) - 1
        if tick >= 0 and one.skew_ns >= found.get(tick, _NO_ROUND)["skew_ns"]:
            found[tick] = {"skew_ns": one.skew_ns, "last": names.lane(int(events.lane[one.arrivals[-1]]))}
    return found


def _lane_at(events: Events, end_ns: Rows, at_ns: int) -> int:
    """The lane of the event that began at a moment: it is what began the next tick; else of what ended last."""
    row = int(np.searchsorted(events.begin_ns, at_ns))
    if row < len(events.begin_ns) and events.begin_ns[row] == at_ns:
        return int(events.lane[row])
    return int(events.lane[int(np.argmax(end_ns)) if row == len(events.begin_ns) else max(row - 1, 0)])


def _by_lane(alive: Rows, blocked: Rows, names: Names) -> list[Row]:
    rows = [
        {"lane": names.lane(lane), "blocked_ns": int(blocked[lane]), "running_ns": int(alive[lane] - blocked[lane])}
        for lane in np.flatnonzero(alive).tolist()
    ]
    return sorted(rows, key=lambda row: -row["running_ns"])
