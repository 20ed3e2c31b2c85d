"""The shortest prefix of a run, and the fewest of its processes, that still show a finding.

Nothing is guessed: whatever is left out, `check` has to find the same in what is left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings import Finding
from ipcreel.analysis.keys import each_once
from ipcreel.analysis.order import cone
from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.opening import open_reel
from ipcreel.tape.part import Whole, write_part


@dataclass(frozen=True)
class Minimal:
    """What is left of a run.

    Attributes:
        finding: the finding, with the rows of the whole run.
        processes: the rows of the processes that are kept.
        until_ns: when it ends, CLOCK_MONOTONIC.
        rows: the events that are kept.
        ways: the rows of the processes that are kept up to a fork alone, for a replay of what they forked.
    """

    finding: Finding
    processes: tuple[int, ...]
    until_ns: int
    rows: NDArray[np.int64]
    ways: tuple[int, ...]


def find_finding(reel: Reel, number: int | None, code: str | None) -> Finding | None:
    """The finding of this number, or the first of this code, or the first; None where there is none.

    Raises:
        ReelError: there are findings, but none of that number.
    """
    if number is not None and reel.findings and not 1 <= number <= len(reel.findings):
        raise ReelError(f"{reel.path}: there is no finding {number}: `ipcreel check` finds {len(reel.findings)}.")
    if number is not None:
        return reel.findings[number - 1] if reel.findings else None
    return next((finding for finding in reel.findings if code in (None, finding.code)), None)


def minimize(reel: Reel, finding: Finding, output: Path) -> Minimal:
    """Write the smallest part of a run that still shows a finding.

    The processes of its proof are tried first, then those that had an influence on it, then all; of those that show it
    one after the other is left out, as long as it still shows. Then the end is brought forward likewise.

    Args:
        reel: the run.
        finding: one of its findings.
        output: the reel to be.

    Returns:
        What was kept.

    Raises:
        OSError: the reel cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="ipcreel-") as folder:
        search = _Search(reel, finding, Path(folder, "part.reel"))
        processes = search.fewest(search.first_that_show())
        until_ns = search.earliest(processes)
    ways = search.ways(processes)
    rows = np.union1d(search.rows(processes, until_ns), search.rows_of(ways))
    write_part(search.whole, rows, sorted([*processes, *ways]), until_ns, output)
    return Minimal(finding, tuple(processes), until_ns, rows, tuple(sorted(ways)))


class _Search:
    def __init__(self, reel: Reel, finding: Finding, part: Path) -> None:
        self.reel = reel
        self.finding = finding
        self.part = part
        tables = {
            "run": reel.run, "processes": reel.processes, "lanes": reel.lanes,
            "operations": list(reel.operations.values()), "objects": reel.objects, "sites": reel.sites,
            "sources": reel.sources,
        }  # fmt: skip
        self.whole = Whole(reel.mapped, tables, reel.raw, reel.cut, reel.payloads_end)

    def rows(self, processes: Iterable[int], until_ns: int) -> NDArray[np.int64]:
        """What was over by then, and what had begun and never returned."""
        reel = self.reel
        over = np.where(reel.pending, reel.begin, reel.end) <= until_ns
        return np.flatnonzero(over & np.isin(reel.process, list(processes)))

    def ways(self, processes: list[int]) -> dict[int, int]:
        """The processes that lead to some by forks and are none of them, each with when it last forked one, ns."""
        ways: dict[int, int] = {}
        table, left = self.reel.processes, list(processes)
        while left:
            child = table[left.pop()]
            parent = child["parent"] if child["how"] == "fork" else None
            if parent is not None and parent not in processes:
                ways[parent] = max(int(child["begin_ns"]), ways.get(parent, 0))
                left.append(parent)
        return ways

    def rows_of(self, ways: dict[int, int]) -> NDArray[np.int64]:
        """What these did up to their forks."""
        reel = self.reel
        each = [np.flatnonzero((reel.process == row) & (reel.begin <= until_ns)) for row, until_ns in ways.items()]
        return np.concatenate(each) if each else np.empty(0, np.int64)

    def shows(self, processes: list[int], until_ns: int) -> bool:
        """Whether a part of the run shows the finding: the same kind of it, at the same event, by no other proof."""
        rows = self.rows(processes, until_ns)
        if not np.isin(self.finding.events[0], rows):
            return False
        write_part(self.whole, rows, processes, until_ns, self.part)
        found = [finding for finding in open_reel(self.part).findings if finding.code == self.finding.code]
        proofs = [rows[list(finding.events)].tolist() for finding in found if finding.events]
        return any(proof[0] == self.finding.events[0] and set(proof) <= set(self.finding.events) for proof in proofs)

    def first_that_show(self) -> list[int]:
        """Processes that are enough, the fewest first."""
        reel, proof = self.reel, list(self.finding.events)
        of_proof = each_once(reel.process[proof])
        causes = each_once(np.concatenate([reel.process[cone(reel.order, row, after=False)] for row in proof]))
        for some in (of_proof, np.union1d(of_proof, causes)):
            if self.shows(some.tolist(), reel.end_ns):
                return [int(row) for row in some]
        return list(range(len(reel.processes)))

    def fewest(self, processes: list[int]) -> list[int]:
        """Without those that can be left out: halves first, then one by one."""
        size = len(processes) // 2
        while size:
            for first in range(0, len(processes), size):
                rest = processes[:first] + processes[first + size :]
                if rest and len(rest) < len(processes) and self.shows(rest, self.reel.end_ns):
                    processes = rest
                    break
            else:
                size //= 2
        return processes

    def earliest(self, processes: list[int]) -> int:
        """The earliest moment by which it shows: not before all of its proof is there."""
        reel, rows = self.reel, self.rows(processes, self.reel.end_ns)
        ends = np.where(reel.pending, reel.begin, reel.end)
        moments, proof = each_once(ends[rows]), np.intersect1d(self.finding.events, rows)
        moments = np.append(moments[moments >= ends[proof].max()], reel.end_ns)
        return int(moments[_first(len(moments), lambda place: self.shows(processes, int(moments[place])))])


def _first(count: int, shows: Callable[[int], bool]) -> int:
    """The first place from which on something shows, where it shows at the last."""
    if shows(0):
        return 0
    low, high = 0, count - 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high
