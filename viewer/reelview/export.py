"""Panel data as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.stats import step_detail
from ipcreel.reel import Reel
from ipcreel.reel.names import names_of
from reelview.panels.event_list import EventList
from reelview.session import Session
from reelview.synchronization import Synchronization

Table = tuple[tuple[str, ...], Iterable[tuple[Any, ...]]]


def csv_text(table: Table) -> str:
    """A table as RFC 4180 has it."""
    names, rows = table
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def tables(session: Session) -> list[str]:
    """The names of what can be exported."""
    reel = [] if session.reel is None else ["events", "findings"]
    known = ["critical path", "barriers"] if session.synchronization else []
    return [*(["pricing"] if session.lens else []), *reel, *known]


def table_of(session: Session, name: str) -> Table:
    """What a name of `tables` stands for. Of events those that the timeline shows."""
    if name == "pricing":
        assert session.lens is not None, "only what `tables` names can be asked for"
        return session.lens.table()
    assert session.reel is not None, "only what `tables` names can be asked for"
    if name == "findings":
        return ("code", "at_s", "what", "cause", "events"), [
            (
                each.code,
                (each.at_ns - session.reel.begin_ns) / 1e9,
                each.what,
                each.cause,
                " ".join(map(str, each.events)),
            )
            for each in session.reel.findings
        ]
    if name in ("critical path", "barriers"):
        assert session.synchronization is not None, "only what `tables` names can be asked for"
        table = path_table if name == "critical path" else rounds_table
        return table(session.reel, session.synchronization)
    kept = session.highlight.kept
    return events_table(session.reel, np.arange(len(session.reel)) if kept is None else kept)


def path_table(reel: Reel, found: Synchronization) -> Table:
    """A row a step of the critical path."""
    names = names_of(reel)
    return ("from_s", "to_s", "lane", "what", "detail", "event", "cause"), [
        (
            (step.begin_ns - reel.begin_ns) / 1e9,
            (step.end_ns - reel.begin_ns) / 1e9,
            names.lane(step.lane),
            step.what,
            step_detail(step, reel.events, names),
            "" if step.event < 0 else step.event,
            "" if step.cause < 0 else step.cause,
        )
        for step in found.path
    ]


def rounds_table(reel: Reel, found: Synchronization) -> Table:
    """A row each time that a barrier opened."""
    names = names_of(reel)
    return ("at_s", "object", "came_last", "skew_ms", "after_the_others_ms", "others_waited_ms", "event"), [
        (
            (each.at_ns - reel.begin_ns) / 1e9,
            names.object(each.object),
            names.lane(int(reel.lane[each.arrivals[-1]])),
            each.skew_ns / 1e6,
            each.kept_ns / 1e6,
            each.waited_ns / 1e6,
            int(each.arrivals[-1]),
        )
        for each in found.rounds
    ]


def events_table(reel: Reel, rows: NDArray[np.int64]) -> Table:
    model = EventList(reel)
    names = ("event", "time_s", "lane", "operation", "object", "took", "payload")
    return names, ((row, *model.cells(row)) for row in rows.tolist())
