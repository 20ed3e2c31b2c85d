"""Where a replay is to stop: an event of a process, or a line of its program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipcreel.reel import Reel, ReelError
from ipcreel.reel.moments import moment_ns
from ipcreel.replay.lines import is_file
from ipcreel.replay.plan import find_process, replayable


@dataclass(frozen=True)
class Place:
    """A process, and where it is to stop.

    Attributes:
        process: its row.
        event: the event before which it stops.
        line: the file and the number of the line before which it stops, the first time that it comes there.
    """

    process: int
    event: int | None = None
    line: tuple[str, int] | None = None


def at_begin(reel: Reel, wanted: str | None) -> Place:
    """The first event of a process.

    Raises:
        ReelError: there is no such process, or it did nothing.
    """
    process = find_process(reel, wanted)
    return Place(process, int(_events(reel, process)[0]))


def at_event(reel: Reel, wanted: str | None, event: int) -> Place:
    """An event, in its own process.

    Raises:
        ReelError: there is no such event, or it belongs to another process than the one that is wanted.
    """
    if not 0 <= event < len(reel):
        raise ReelError(f"{reel.path}: there is no event {event}: the last one is {len(reel) - 1}.")
    return Place(_same(reel, wanted, int(reel.process[event]), f"event {event}"), event)


def at_finding(reel: Reel, wanted: str | None, number: int) -> Place:
    """Where to look first for a finding of `ipcreel check`, by its number there.

    Raises:
        ReelError: there is no such finding.
    """
    findings = reel.findings
    if not 1 <= number <= len(findings):
        found = f"`ipcreel check` finds {len(findings)}" if findings else "`ipcreel check` finds nothing"
        raise ReelError(f"{reel.path}: there is no finding {number}: {found}.")
    event = findings[number - 1].events[0]
    return Place(_same(reel, wanted, int(reel.process[event]), f"finding {number}"), event)


def at_moment(reel: Reel, wanted: str | None, moment: str) -> Place:
    """The first event that a process begins at a moment or after it.

    Raises:
        ReelError: the reel has no such moment, or the process did nothing from then on.
    """
    at_ns = moment_ns(reel, moment)
    process = find_process(reel, wanted)
    rows = _events(reel, process)
    after = rows[reel.begin[rows] >= at_ns]
    if len(after):
        return Place(process, int(after[0]))
    last = int(rows[-1])
    seconds, last_s = ((ns - reel.begin_ns) / 1e9 for ns in (at_ns, int(reel.begin[last])))
    raise ReelError(
        f"{reel.path}: {reel.process_name(process)} began nothing after {moment} ({seconds:.6f} s): "
        f"its last event is {last}, at {last_s:.6f} s."
    )


def at_line(reel: Reel, wanted: str | None, text: str) -> Place:
    """A line of the program, `home.py:88`; of the process that is wanted, or the only one that was seen in that file.

    Raises:
        ReelError: `text` is no line, or it is open which process is meant.
    """
    file, colon, number = text.rpartition(":")
    if not colon or not file or not number.isdigit():
        raise ReelError(f"--line {text}: a file and a line of it were expected, such as home.py:88.")
    if wanted is not None:
        return Place(find_process(reel, wanted), line=(file, int(number)))
    sites = [row for row, site in enumerate(reel.sites) if is_file(str(site[0]), file)]
    seen = np.unique(reel.process[np.isin(reel.site, sites)]).tolist()
    if len(seen) == 1:
        return Place(seen[0], line=(file, int(number)))
    names = ", ".join(f"{reel.process_name(row)} ({reel.processes[row]['pid']})" for row in seen[:20])
    known = f"In {file} were: {names}." if seen else f"No event of {reel.path} comes from a file {file}."
    raise ReelError(f"--line {text}: say in which process: --process NAME. {known}")


def _events(reel: Reel, process: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    rows = np.flatnonzero(reel.process == process)
    if not len(rows):
        raise ReelError(f"{reel.path}: {reel.process_name(process)} did nothing that was recorded.")
    return rows


def _same(reel: Reel, wanted: str | None, process: int, what: str) -> int:
    """The process that `what` is of, which must be the wanted one, where one is."""
    if wanted is not None and process not in replayable(reel, wanted):
        pair = f"{reel.process_name(process)} ({reel.processes[process]['pid']})"
        raise ReelError(f"{reel.path}: {what} is in {pair}, not in {wanted}. Leave --process out.")
    return process
