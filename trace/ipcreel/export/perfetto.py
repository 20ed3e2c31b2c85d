"""Tracks, flows and counters in the JSON trace event format, which Perfetto and chrome://tracing open."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.joins import CERTAINTY_NAMES
from ipcreel.analysis.lateness import find_depths
from ipcreel.reel import Reel, table

Record = dict[str, Any]


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the events of `rows`, the flows between them, and the depths of the queues."""
    with output.open("w", encoding="utf-8") as file:
        file.write('{"displayTimeUnit": "ns", "traceEvents": [\n')
        for number, record in enumerate(records(reel, rows)):
            file.write((",\n" if number else "") + json.dumps(record, ensure_ascii=False))
        file.write("\n]}\n")


def records(reel: Reel, rows: NDArray[np.int64]) -> Iterator[Record]:
    """Every record of the file; times are microseconds after the begin of the reel."""
    for row, process in enumerate(reel.processes):
        yield {"ph": "M", "name": "process_name", "pid": process["pid"], "args": {"name": reel.process_name(row)}}
        yield {"ph": "M", "name": "process_sort_index", "pid": process["pid"], "args": {"sort_index": row}}
    for lane in reel.lanes:
        yield {"ph": "M", "name": "thread_name", **_track(reel, lane), "args": {"name": str(lane[3])}}
    arrows = _arrows(reel, rows)
    yield from _slices(reel, rows, arrows)
    yield from _late(reel, arrows)
    yield from _counters(reel)


def _track(reel: Reel, lane: list[Any]) -> Record:
    return {"pid": reel.processes[lane[0]]["pid"], "tid": lane[2]}


class Arrows(NamedTuple):
    """Flows between lanes: cause → flows that leave it, effect → flows that arrive in it, and those that arrive late.

    Perfetto lets an arrow lead from the slice that begins first to the other one. A receive that has begun before its
    send is no end of it, then: there it ends in a slice of its own, at the end of the receive.
    """

    leaving: dict[int, list[int]]
    arriving: dict[int, list[int]]
    late: list[int]


def _arrows(reel: Reel, rows: NDArray[np.int64]) -> Arrows:
    flows = reel.flows
    chosen = np.isin(flows.cause, rows) & np.isin(flows.effect, rows)
    between = np.flatnonzero(chosen & (reel.lane[flows.cause] != reel.lane[flows.effect]))
    found = Arrows(defaultdict(list), defaultdict(list), [])
    for flow in between.tolist():
        cause, effect = int(flows.cause[flow]), int(flows.effect[flow])
        found.leaving[cause].append(flow)
        if reel.begin[cause] < reel.begin[effect]:
            found.arriving[effect].append(flow)
        else:
            found.late.append(flow)
    return found


def _slices(reel: Reel, rows: NDArray[np.int64], arrows: Arrows) -> Iterator[Record]:
    """Each event, and right behind it the ends of its arrows: an end belongs to the last slice that has begun there."""
    columns = table.events(reel, rows)
    tracks = [_track(reel, lane) for lane in reel.lanes]
    for place, row in enumerate(rows.tolist()):
        details = {name: columns[name][place] for name in ("object", "outcome", "file", "line", "payload")}
        where = {"ts": _us(reel, int(reel.begin[row])), **tracks[int(reel.lane[row])]}
        yield {
            "ph": "X",
            "name": columns["operation"][place],
            "cat": columns["mechanism"][place],
            "dur": int(reel.end[row] - reel.begin[row]) / 1e3,
            **where,
            "args": {"event": row} | {name: value for name, value in details.items() if value is not None},
        }
        for flow in arrows.arriving.get(row, ()):
            yield {"ph": "f", "bp": "e", **_named(reel, flow), **where}
        for flow in arrows.leaving.get(row, ()):
            yield {"ph": "s", **_named(reel, flow), **where}


def _late(reel: Reel, arrows: Arrows) -> Iterator[Record]:
    """The ends of arrows to what had begun before their cause: each in a slice of a nanosecond."""
    for flow in arrows.late:
        effect = int(reel.flows.effect[flow])
        at_ns = max(int(reel.begin[effect]), int(reel.end[effect]) - 1)
        dur = (int(reel.end[effect]) - at_ns) / 1e3
        where = {"ts": _us(reel, at_ns), **_track(reel, reel.lanes[int(reel.lane[effect])])}
        yield {"ph": "X", "name": "follows", "cat": "flow", "dur": dur, **where, "args": {"event": effect}}
        yield {"ph": "f", "bp": "e", **_named(reel, flow), **where}


def _named(reel: Reel, flow: int) -> Record:
    flows = reel.flows
    return {"name": KINDS[flows.kind[flow]], "cat": CERTAINTY_NAMES[flows.certainty[flow]], "id": flow}


def _counters(reel: Reel) -> Iterator[Record]:
    first = reel.processes[0]["pid"] if reel.processes else 0
    for depth in find_depths(reel.events, reel.flows):
        name = f"messages in {reel.objects[depth.object][3]}"
        for at_ns, messages in zip(depth.at_ns.tolist(), depth.messages.tolist(), strict=True):
            yield {"ph": "C", "name": name, "pid": first, "ts": _us(reel, at_ns), "args": {"messages": messages}}


def _us(reel: Reel, at_ns: int) -> float:
    return (at_ns - reel.begin_ns) / 1e3
