"""Which tapes lead from the start of an interpreter to a process, written down for the process to come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np

from ipcreel.mechanism.operation import OUT
from ipcreel.reel import Reel, ReelError

if TYPE_CHECKING:
    from ipcreel.replay.place import Place


@dataclass(frozen=True)
class How:
    """What is wanted of a replay.

    Attributes:
        debug: a person is asked at its place, where it diverges, and at its end.
        port: where an editor is waited for, None without.
        tries: a program with changed code goes on where it leaves its tape.
        quiet: what the program writes to the console is thrown away.
        patience_s: after so long it is ended; None to wait for it.
    """

    debug: bool = False
    port: int | None = None
    tries: bool = False
    quiet: bool = False
    patience_s: float | None = None


def replayable(reel: Reel, wanted: str | None) -> list[int]:
    """The rows of the processes that have a tape of the program's own, and that `wanted` may mean: a name, or a pid."""
    rows = sorted({lane[0] for lane in reel.lanes})  # a process of the library's own has a tape without a lane
    return [row for row in rows if wanted in (None, reel.process_name(row), str(reel.processes[row]["pid"]))]


def find_process(reel: Reel, wanted: str | None) -> int:
    """The row of the process that `wanted` names: a name, or a pid; where it is None, of the only one.

    Raises:
        ReelError: no process, or more than one, is known by it.
    """
    rows = replayable(reel, wanted)
    if len(rows) == 1:
        return rows[0]
    shown = rows or replayable(reel, None)
    pairs = [f"{reel.process_name(row)} ({reel.processes[row]['pid']})" for row in shown]
    known = ", ".join(pairs[:20]) + (f" and {len(pairs) - 20} more" if len(pairs) > 20 else "")
    if wanted is None:
        raise ReelError(f"{reel.path}: say which process: --process NAME. There are: {known}.")
    if not rows:
        raise ReelError(f"{reel.path}: there is no process {wanted}. There are: {known}.")
    raise ReelError(f"{reel.path}: {len(rows)} processes are called {wanted}: {known}. Say which by its pid.")


def path_to(reel: Reel, process: int) -> list[int]:
    """The processes from the one whose interpreter was started down to `process`, each forked by the one before."""
    path = [process]
    while reel.processes[path[0]]["how"] == "fork":
        parent = reel.processes[path[0]]["parent"]
        if parent is None:
            raise ReelError(f"{reel.path}: the tape of the parent of {reel.processes[path[0]]['pid']} is missing.")
        path.insert(0, parent)
    return path


def write_script(reel: Reel, path: list[int], file: Path, place: Place | None, how: How) -> None:
    """Write what the replayed process needs: for each process of the path its events, and where payloads are.

    Args:
        reel: what was recorded.
        path: the processes, see `path_to`.
        file: where to.
        place: where the replay stops.
        how: what it does there.
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
                "lanes": [
                    [row, lane[1], reel.lane_name(row)] for row, lane in enumerate(reel.lanes) if lane[0] == process
                ],
            }
        )
    objects = [[kind, shared, key, name] for kind, shared, key, name in reel.objects]
    operations = {
        code: [row["name"], row["replay"], row["blocks"], row["flow"] == OUT] for code, row in reel.operations.items()
    }
    script = {
        "reel": str(reel.path.absolute()),
        "python": reel.processes[path[0]].get("python", ""),
        "surroundings": reel.processes[path[0]].get("facts", {}).get("surroundings", {}),
        "steps": steps,
        "cut": list(reel.cut),
        "objects": objects,
        "operations": operations,
        "sites": reel.sites,
        "stop": -1 if place is None or place.event is None else place.event,
        "line": None if place is None else place.line,
        "debug": how.debug,
        "tries": how.tries,
    }
    file.write_bytes(msgpack.packb(script, unicode_errors="surrogatepass"))
