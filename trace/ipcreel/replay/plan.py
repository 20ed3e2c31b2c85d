"""Which tapes lead from the start of an interpreter to a process, written down for the process to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack
import numpy as np

from ipcreel.mechanism.operation import OUT
from ipcreel.reel import Reel, ReelError


def find_process(reel: Reel, wanted: str) -> int:
    """The row of the process that `wanted` names: a name, or a pid.

    Raises:
        ReelError: no process, or more than one, is known by it.
    """
    names = [reel.process_name(row) for row in range(len(reel.processes))]
    rows = [row for row, process in enumerate(reel.processes) if wanted in (names[row], str(process["pid"]))]
    if len(rows) == 1:
        return rows[0]
    pairs = [f"{name} ({process['pid']})" for name, process in zip(names, reel.processes, strict=True)]
    known = ", ".join(pairs[:20]) + (", …" if len(pairs) > 20 else "")
    found = "no process" if not rows else f"{len(rows)} processes"
    raise ReelError(f"{reel.path}: {found} called {wanted}. There are: {known}.")


def path_to(reel: Reel, process: int) -> list[int]:
    """The processes from the one whose interpreter was started down to `process`, each forked by the one before."""
    path = [process]
    while reel.processes[path[0]]["how"] == "fork":
        parent = reel.processes[path[0]]["parent"]
        if parent is None:
            raise ReelError(f"{reel.path}: the tape of the parent of {reel.processes[path[0]]['pid']} is missing.")
        path.insert(0, parent)
    return path


def write_script(reel: Reel, path: list[int], file: Path, stop: int | None = None, debug: bool = False) -> None:
    """Write what the replayed process needs: for each process of the path its events, and where payloads are.

    Args:
        reel: what was recorded.
        path: the processes, see `path_to`.
        file: where to.
        stop: the event before which the replay stops.
        debug: it stops in the debugger.
    """
    steps: list[dict[str, Any]] = []
    for process in path:
        rows = np.flatnonzero(reel.process == process)
        steps.append(
            {
                "pid": reel.processes[process]["pid"],
                "ppid": reel.processes[process]["ppid"],
                "process": process,
                "ended": "ended_ns" in reel.processes[process].get("facts", {}),
                "rows": rows.astype("<i8").tobytes(),
                "events": reel.raw[rows].tobytes() if len(rows) else b"",
                "lanes": [[row, lane[1], lane[3]] for row, lane in enumerate(reel.lanes) if lane[0] == process],
            }
        )
    objects = [[kind, shared, key, name] for kind, shared, key, name in reel.objects]
    operations = {
        code: [row["name"], row["replay"], row["blocks"], row["flow"] == OUT] for code, row in reel.operations.items()
    }
    script = {
        "reel": str(reel.path.absolute()),
        "steps": steps,
        "objects": objects,
        "operations": operations,
        "sites": reel.sites,
        "stop": -1 if stop is None else stop,
        "debug": debug,
        "world": [] if stop is None else world_at(reel, int(reel.begin[stop])),
    }
    file.write_bytes(msgpack.packb(script, unicode_errors="surrogatepass"))


def event_at(reel: Reel, process: int, time_ns: int) -> int:
    """The first event of a process that begins at a moment or after it; its last where there is none.

    Args:
        reel: what was recorded.
        process: its row.
        time_ns: CLOCK_MONOTONIC.

    Raises:
        ReelError: the process did nothing.
    """
    rows = np.flatnonzero(reel.process == process)
    if not len(rows):
        raise ReelError(f"{reel.path}: {reel.process_name(process)} did nothing that was recorded.")
    after = rows[reel.begin[rows] >= time_ns]
    return int(after[0] if len(after) else rows[-1])


def world_at(reel: Reel, at_ns: int) -> list[str]:
    """What each thread of the run was doing at a moment, a line each, for a person."""
    begin, end = np.asarray(reel.begin), np.abs(np.asarray(reel.end))
    lines = []
    for lane in range(len(reel.lanes)):
        rows = np.flatnonzero((np.asarray(reel.lane) == lane) & (begin <= at_ns))
        if len(rows):
            row = int(rows[-1])
            doing = "is in" if end[row] == 0 or end[row] > at_ns else "has done"
            file, line, _, _ = reel.sites[reel.site[row]]
            name = reel.operations[int(reel.op[row])]["name"]
            lines.append(f"{reel.lane_name(lane)} {doing} {name} {reel.objects[reel.object[row]][3]} at {file}:{line}")
    return lines
