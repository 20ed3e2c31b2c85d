"""The event before or after another, in its lane or along its flow."""

from __future__ import annotations

import numpy as np

from reelview.flows import Flows
from reelview.spans import Spans


def in_lane(spans: Spans, span: int, by: int) -> int | None:
    """The span that begins next after (by=1) or before (by=-1) another in its lane, at whatever depth."""
    row = spans.row_of(span)
    at = (int(spans.begin_ns[span]), int(spans.row_depth[row]))
    best: tuple[tuple[int, int], int] | None = None
    for other in spans.rows_of_lane(int(spans.row_lane[row])).tolist():
        low, high = int(spans.offset[other]), int(spans.offset[other + 1])
        near = low + int(spans.begin_ns[low:high].searchsorted(np.int64(at[0])))
        for candidate in range(max(low, near - 1), min(high, near + 2)):
            place = (int(spans.begin_ns[candidate]), int(spans.row_depth[other]))
            if (place > at) == (by > 0) and place != at and (best is None or (place < best[0]) == (by > 0)):
                best = place, candidate
    return best[1] if best else None


def next_of(spans: Spans, lanes: tuple[int, ...], at_ns: int, by: int) -> int | None:
    """The span of some lanes that begins next at a moment or after it (by=1), or last before it (by=-1)."""
    found = []
    for lane in lanes:
        for row in spans.rows_of_lane(lane).tolist():
            low, high = int(spans.offset[row]), int(spans.offset[row + 1])
            place = low + int(spans.begin_ns[low:high].searchsorted(np.int64(at_ns))) - (by < 0)
            if low <= place < high:
                found.append((int(spans.begin_ns[place]), int(spans.row_depth[row]), place))
    if not found:
        return None
    return (min(found) if by > 0 else max(found))[2]


def along_flow(flows: Flows, event: int, by: int) -> int | None:
    """The event that a flow leads to (by=1), or comes from (by=-1); the first where there are several."""
    here, there = (flows.from_event, flows.to_event) if by > 0 else (flows.to_event, flows.from_event)
    found = np.flatnonzero(here == event)
    return int(there[found[0]]) if len(found) else None


def flows_of(flows: Flows, event: int) -> list[int]:
    """The flows that begin or end at an event."""
    found: list[int] = np.flatnonzero((flows.from_event == event) | (flows.to_event == event)).tolist()
    return found
