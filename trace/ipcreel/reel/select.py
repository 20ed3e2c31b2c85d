"""Which events of a reel are meant: by process, mechanism, operation, object and time."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.text import parse_duration


@dataclass(frozen=True)
class Selection:
    """A choice of events; what is None does not restrict it. Names may hold * and ?.

    Attributes:
        process: a name or a pid.
        mechanism: `sysv`, `tcp`, …
        operation: `sysv.queue.send`, or a part of it after which more comes, such as `sysv.queue`.
        object: the name of an object.
        since, until: a moment: `1.5s`, `20ms` after the begin of the reel.
    """

    process: str | None = None
    mechanism: str | None = None
    operation: str | None = None
    object: str | None = None
    since: str | None = None
    until: str | None = None


def select(reel: Reel, selection: Selection) -> NDArray[np.int64]:
    """The rows of the events that `selection` means, ascending.

    Raises:
        ReelError: a name or a moment that the reel does not know, with those that it does.
    """
    chosen = np.ones(len(reel), np.bool_)
    if selection.process is not None:
        names = [(reel.process_name(row), str(process["pid"])) for row, process in enumerate(reel.processes)]
        rows = [row for row, pair in enumerate(names) if any(fnmatchcase(name, selection.process) for name in pair)]
        _must_exist(reel, "process", selection.process, rows, [name for name, _ in names])
        chosen &= np.isin(reel.process, rows)
    if selection.mechanism is not None:
        chosen &= _by_operation(reel, "mechanism", selection.mechanism, exact=True)
    if selection.operation is not None:
        chosen &= _by_operation(reel, "operation", selection.operation, exact=False)
    if selection.object is not None:
        names_of = [str(row[3]) for row in reel.objects]
        rows = [row for row, name in enumerate(names_of) if row and fnmatchcase(name, selection.object)]
        _must_exist(reel, "object", selection.object, rows, names_of[1:])
        chosen &= np.isin(reel.object, rows)
    if selection.since is not None:
        chosen &= reel.end >= moment_ns(reel, selection.since)
    if selection.until is not None:
        chosen &= reel.begin <= moment_ns(reel, selection.until)
    return np.flatnonzero(chosen)


def moment_ns(reel: Reel, text: str) -> int:
    """The moment that `text` means, in ns of CLOCK_MONOTONIC.

    Raises:
        ReelError: it means none.
    """
    duration_ns = parse_duration(text)
    if duration_ns is None:
        raise ReelError(f"{text}: no moment of a reel. Give a time after its begin, such as 1.5s or 20ms.")
    return reel.begin_ns + duration_ns


def _by_operation(reel: Reel, what: str, wanted: str, exact: bool) -> NDArray[np.bool_]:
    names = {code: str(row["mechanism" if exact else "name"]) for code, row in reel.operations.items()}
    codes = [
        code
        for code, name in names.items()
        if fnmatchcase(name, wanted) or (not exact and name.startswith(wanted + "."))
    ]
    _must_exist(reel, what, wanted, codes, sorted(set(names.values())))
    return np.isin(reel.op, codes)


def _must_exist(reel: Reel, what: str, wanted: str, found: list[int], known: list[str]) -> None:
    if not found:
        shown = ", ".join(dict.fromkeys(known[:30])) + (", …" if len(known) > 30 else "")
        raise ReelError(f"{reel.path.name}: no {what} {wanted}. There are: {shown}.")
