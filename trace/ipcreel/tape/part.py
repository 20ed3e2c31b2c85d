"""A part of a reel as a reel of its own: some of its events, each as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel.tape import reel_file

_OF_LANES = 0  # the column of `lanes` that says of which process each is
_FIRST_LOOK = 4096  # bytes: most payloads are shorter


@dataclass(frozen=True)
class Whole:
    """What a part is taken of.

    Attributes:
        data: the bytes of its file.
        definitions: its tables.
        events: (n,) event.dtype(), as they stand there.
        cut: event → the size that its payload had, where it was cut.
        payloads_end: the offset behind the last payload.
    """

    data: Any
    definitions: dict[str, Any]
    events: NDArray[np.void]
    cut: dict[int, int]
    payloads_end: int


def write_part(whole: Whole, rows: NDArray[np.int64], processes: list[int], until_ns: int, output: Path) -> int:
    """Write some events of a reel, and replace `output` by them once they are whole.

    Objects and call sites keep their numbers: what points to one of them by its key goes on doing so.

    Args:
        whole: the reel.
        rows: the events that are kept, ascending; of processes that are kept.
        processes: the rows of those.
        until_ns: when the part ends.
        output: the reel to be.

    Returns:
        The size of the file.

    Raises:
        OSError: it cannot be written.
    """
    events = whole.events[rows].copy()
    lanes = [row for row, lane in enumerate(whole.definitions["lanes"]) if lane[_OF_LANES] in processes]
    events["lane"] = np.searchsorted(lanes, events["lane"])
    stream, places = _payloads(whole, events)

    def events_of(bases: list[int]) -> tuple[list[NDArray[np.void]], dict[str, Any]]:
        events["payload"] = np.where(places >= 0, places + bases[0], 0)
        sizes = [[place, whole.cut[row]] for place, row in enumerate(rows.tolist()) if row in whole.cut]
        return [events], {
            "cut": sizes,
            "begin_ns": int(events["begin_ns"][0]) if len(events) else 0,
            "end_ns": until_ns,
        }

    with reel_file.replacing(output) as file:
        return reel_file.write(file, _definitions(whole, processes, lanes, until_ns), [stream], events_of)


def _payloads(whole: Whole, events: NDArray[np.void]) -> tuple[bytes, NDArray[np.int64]]:
    """The payloads of the events, and where each begins among them; -1 for none."""
    places, stream = np.full(len(events), -1, np.int64), bytearray()
    for row, at in enumerate(events["payload"].tolist()):
        if at:
            places[row] = len(stream)
            stream += whole.data[at : at + _size_of(whole.data, at, whole.payloads_end)]
    return bytes(stream), places


def _size_of(data: Any, at: int, end: int) -> int:
    """How many bytes the value at an offset has."""
    size = _FIRST_LOOK
    while True:
        unpacker = msgpack.Unpacker(max_buffer_size=0)
        unpacker.feed(data[at : min(at + size, end)])
        try:
            unpacker.skip()
        except msgpack.OutOfData:
            if at + size >= end:
                return end - at
            size *= 64
            continue
        return int(unpacker.tell())


def _definitions(whole: Whole, processes: list[int], lanes: list[int], until_ns: int) -> dict[str, Any]:
    tables = whole.definitions
    number = {row: place for place, row in enumerate(processes)}
    asked_ns = tables["run"].get("asked_to_end_ns")
    left_out = [process["pid"] for row, process in enumerate(tables["processes"]) if row not in number]
    run = {
        **tables["run"],
        "asked_to_end_ns": asked_ns if asked_ns and asked_ns <= until_ns else None,
        "part": {"left_out": left_out, "until_ns": until_ns},
    }
    kept = [tables["processes"][row] for row in processes]
    return {
        **tables,
        "run": run,
        "processes": [
            {
                **process,
                "parent": number.get(process["parent"]),
                "replaces": number.get(process["replaces"]),
                "facts": _known_by(process["facts"], until_ns),
            }
            for process in kept
        ],
        "lanes": [[number[lane[0]], *lane[1:]] for lane in (tables["lanes"][row] for row in lanes)],
    }


def _known_by(facts: dict[str, Any], until_ns: int) -> dict[str, Any]:
    """What was known of a process at a moment: not that it ended later."""
    return {key: value for key, value in facts.items() if key != "ended_ns" or value <= until_ns}
