"""What is in a reel as named columns: the views of `ipcreel query`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.joins import CERTAINTY_NAMES
from ipcreel.analysis.waits import ends_of, find_waits
from ipcreel.reel import Reel, table
from ipcreel.reel.table import Columns, events

Rows = NDArray[np.int64]


def flows(reel: Reel) -> Columns:
    """A row a flow, from the event that caused to the event that followed."""
    found = reel.flows
    return {
        "cause": found.cause,
        "effect": found.effect,
        "kind": [KINDS[kind] for kind in found.kind.tolist()],
        "certainty": [CERTAINTY_NAMES[certainty] for certainty in found.certainty.tolist()],
        "latency_us": (reel.end[found.effect] - reel.begin[found.cause]) / 1e3,
    }


def waits(reel: Reel) -> Columns:
    """A row for each time that a lane was in an operation that can wait; of nested ones the outermost."""
    found = find_waits(reel.events, ends_of(reel.events, reel.flows), (reel.begin_ns, reel.end_ns))
    return {
        "event": found.row,
        "lane": [reel.lane_name(row) for row in reel.lane[found.row].tolist()],
        "blocked_us": found.wait_ns / 1e3,
    }


def spans(reel: Reel) -> Columns:
    """A row an event as it is drawn: where on its lane, how deep in others, and for how long of it the lane waited."""
    found = reel.spans
    lane_names = [reel.lane_name(row) for row in range(len(reel.lanes))]
    operations = {code: str(row["name"]) for code, row in reel.operations.items()}
    return {
        "event": np.arange(len(reel)),
        "lane": [lane_names[row] for row in found.lane.tolist()],
        "operation": [operations[code] for code in reel.op.tolist()],
        "begin_s": (found.begin_ns - reel.begin_ns) / 1e9,
        "end_s": (found.end_ns - reel.begin_ns) / 1e9,
        "depth": found.depth,
        "blocked_us": found.blocked_ns / 1e3,
        "tick": table.tick_of(reel, np.arange(len(reel))),
    }


def console(reel: Reel) -> Columns:
    """A row a line that was written to standard output or error, or read from standard input."""
    return {
        "event": [line.event for line in reel.console],
        "at_s": [line.at_s for line in reel.console],
        "lane": [line.lane for line in reel.console],
        "stream": [line.stream for line in reel.console],
        "text": [line.text for line in reel.console],
    }


def ticks(reel: Reel) -> Columns:
    """A row a tick of the recorded simulation; none where the program has none."""
    begins = reel.ticks
    ends = np.append(begins[1:], reel.end_ns)[: len(begins)]
    counts = np.diff(np.searchsorted(reel.begin, np.append(begins, reel.end_ns + 1)))[: len(begins)]
    return {
        "tick": np.arange(len(begins)),
        "begin_s": (begins - reel.begin_ns) / 1e9,
        "end_s": (ends - reel.begin_ns) / 1e9,
        "duration_ms": (ends - begins) / 1e6,
        "events": counts,
    }


def objects(reel: Reel) -> Columns:
    """A row an object that is operated on."""
    counts = np.bincount(reel.object, minlength=len(reel.objects))
    table = list(enumerate(reel.objects))[1:]
    return {
        "object": [str(row[3]) for _, row in table],
        "role": [reel.object_roles[number] or None for number, _ in table],
        "kind": [str(row[0]) for _, row in table],
        "shared": [bool(row[1]) for _, row in table],
        "events": [int(counts[number]) for number, _ in table],
    }


def processes(reel: Reel) -> Columns:
    """A row a process."""
    counts = np.bincount(reel.process, minlength=len(reel.processes))
    parents = [process["parent"] for process in reel.processes]
    return {
        "process": [reel.process_name(row) for row in range(len(reel.processes))],
        "pid": [int(process["pid"]) for process in reel.processes],
        "parent": [None if parent is None else reel.process_name(parent) for parent in parents],
        "how": [str(process["how"]) for process in reel.processes],
        "begin_s": [(int(process["begin_ns"]) - reel.begin_ns) / 1e9 for process in reel.processes],
        "events": counts[: len(reel.processes)],
    }


def lanes(reel: Reel) -> Columns:
    """A row a thread."""
    counts = np.bincount(reel.lane, minlength=len(reel.lanes))
    return {
        "lane": [reel.lane_name(row) for row in range(len(reel.lanes))],
        "process": [reel.process_name(lane[0]) for lane in reel.lanes],
        "thread": [str(lane[3]) for lane in reel.lanes],
        "native_id": [int(lane[2]) for lane in reel.lanes],
        "events": counts[: len(reel.lanes)],
    }


def findings(reel: Reel) -> Columns:
    """A row for each thing that `ipcreel check` finds."""
    found = reel.findings
    return {
        "code": [one.code for one in found],
        "at_s": [(one.at_ns - reel.begin_ns) / 1e9 for one in found],
        "event": [one.events[0] if one.events else None for one in found],
        "what": [one.what for one in found],
        "cause": [one.cause for one in found],
    }


VIEWS: dict[str, Callable[[Reel], Columns]] = {
    "events": events,
    "flows": flows,
    "waits": waits,
    "spans": spans,
    "console": console,
    "ticks": ticks,
    "objects": objects,
    "processes": processes,
    "lanes": lanes,
    "findings": findings,
}
