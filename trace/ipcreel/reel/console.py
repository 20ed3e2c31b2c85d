"""The lines that a run wrote to its console, or read from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

from ipcreel.reel.error import ReelError

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

_STREAMS = ("stdin", "stdout", "stderr")
_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A line, or what was left of one when its lane ended.

    Attributes:
        event: the operation in which it began.
        at_s: when that was, from the begin of the reel.
        lane: the name of the lane that wrote or read it.
        stream: `stdout`, `stderr` or `stdin`.
        text: without the end of the line; bytes that are no UTF-8 are replaced.
    """

    event: int
    at_s: float
    lane: str
    stream: str
    text: str

    def __str__(self) -> str:
        return f"{self.at_s:.6f} s  {self.lane}  {self.stream}  {self.text}"


class Console(Sequence[Line]):
    """The lines of a run, in the order in which they began."""

    def __init__(self, name: str, lines: Sequence[Line]) -> None:
        self._name = name
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> Console: ...
    def __getitem__(self, place: int | slice) -> Line | Console:
        return Console(self._name, self._lines[place]) if isinstance(place, slice) else self._lines[place]

    def __repr__(self) -> str:
        head = f"{len(self):,} line{'s' * (len(self) != 1)} of {self._name}"
        return "\n".join([head, *map(str, self._lines[:_SHOWN]), *(["…"] if len(self) > _SHOWN else [])])

    def _repr_html_(self) -> str:
        from ipcreel.reel import notebook

        return notebook.of_console(self, self._name)


def read_console(reel: Reel) -> Console:
    """The console of a run: what each lane wrote to a stream is joined, and cut at the ends of lines."""
    begun: dict[tuple[int, int], tuple[int, bytes]] = {}
    lines: list[tuple[int, int, int, bytes]] = []
    for row, lane, stream, data in _pieces(reel):
        event, whole = begun.pop((lane, stream), (row, b""))
        *ended, rest = (whole + data).split(b"\n")
        lines += [(event if number == 0 else row, lane, stream, line) for number, line in enumerate(ended)]
        if rest:
            begun[lane, stream] = (row if ended else event, rest)
    lines += [(event, lane, stream, rest) for (lane, stream), (event, rest) in begun.items()]
    lines.sort(key=lambda line: line[0])
    names = {lane: reel.lane_name(lane) for lane in {lane for _, lane, _, _ in lines}}
    made = [
        Line(
            event,
            int(reel.begin[event] - reel.begin_ns) / 1e9,
            names[lane],
            _STREAMS[stream],
            line.decode("utf-8", "replace"),
        )
        for event, lane, stream, line in lines
    ]
    return Console(reel.path.name, made)


def _pieces(reel: Reel) -> Iterator[tuple[int, int, int, bytes]]:
    """The event, the lane, the descriptor, and what was carried, of each operation on a standard stream."""
    codes = [code for code, row in reel.operations.items() if str(row["name"]).startswith("console.")]
    asks = {code for code in codes if reel.operations[code]["name"] == "console.prompt"}
    rows = np.flatnonzero(np.isin(reel.op, codes) & ~reel.raised & ~reel.pending)
    for row, lane, stream in zip(rows.tolist(), reel.lane[rows].tolist(), reel.a[rows].tolist(), strict=True):
        try:
            carried = reel.payload(row)
        except ReelError as error:
            carried = f"({error})"
        if isinstance(carried, str):
            carried = f"{carried}\n".encode()
        elif isinstance(carried, (bytes, bytearray)):
            carried = bytes(carried[: max(int(reel.b[row]), 0)])
            if int(reel.op[row]) in asks:  # whoever was asked ended the line
                carried += b"\n"
        else:
            continue
        yield row, lane, min(max(stream, 0), 2), carried
