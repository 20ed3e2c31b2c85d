"""A reel as what a timeline shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.enclosing import ENCLOSING
from ipcreel.reel import Reel
from ipcreel.reel.describe import text_of
from ipcreel.reel.endings import process_table
from reelview.flows import FlowIndex, Flows
from reelview.kinds import CONSOLE, KIND_NAMES, SIGNALS, codes_named, kind_of
from reelview.spans import URGENT, Spans, arrange
from reelview.timeline.data import TimelineData, Track
from reelview.timeline.markers import Markers

_AT_ONCE_NS = 20_000
"""An operation that took no longer did not wait: it is the call itself."""

_SAID_LENGTH, _LONG = 110, 120

_FEW, _SMALL_SHARE = 200, 0.01
"""Errors of an operation are urgent where they are so few, or so small a part of its events."""


def timeline_of(reel: Reel) -> TimelineData:
    """All that the timeline shows of a reel."""
    cause, effect, end_ns = reel.flows.cause, reel.flows.effect, ends_of(reel)
    texts = EventTexts(reel)
    return TimelineData(
        tracks=tracks_of(reel),
        lane_names=tuple(str(lane[3]) for lane in reel.lanes),
        spans=spans_of(reel, end_ns, cause, effect),
        flows=FlowIndex(flows_of(reel, end_ns, cause, effect), len(reel.lanes)),
        markers=markers_of(reel),
        kind_names=KIND_NAMES,
        label=texts.label,
        describe=texts.describe,
        say=texts.say,
        console=console_of(reel),
    )


def tracks_of(reel: Reel) -> tuple[Track, ...]:
    """A track a process, under its parent's."""
    lanes: list[list[int]] = [[] for _ in reel.processes]
    for number, lane in enumerate(reel.lanes):
        lanes[lane[0]].append(number)
    return tuple(
        Track(
            f"{reel.process_name(row)} · {process['pid']}",
            -1 if process["parent"] is None else int(process["parent"]),
            tuple(lanes[row]),
        )
        for row, process in enumerate(reel.processes)
    )


def spans_of(reel: Reel, end_ns: NDArray[np.int64], cause: NDArray[np.int64], effect: NDArray[np.int64]) -> Spans:
    """An event a span."""
    kinds = np.zeros(max(reel.operations, default=0) + 1, np.uint8)
    for code, row in reel.operations.items():
        kinds[code] = kind_of(str(row["name"]))
    kind = kinds[reel.op]
    kind[urgent(reel)] |= URGENT
    return arrange(
        reel.lane,
        reel.begin,
        end_ns,
        kind,
        lanes=max(len(reel.lanes), 1),
        blocked_until_ns=blocked_until(reel, end_ns, cause, effect),
        first_ns=reel.begin_ns,
        last_ns=reel.end_ns,
    )


def ends_of(reel: Reel) -> NDArray[np.int64]:
    """(n,) when each event ended: what did not return, as `os._exit`, with its process, or with the reel."""
    end_ns = np.maximum(reel.end, reel.begin)
    pending = np.flatnonzero(reel.pending)
    table = process_table(reel.processes, reel.run, reel.events)
    ended_ns = np.array([process["ended_ns"] or reel.end_ns for process in table], np.int64)
    end_ns[pending] = np.minimum(end_ns[pending], np.maximum(ended_ns[reel.process[pending]], reel.begin[pending]))
    return end_ns


def urgent(reel: Reel) -> NDArray[np.bool_]:
    """(n,) what must be seen at every zoom: signals, and errors where they are the exception."""
    found = np.isin(reel.op, codes_named(reel.operations, SIGNALS))
    raised = np.bincount(reel.op[reel.raised], minlength=max(reel.operations, default=0) + 1)
    events = np.bincount(reel.op, minlength=len(raised))
    exceptional = (raised <= _FEW) | (raised < events * _SMALL_SHARE)
    return found | (reel.raised & exceptional[reel.op])


def blocked_until(
    reel: Reel, end_ns: NDArray[np.int64], cause: NDArray[np.int64], effect: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(n,) until when each event was blocked: until what it waited for had happened, where a flow says what that was.

    An operation that can block and took its time, and whose flow is not known, counts as blocked all along.
    """
    blocks = np.zeros(max(reel.operations, default=0) + 1, bool)
    blocks[[code for code, row in reel.operations.items() if row["blocks"]]] = True
    blocks[codes_named(reel.operations, ENCLOSING)] = False
    waits = blocks[reel.op] & (end_ns - reel.begin > _AT_ONCE_NS)
    until = np.where(waits, end_ns, reel.begin)
    caused = waits[effect]
    moment_ns = np.minimum(end_ns[cause[caused]], end_ns[effect[caused]])
    known = effect[caused]
    until[known] = reel.begin[known]
    np.maximum.at(until, known, moment_ns)
    return until


def flows_of(reel: Reel, end_ns: NDArray[np.int64], cause: NDArray[np.int64], effect: NDArray[np.int64]) -> Flows:
    """Arrows from the end of the cause to the end of its effect, in order of begin.

    A cause that ended after its effect, as a send may that was overtaken by its receive, begins at its begin.
    """
    until = end_ns[effect]
    since = np.where(end_ns[cause] <= until, end_ns[cause], np.minimum(reel.begin[cause], until))
    order = np.argsort(since, kind="stable")
    cause, effect = cause[order], effect[order]
    lane = reel.lane.astype(np.int32)
    events = (cause.astype(np.uint32), effect.astype(np.uint32))
    return Flows(since[order], until[order], lane[cause], lane[effect], *events)


def markers_of(reel: Reel) -> Markers:
    """Signals, where they were delivered."""
    return _marked(reel, np.flatnonzero(np.isin(reel.op, codes_named(reel.operations, ["signal.delivered"]))))


def console_of(reel: Reel) -> Markers:
    """What was written to the console; not the ends of lines that are written by themselves."""
    event = np.flatnonzero(np.isin(reel.op, codes_named(reel.operations, CONSOLE)))
    return _marked(reel, event[reel.b[event] > 1])


def _marked(reel: Reel, event: NDArray[np.intp]) -> Markers:
    return Markers.of(reel.begin[event], reel.lane[event], event, len(reel.lanes))


class EventTexts:
    """What is written in an event's span, and beside it when the mouse is on it."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._labels: dict[tuple[int, int], str] = {}

    def label(self, event: int) -> str:
        """What was done, and to what: `send prices`."""
        key = int(self._reel.raw["op"][event]), int(self._reel.raw["object"][event])
        text = self._labels.get(key)
        if text is None:
            verb = str(self._reel.operations[key[0]]["name"]).rsplit(".", 1)[-1]
            text = self._labels[key] = f"{verb} {self._reel.objects[key[1]][3]}".strip().replace("\n", " ")
        return text

    def say(self, event: int) -> str:
        """What was said, or else what was done."""
        return text_of(self._reel, event, _SAID_LENGTH) or self.label(event)

    def describe(self, event: int) -> str:
        """The operation, its object, how it ended, its payload, and the line that called it."""
        reel = self._reel
        row = reel.raw[event]
        operation = reel.operations[int(row["op"])]
        lines = [f"{operation['name']}  {reel.objects[int(row['object'])][3]}".strip()]
        for column in ("a", "b"):
            if operation[column]:
                lines.append(f"{operation[column].split(';')[0]}: {int(row[column])}")
        content = text_of(reel, event, _LONG)
        lines += [content] if content else []
        if reel.pending[event]:
            lines.append("has not returned")
        elif reel.raised[event]:
            lines.append("raised")
        file, number, function, _ = reel.sites[int(row["site"])]
        lines += [f"{str(file).rsplit('/', 1)[-1]}:{number} in {function}"] if file else []
        return "\n".join(lines)
