"""Tracks, flows and counters in the JSON trace event format, which Perfetto and chrome://tracing open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    yield from _slices(reel, rows)
    yield from _flows(reel, rows)
    yield from _counters(reel)


def _track(reel: Reel, lane: list[Any]) -> Record:
    return {"pid": reel.processes[lane[0]]["pid"], "tid": lane[2]}


def _slices(reel: Reel, rows: NDArray[np.int64]) -> Iterator[Record]:
    columns = table.events(reel, rows)
    tracks = [_track(reel, lane) for lane in reel.lanes]
    for place, row in enumerate(rows.tolist()):
        details = {name: columns[name][place] for name in ("object", "outcome", "file", "line", "payload")}
        yield {
            "ph": "X",
            "name": columns["operation"][place],
            "cat": columns["mechanism"][place],
            "ts": _us(reel, int(reel.begin[row])),
            "dur": int(reel.end[row] - reel.begin[row]) / 1e3,
            **tracks[int(reel.lane[row])],
            "args": {"event": row} | {name: value for name, value in details.items() if value is not None},
        }


def _flows(reel: Reel, rows: NDArray[np.int64]) -> Iterator[Record]:
    """An arrow begins in the slice of its cause and ends in that of its effect: it must lie inside both."""
    flows = reel.flows
    between = np.flatnonzero(np.isin(flows.cause, rows) & np.isin(flows.effect, rows))
    for flow in between.tolist():
        cause, effect = int(flows.cause[flow]), int(flows.effect[flow])
        if reel.lane[cause] == reel.lane[effect]:
            continue
        name = {"name": KINDS[flows.kind[flow]], "cat": CERTAINTY_NAMES[flows.certainty[flow]], "id": flow}
        arrived = max(int(reel.begin[effect]), int(reel.end[effect]) - 1)
        yield {
            "ph": "s", **name, "ts": _us(reel, int(reel.begin[cause])), **_track(reel, reel.lanes[reel.lane[cause]]),
        }  # fmt: skip
        yield {
            "ph": "f", "bp": "e", **name, "ts": _us(reel, arrived), **_track(reel, reel.lanes[reel.lane[effect]]),
        }  # fmt: skip


def _counters(reel: Reel) -> Iterator[Record]:
    first = reel.processes[0]["pid"] if reel.processes else 0
    for depth in find_depths(reel.events):
        name = f"messages in {reel.objects[depth.object][3]}"
        for at_ns, messages in zip(depth.at_ns.tolist(), depth.messages.tolist(), strict=True):
            yield {"ph": "C", "name": name, "pid": first, "ts": _us(reel, at_ns), "args": {"messages": messages}}


def _us(reel: Reel, at_ns: int) -> float:
    return (at_ns - reel.begin_ns) / 1e3
