"""Panel data as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel
from reelview.panels.event_list import EventList
from reelview.session import Session

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
    return [*(["pricing"] if session.lens else []), *reel]


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
    kept = session.highlight.kept
    return events_table(session.reel, np.arange(len(session.reel)) if kept is None else kept)


def events_table(reel: Reel, rows: NDArray[np.int64]) -> Table:
    model = EventList(reel)
    names = ("event", "time_s", "lane", "operation", "object", "took", "payload")
    return names, ((row, *model.cells(row)) for row in rows.tolist())
