"""Which tapes lead from the start of an interpreter to a process, written down for the process to come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel.event import FIELDS
from ipcreel.mechanism.operation import OUT
from ipcreel.reel import Reel, ReelError

if TYPE_CHECKING:
    from ipcreel.replay.interleavings import Interleavings
    from ipcreel.replay.place import Place

_MOST = 20  # processes that are named in a message


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
    """The rows of the processes that have a tape of the program's own, and that `wanted` may mean.

    It is a name, or a pid, or either with the place among those that are called so: `python#2`.
    """
    rows = sorted({lane[0] for lane in reel.lanes})  # a process of the library's own has a tape without a lane
    called = [row for row in rows if wanted in (None, reel.process_name(row), str(reel.processes[row]["pid"]))]
    first, mark, place = (wanted or "").rpartition("#")
    if called or not mark or not place.isdecimal():
        return called
    return replayable(reel, first)[int(place) - 1 : int(place)]


def find_process(reel: Reel, wanted: str | None) -> int:
    """The row of the process that `wanted` names, see `replayable`; where it is None, of the only one.

    Raises:
        ReelError: no process, or more than one, is known by it.
    """
    rows = replayable(reel, wanted)
    if len(rows) == 1:
        return rows[0]
    if rows and wanted is not None:
        known = _listed([_placed(reel, row, f"{wanted}#{place}") for place, row in enumerate(rows, 1)])
        raise ReelError(f"{reel.path}: {len(rows)} processes are called {wanted}. Say which: --process {known}.")
    known = _listed([f"{reel.process_name(row)} ({reel.processes[row]['pid']})" for row in replayable(reel, None)])
    if not known:
        raise ReelError(f"{reel.path}: it holds no process that could be replayed.")
    if wanted is None:
        raise ReelError(f"{reel.path}: say which process: --process NAME. There are: {known}.")
    raise ReelError(f"{reel.path}: there is no process {wanted}. There are: {known}.")


def unique_names(reel: Reel, rows: list[int]) -> list[str]:
    """What `find_process` knows each of the processes by: its name, with its place where others have it too."""
    names = [reel.process_name(row) for row in rows]
    return [
        f"{name}#{replayable(reel, name).index(row) + 1}" if names.count(name) > 1 else name
        for name, row in zip(names, rows, strict=True)
    ]


def _placed(reel: Reel, row: int, name: str) -> str:
    """A process of several with one name, as a person tells it from the others."""
    events = np.flatnonzero(reel.process == row)
    since = f", from {(int(reel.begin[events[0]]) - reel.begin_ns) / 1e9:.3f} s" if len(events) else ""
    return f"{name} (pid {reel.processes[row]['pid']}{since})"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")


def path_to(reel: Reel, process: int) -> list[int]:
    """The processes from the one whose interpreter was started down to `process`, each forked by the one before."""
    path = [process]
    while reel.processes[path[0]]["how"] == "fork":
        parent = reel.processes[path[0]]["parent"]
        if parent is None:
            raise ReelError(f"{reel.path}: the tape of the parent of {reel.processes[path[0]]['pid']} is missing.")
        path.insert(0, parent)
    return path


def _columns(reel: Reel, rows: NDArray[np.int64]) -> list[bytes]:
    """The rows of some events, and the fields of them, each as a column of integers of 64 bits."""
    events = reel.raw[rows]
    return [rows.astype("<i8").tobytes(), *(events[name].astype("<i8").tobytes() for name, _, _ in FIELDS)]


def write_script(
    reel: Reel, path: list[int], file: Path, place: Place | None, how: How, tried: Interleavings, seeks: bool
) -> None:
    """Write what the replayed process needs: for each process of the path its events, and where payloads are.

    Args:
        reel: what was recorded.
        path: the processes, see `path_to`.
        file: where to.
        place: where the replay stops.
        how: what it does there.
        tried: which of its threads come back late, and what it has shown before.
        seeks: whether it ends where something else may be tried.
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
                "columns": _columns(reel, rows),
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
        "seeks": seeks,
        "late": tried.late,
        "shown": tried.shown,
        "differs": tried.differs,
        "is_first_run": tried.is_first,
    }
    file.write_bytes(msgpack.packb(script, unicode_errors="surrogatepass"))
