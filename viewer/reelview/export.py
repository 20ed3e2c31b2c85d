"""What a person takes out of the window: data as CSV, pictures as PNG or SVG."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenuBar, QWidget

from ipcreel.analysis.state import States
from ipcreel.analysis.stats import step_detail
from ipcreel.reel import Reel
from ipcreel.reel.names import names_of
from reelview.panels.event_list import COLUMNS, EventList
from reelview.panels.run_page import facts_of
from reelview.session import Session
from reelview.synchronization import Synchronization, synchronization_of
from reelview.timeline.widget import Timeline

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
    """The names of what can be exported: all that panels show."""
    found = ["pricing"] if session.lens else []
    if session.reel is not None:
        found += ["state", "findings", "run", "event", "events"]
    if session.synchronization:
        found += ["critical path", "barriers"]
    return found


def table_of(session: Session, name: str) -> Table:
    """What a name of `tables` stands for; of events those that the timeline shows."""
    reel, lens = session.reel, session.lens
    if name == "pricing":
        assert lens is not None, "only what `tables` names can be asked for"
        return lens.table()
    assert reel is not None, "only what `tables` names can be asked for"
    kept = session.highlight.kept
    made: dict[str, Callable[[], Table]] = {
        "state": lambda: state_table(reel, session.states or reel.states, session.cursor.at_ns),
        "critical path": lambda: path_table(reel, session.synchronization or synchronization_of(reel)),
        "barriers": lambda: rounds_table(reel, session.synchronization or synchronization_of(reel)),
        "findings": lambda: findings_table(reel),
        "run": lambda: run_table(reel),
        "event": lambda: event_table(reel, session.selection.selected_event),
        "events": lambda: events_table(reel, np.arange(len(reel)) if kept is None else kept),
    }
    return made[name]()


def state_table(reel: Reel, states: States, at_ns: int) -> Table:
    """What each lane does at a moment."""
    names = ("lane", "state", "since_s", "event", "operation", "object")
    rows = []
    for lane in states.at(at_ns).lanes:
        done = ("", "", "") if lane.event is None else (lane.event, *EventList(reel).cells(lane.event)[2:4])
        rows.append((reel.lane_name(lane.lane), lane.state, _seconds(reel, lane.since_ns), *done))
    return names, rows


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


def findings_table(reel: Reel) -> Table:
    rows = (
        (each.code, _seconds(reel, each.at_ns), each.what, each.cause, " ".join(map(str, each.events)))
        for each in reel.findings
    )
    return ("code", "at_s", "what", "cause", "events"), rows


def run_table(reel: Reel) -> Table:
    """A row a process."""
    facts = facts_of(reel)
    rows = (
        (
            reel.process_name(row), process["pid"],
            "" if process["parent"] is None else reel.process_name(process["parent"]),
            process["how"], int(facts.events[row]), process["stopped"] or "",
        )
        for row, process in enumerate(reel.processes)
    )  # fmt: skip
    return ("process", "pid", "parent", "how", "events", "stopped"), rows


def event_table(reel: Reel, event: int | None) -> Table:
    """The fields of one event, and its partners; nothing where none is selected."""
    if event is None:
        return ("field", "value"), ()
    file, line, function, _ = reel.sites[int(reel.site[event])]
    flows = reel.flows
    fields = [
        *zip(COLUMNS, EventList(reel).cells(event), strict=True),
        ("event", event),
        ("site", f"{file}:{line} {function}" if file else ""),
        ("caused by", " ".join(map(str, flows.cause[flows.effect == event].tolist()))),
        ("caused", " ".join(map(str, flows.effect[flows.cause == event].tolist()))),
    ]
    return ("field", "value"), fields


def _seconds(reel: Reel, at_ns: int) -> float:
    return (at_ns - reel.begin_ns) / 1e9


def events_table(reel: Reel, rows: NDArray[np.int64]) -> Table:
    model = EventList(reel)
    names = ("event", "time_s", "lane", "operation", "object", "took", "payload")
    return names, ((row, *model.cells(row)) for row in rows.tolist())


def save_picture(widget: QWidget, path: Path) -> bool:
    """Draws a widget into a .png or an .svg; False where it cannot be written."""
    if path.suffix != ".svg":
        return widget.grab().save(str(path))
    from PySide6.QtSvg import QSvgGenerator

    shown = [widget] if isinstance(widget, Timeline) else widget.findChildren(Timeline)
    for timeline in shown:
        timeline.update()  # what it keeps of its last frame is made of pixels
    drawn = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(drawn)
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())  # or else it has a size on paper only, and its units another
    generator.setResolution(widget.logicalDpiX())  # or else letters are as high as on a screen of 72
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    for bar in widget.findChildren(QMenuBar):
        _draw_titles(painter, bar, bar.mapTo(widget, QPoint()))
    painter.end()
    try:
        path.write_bytes(drawn.data().data())
    except OSError:
        return False
    return True


def _draw_titles(painter: QPainter, bar: QMenuBar, at: QPoint) -> None:
    """The titles of the menus: a menu bar fills the rest of itself around them, which an SVG, that clips nothing, takes
    for all of it."""
    painter.setFont(bar.font())
    painter.setPen(bar.palette().color(bar.foregroundRole()))
    for action in bar.actions():
        box = bar.actionGeometry(action).translated(at)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic, action.text())
