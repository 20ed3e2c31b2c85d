"""HTML for a notebook: a reel may be somebody else's, so all of its text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ipcreel.reel.describe import text_of

if TYPE_CHECKING:
    from ipcreel.reel.console import Line
    from ipcreel.reel.model import Reel
    from ipcreel.reel.selected import Selected

_SHOWN = 20
_LONGEST = 100  # characters of a payload


def of_reel(reel: Reel) -> str:
    """What is in a reel: its processes, and what was damaged."""
    events = np.bincount(reel.process, minlength=len(reel.processes)).tolist()
    threads = np.bincount([lane[0] for lane in reel.lanes], minlength=len(reel.processes)).tolist()
    rows = [
        (reel.process_name(row), process["pid"], threads[row], f"{events[row]:,}")
        for row, process in enumerate(reel.processes[:_SHOWN])
    ]
    head = repr(reel).strip("<>")
    return _table([head, *reel.damage], ("process", "pid", "threads", "events"), rows, len(reel.processes))


def of_events(chosen: Selected) -> str:
    """The first of some events, a row each."""
    rows = [
        (
            event.row,
            f"{event.begin_s:.6f}",
            event.lane,
            event.operation,
            event.object or "",
            text_of(chosen.reel, event.row)[:_LONGEST],
            "{}:{}".format(*event.site) if event.site else "",
        )
        for event in chosen[:_SHOWN]
    ]
    head = f"{len(chosen):,} event{'s' * (len(chosen) != 1)} of {chosen.reel.path.name}"
    return _table([head], ("event", "s", "lane", "operation", "object", "payload", "line"), rows, len(chosen))


def of_console(lines: Sequence[Line], name: str) -> str:
    """The first lines of a console, a row each."""
    rows = [(line.event, f"{line.at_s:.6f}", line.lane, line.stream, line.text) for line in lines[:_SHOWN]]
    return _table([f"{len(lines):,} lines of {name}"], ("event", "s", "lane", "stream", "text"), rows, len(lines))


def _table(heads: Iterable[str], columns: Sequence[str], rows: Sequence[Sequence[object]], count: int) -> str:
    above = "".join(f"<p>{escape(head)}</p>" for head in heads)
    body = "".join(_row("td", row) for row in rows)
    more = f"<p>and {count - len(rows):,} more</p>" if count > len(rows) else ""
    return f"{above}<table><thead>{_row('th', columns)}</thead><tbody>{body}</tbody></table>{more}"


def _row(tag: str, cells: Iterable[object]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(str(cell))}</{tag}>' for cell in cells)}</tr>"
