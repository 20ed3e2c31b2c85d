"""Events of a reel as named columns with readable values."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel.describe import text_of
from ipcreel.reel.error import ReelError

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

Rows = NDArray[np.int64]
Columns = dict[str, Any]


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
        "outcome": list(map(outcome, pending.tolist(), raised.tolist())),
        "process": [process_names[row] for row in process],
        "pid": [int(reel.processes[row]["pid"]) for row in process],
        "lane": [lane_names[row] for row in reel.lane[chosen].tolist()],
        "mechanism": [mechanisms[row] for row in mechanism[chosen].tolist()],
        "operation": [names.get(code, f"operation {code:#06x}") for code in reel.op[chosen].tolist()],
        "object": [str(reel.objects[row][3]) or None for row in reel.object[chosen].tolist()],
        "file": [site[0] or None for site in sites],
        "line": [int(site[1]) if site[0] else None for site in sites],
        "function": [site[2] or None for site in sites],
        "tick": tick_of(reel, chosen),
        "a": reel.a[chosen],
        "b": reel.b[chosen],
        "payload": [text_of(reel, row) or None for row in chosen.tolist()],
    }


def outcome(pending: bool, raised: bool) -> str:
    """How an event ended."""
    return "pending" if pending else "raised" if raised else "returned"


def tick_of(reel: Reel, rows: Rows) -> list[int | None]:
    """The tick in which each event began; None before the first."""
    ticks = np.searchsorted(reel.ticks, reel.begin[rows], "right") - 1
    return [tick if tick >= 0 else None for tick in ticks.tolist()]


def needed(library: str) -> Any:
    """A library that the package does without.

    Raises:
        ReelError: it is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError:
        what = "ipcreel[query]" if library == "pyarrow" else library
        raise ReelError(f"this needs {library}. Install it with `pip install '{what}'`.") from None


def arrow_table(view: str, columns: Columns) -> Any:
    """A view as an Arrow table.

    Raises:
        ReelError: pyarrow is not installed.
    """
    pyarrow = needed("pyarrow")
    types = {name: getattr(pyarrow, kind)() for name, kind in _TYPES.get(view, {}).items()}
    arrays = {name: pyarrow.array(column, types.get(name), from_pandas=True) for name, column in columns.items()}
    return pyarrow.table(arrays)


# Columns that hold nothing in some reels: their type must not depend on that.
_TYPES: dict[str, dict[str, str]] = {
    "events": {
        "tick": "int64",
        "object": "string",
        "file": "string",
        "line": "int64",
        "function": "string",
        "payload": "string",
    },
    "flows": {"kind": "string", "certainty": "string"},
    "waits": {"lane": "string"},
    "spans": {"lane": "string", "operation": "string", "tick": "int64"},
    "console": {"event": "int64", "at_s": "float64", "lane": "string", "stream": "string", "text": "string"},
    "objects": {"object": "string", "role": "string", "kind": "string", "shared": "bool_", "events": "int64"},
    "processes": {"parent": "string"},
    "findings": {"code": "string", "at_s": "float64", "event": "int64", "what": "string", "cause": "string"},
}  # fmt: skip
