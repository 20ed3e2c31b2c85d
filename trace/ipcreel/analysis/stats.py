"""Where the time of a run went, in rows with names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.contention import find_contention, find_meetings
from ipcreel.analysis.critical import FOLLOWS, WAITS, Step, critical_path
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.lateness import find_depths, find_lateness
from ipcreel.analysis.mechanisms import find_mechanisms
from ipcreel.analysis.waits import LaneTimes, Waits, Window, blocked_by, ends_of, find_waits, lane_times

Rows = NDArray[np.int64]
Row = dict[str, Any]

DEPTH_PARTS = 32


@dataclass(frozen=True)
class Names:
    """How a reader calls what the tables number.

    Attributes:
        operation: code → name.
        process, lane, object, site: row → name.
    """

    operation: Callable[[int], str]
    process: Callable[[int], str]
    lane: Callable[[int], str]
    object: Callable[[int], str]
    site: Callable[[int], str]


def statistics(events: Events, flows: Flows, names: Names, window: Window) -> dict[str, Any]:
    """All of `ipcreel stats`: a list of rows a table. Times are in ns, shares from 0 to 1."""
    end_ns = ends_of(events, flows)
    waits = find_waits(events, end_ns, window)
    times = lane_times(events, end_ns, waits, window)
    path = critical_path(events, flows, waits, end_ns, window)
    kinds = [str(row[0]) for row in events.objects]
    mechanisms, mechanism = find_mechanisms(events.op, events.object, names.operation, kinds.__getitem__)
    return {
        "seconds": (window[1] - window[0]) / 1e9,
        "processes": _by_process(events, times, names),
        "mechanisms": _waited(waits, mechanism[waits.row], mechanisms.__getitem__),
        "operations": _waited(waits, events.op[waits.row], names.operation),
        "objects": _waited(waits, events.object[waits.row], names.object),
        "sites": _waited(waits, events.site[waits.row], names.site),
        "locks": [
            {
                "object": names.object(one.object),
                "acquires": one.acquires,
                "waited": one.waited,
                "wait_ns": one.wait_ns,
                "longest_ns": one.longest_ns,
                "longest_event": None if one.longest < 0 else one.longest,
                "longest_in": None if one.longest < 0 else names.lane(int(events.lane[one.longest])),
            }
            for one in find_contention(events, flows, end_ns, window)
        ],
        "barriers": [
            {
                "object": names.object(one.object),
                "rounds": one.rounds,
                "skew_ns": one.skew_ns,
                "longest_ns": one.longest_ns,
                "came_last": [
                    {"lane": names.lane(lane), "times": times_last, "kept_others_ns": one.kept_ns[lane]}
                    for lane, times_last in sorted(one.last.items(), key=lambda pair: -pair[1])
                ],
            }
            for one in find_meetings(events, flows, window)
        ],
        "messages": [
            {
                "sender": names.process(one.sender),
                "receiver": names.process(one.receiver),
                "object": names.object(one.object),
                "messages": one.messages,
                "late_sends": one.late_sends,
                "receiver_waited_ns": one.receiver_waited_ns,
                "late_receives": one.late_receives,
                "message_lay_ns": one.message_lay_ns,
            }
            for one in find_lateness(events, flows, window)
        ],
        "queues": [
            {
                "object": names.object(one.object),
                "most": one.most,
                "mean": one.mean(window),
                "left": one.left,
                "over_time": one.sampled(window, DEPTH_PARTS).tolist(),
            }
            for one in find_depths(events, flows)
        ],
        "critical_path": path_causes(path, events, names),
        "critical_steps": [_step(step, events, names, window[0]) for step in path],
    }


def _by_process(events: Events, times: LaneTimes, names: Names) -> list[Row]:
    """A row a lane: in a process with several threads their times overlap, so they are not added up."""
    rows = [
        {
            "lane": names.lane(lane),
            "alive_ns": int(times.alive_ns[lane]),
            "blocked_ns": int(times.waiting_ns[lane]),
            "running_ns": int(times.running_ns[lane]),
        }
        for lane in range(len(times.alive_ns))
        if times.alive_ns[lane] > 0
    ]
    return sorted(rows, key=lambda row: -row["blocked_ns"])


def _waited(waits: Waits, group: Rows, name: Callable[[int], str]) -> list[Row]:
    """How long was waited in each group, and how often; the longest first."""
    rows: dict[str, Row] = {}
    for one in blocked_by(waits, group):
        called = name(one.group)
        row = rows.setdefault(called, {"name": called, "events": 0, "blocked_ns": 0, "longest_ns": 0})
        row["events"] += one.waits
        row["blocked_ns"] += one.blocked_ns
        row["longest_ns"] = max(row["longest_ns"], one.longest_ns)
    return sorted(rows.values(), key=lambda row: -row["blocked_ns"])


def path_causes(path: list[Step], events: Events, names: Names) -> list[Row]:
    """The critical path as a list of causes with their share, the largest first; `longest_step` is a place in it."""
    whole = sum(step.end_ns - step.begin_ns for step in path)
    rows: dict[tuple[str, str, str], Row] = {}
    longest: dict[tuple[str, str, str], int] = {}
    for number, step in enumerate(path):
        key = (names.lane(step.lane), step.what, step_detail(step, events, names))
        row = rows.setdefault(key, {"lane": key[0], "what": key[1], "detail": key[2], "steps": 0, "ns": 0})
        row["steps"] += 1
        row["ns"] += step.end_ns - step.begin_ns
        if step.end_ns - step.begin_ns > longest.get(key, -1):
            longest[key] = step.end_ns - step.begin_ns
            row["longest_step"] = number
    for row in rows.values():
        row["share"] = row["ns"] / whole
    return sorted(rows.values(), key=lambda row: -row["ns"])


def step_detail(step: Step, events: Events, names: Names) -> str:
    """What a step waited in, or followed; "" where it runs."""
    if step.event < 0:
        return ""
    operation = names.operation(int(events.op[step.event]))
    place = names.object(int(events.object[step.event])) or names.site(int(events.site[step.event]))
    if step.what == WAITS:
        return f"{operation} {place}".rstrip()
    assert step.what == FOLLOWS
    return f"{names.lane(int(events.lane[step.cause]))}: {operation} {place}".rstrip()


def _step(step: Step, events: Events, names: Names, begin_ns: int) -> Row:
    return {
        "lane": names.lane(step.lane),
        "from_s": (step.begin_ns - begin_ns) / 1e9,
        "to_s": (step.end_ns - begin_ns) / 1e9,
        "what": step.what,
        "detail": step_detail(step, events, names),
        "event": None if step.event < 0 else step.event,
        "cause": None if step.cause < 0 else step.cause,
    }
