"""Which events of a reel are meant: by process, mechanism, operation, object and time."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.mechanisms import TRANSPORTS
from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.moments import window_ns


@dataclass(frozen=True)
class Selection:
    """A choice of events; what is None does not restrict it. Names may hold * and ?.

    Attributes:
        process: a name or a pid.
        mechanism: `sysv`, `tcp`, …; `socket` is every socket.
        operation: `sysv.queue.send`, or a part of it after which more comes, such as `sysv.queue`.
        object: the name of an object, or its role: `queue 0x2a`, `tcp home-3 ⇄ market`.
        since, until: moments, as `reel.moments` reads them.
    """

    process: str | None = None
    mechanism: str | None = None
    operation: str | None = None
    object: str | None = None
    since: str | None = None
    until: str | None = None


def select(reel: Reel, selection: Selection, growing: bool = False) -> NDArray[np.int64]:
    """The rows of the events that `selection` means, ascending.

    Args:
        growing: the reel is a recording in progress: a process or an object that is not known yet may come.

    Raises:
        ReelError: a name or a moment that the reel does not know, with those that it does.
    """
    chosen = np.ones(len(reel), np.bool_)
    since_ns, until_ns = window_ns(reel, selection.since, selection.until)
    if selection.process is not None:
        names = [(reel.process_name(row), str(process["pid"])) for row, process in enumerate(reel.processes)]
        rows = [row for row, pair in enumerate(names) if any(fnmatchcase(name, selection.process) for name in pair)]
        if not growing:
            _must_exist(reel, "process", selection.process, rows, [name for name, _ in names])
        chosen &= np.isin(reel.process, rows)
    if selection.mechanism is not None:
        chosen &= _by_mechanism(reel, selection.mechanism)
    if selection.operation is not None:
        chosen &= _by_operation(reel, selection.operation)
    if selection.object is not None:
        chosen &= np.isin(reel.object, _objects(reel, selection.object, growing))
    if selection.since is not None:
        chosen &= reel.end >= since_ns
    if selection.until is not None:
        chosen &= reel.begin <= until_ns
    return np.flatnonzero(chosen)


def _objects(reel: Reel, wanted: str, growing: bool) -> list[int]:
    """The objects of a name; where none has it, those of a role."""
    names = [str(row[3]) for row in reel.objects]
    rows = [row for row, name in enumerate(names) if row and fnmatchcase(name, wanted)]
    if not rows and not growing:
        rows = [row for row, role in enumerate(reel.object_roles) if row and fnmatchcase(role, wanted)]
        _must_exist(reel, "object", wanted, rows, [*names[1:], *filter(None, reel.object_roles)])
    return rows


def _by_mechanism(reel: Reel, wanted: str) -> NDArray[np.bool_]:
    names, mechanism = reel.mechanisms
    rows = [row for row, name in enumerate(names) if fnmatchcase(name, wanted)]
    of_operations = {code: str(row["mechanism"]) for code, row in reel.operations.items()}
    codes = [code for code, name in of_operations.items() if fnmatchcase(name, wanted)]
    if not rows and wanted not in TRANSPORTS:
        _must_exist(reel, "mechanism", wanted, codes, sorted({*names, *of_operations.values(), *TRANSPORTS}))
    return np.isin(mechanism, rows) | np.isin(reel.op, codes)


def _by_operation(reel: Reel, wanted: str) -> NDArray[np.bool_]:
    names = {code: str(row["name"]) for code, row in reel.operations.items()}
    codes = [code for code, name in names.items() if fnmatchcase(name, wanted) or name.startswith(wanted + ".")]
    _must_exist(reel, "operation", wanted, codes, sorted(set(names.values())))
    return np.isin(reel.op, codes)


def _must_exist(reel: Reel, what: str, wanted: str, found: list[int], known: list[str]) -> None:
    if not found:
        names = [*dict.fromkeys(known)]
        near = get_close_matches(wanted, names, 5, 0.8) or names[:30]
        shown = ", ".join(near) + (", …" if len(names) > len(near) else "")
        raise ReelError(f"{reel.path.name}: no {what} {wanted}. There are: {shown}.")
