"""What is in a reel as named columns: the views of `ipcreel query`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.joins import CERTAINTY_NAMES
from ipcreel.analysis.waits import ends_of, find_waits
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.text import payload_text

Rows = NDArray[np.int64]
Columns = dict[str, Any]

_PAYLOAD_LIMIT = 1 << 16


def events(reel: Reel, rows: Rows | None = None) -> Columns:
    """A row an event; times in seconds after the begin of the reel, durations in microseconds."""
    chosen = np.arange(len(reel)) if rows is None else rows
    names = {code: str(row["name"]) for code, row in reel.operations.items()}
    mechanisms, mechanism = reel.mechanisms
    process = reel.process[chosen].tolist()
    lane_names = [reel.lane_name(row) for row in range(len(reel.lanes))]
    process_names = [reel.process_name(row) for row in range(len(reel.processes))]
    sites = [reel.sites[row] for row in reel.site[chosen].tolist()]
    pending, raised = reel.pending[chosen], reel.raised[chosen]
    return {
        "event": chosen,
        "begin_s": (reel.begin[chosen] - reel.begin_ns) / 1e9,
        "end_s": np.where(pending, np.nan, (reel.end[chosen] - reel.begin_ns) / 1e9),
        "duration_us": (reel.end[chosen] - reel.begin[chosen]) / 1e3,
        "outcome": np.where(pending, "pending", np.where(raised, "raised", "returned")).tolist(),
        "process": [process_names[row] for row in process],
        "pid": [int(reel.processes[row]["pid"]) for row in process],
        "lane": [lane_names[row] for row in reel.lane[chosen].tolist()],
        "mechanism": [mechanisms[row] for row in mechanism[chosen].tolist()],
        "operation": [names.get(code, f"operation {code:#06x}") for code in reel.op[chosen].tolist()],
        "object": [str(reel.objects[row][3]) or None for row in reel.object[chosen].tolist()],
        "file": [site[0] or None for site in sites],
        "line": [int(site[1]) if site[0] else None for site in sites],
        "function": [site[2] or None for site in sites],
        "a": reel.a[chosen],
        "b": reel.b[chosen],
        "payload": [_payload(reel, row) for row in chosen.tolist()],
    }


def _payload(reel: Reel, row: int) -> str | None:
    """The payload of an event as text; what is wrong with it where it is damaged."""
    try:
        return payload_text(reel.payload(row), _PAYLOAD_LIMIT) or None
    except ReelError as error:
        return f"({error})"


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


def objects(reel: Reel) -> Columns:
    """A row an object that is operated on."""
    counts = np.bincount(reel.object, minlength=len(reel.objects))
    table = list(enumerate(reel.objects))[1:]
    return {
        "object": [str(row[3]) for _, row in table],
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
    "objects": objects,
    "processes": processes,
    "lanes": lanes,
    "findings": findings,
}
