"""Makes the tapes of a run into a reel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.tape import reel_file
from ipcreel.tape.layout import tape_names
from ipcreel.tape.merging import put_events
from ipcreel.tape.reader import TapeContent, TapeError, read_tape

_NAMED_OTHERWISE = frozenset(("thread", "call", "executor", "pool"))  # not by the line that made them
_BLOCK = 1 << 15  # events, that are put together at a time


@dataclass
class _Tables:
    """What the tapes define, under numbers that hold for the whole reel."""

    processes: list[dict[str, Any]] = field(default_factory=list)
    lanes: list[list[Any]] = field(default_factory=list)
    objects: list[list[Any]] = field(default_factory=lambda: [["", False, None, ""]])
    sites: list[list[Any]] = field(default_factory=lambda: [["", 0, "", 0]])
    sources: dict[str, list[Any]] = field(default_factory=dict)
    object_numbers: dict[Any, int] = field(default_factory=dict)
    site_numbers: dict[Any, int] = field(default_factory=dict)


@dataclass
class _Numbers:
    """How one tape's numbers translate: `objects[local] == number in the reel`."""

    process: int
    first_lane: int
    objects: NDArray[np.uint32]
    sites: NDArray[np.uint32]


def merge(directory: Path, output: Path, operations: list[dict[str, Any]], run: dict[str, Any]) -> dict[str, Any]:
    """Write the reel of the tapes in `directory`, and replace `output` by it once it is whole.

    Args:
        directory: where the tapes are; they are only read.
        output: the reel.
        operations: the table of operations: plain maps, each with `code` and `name`.
        run: what is known of the run as a whole.

    Returns:
        What was written: numbers of `processes`, `events`, `bytes`, and `stopped`, the tapes that ended early.

    Raises:
        OSError: the reel cannot be written.
    """
    return write_reel(*_read_tapes(directory), output, operations, run)[0]


def write_reel(
    tapes: list[TapeContent],
    unreadable: list[str],
    output: Path,
    operations: list[dict[str, Any]],
    run: dict[str, Any],
    last_ns: int = 0,
) -> tuple[dict[str, Any], list[NDArray[np.int64]]]:
    """Write the reel of some tapes, and replace `output` by it once it is whole.

    Args:
        tapes: what was read of them.
        unreadable: what is to be said of the others.
        last_ns: the reel ends then, or with its last event where that is later.

    Returns:
        What was written, as `merge` says it, and for each tape the rows of its events in the reel.

    Raises:
        OSError: the reel cannot be written.
    """
    tables = _Tables()
    numbers = _number_all(tapes, tables)
    definitions = {
        "run": {**run, "unrecorded": [*run.get("unrecorded", []), *unreadable]} if unreadable else run,
        "processes": tables.processes,
        "lanes": tables.lanes,
        "operations": operations,
        "objects": tables.objects,
        "sites": tables.sites,
        "sources": list(tables.sources.values()),
    }
    with reel_file.replacing(output) as file:
        size, place = _write(file, definitions, tapes, numbers, last_ns)
    stopped = {tape.name: tape.stopped for tape in tapes if tape.stopped is not None}
    counts = {"processes": len(tapes), "lanes": len(tables.lanes), "events": len(place), "bytes": size}
    ends = np.cumsum([len(tape.taped) for tape in tapes])
    return {**counts, "stopped": stopped}, np.split(place, ends[:-1]) if tapes else []


def _read_tapes(directory: Path) -> tuple[list[TapeContent], list[str]]:
    """The tapes that can be read, and what is to be said of the others."""
    tapes, unreadable = [], []
    for name in tape_names(directory):
        try:
            tapes.append(read_tape(directory, name))
        except TapeError as error:
            unreadable.append(str(error))
    return tapes, unreadable


def _number_all(tapes: list[TapeContent], tables: _Tables) -> list[_Numbers]:
    rows = {tape.name: row for row, tape in enumerate(tapes)}
    by_pid: dict[int, list[int]] = {}
    numbers: list[_Numbers] = []
    for row, tape in enumerate(tapes):
        parent_name = tape.header.get("parent")
        parent = rows.get(parent_name) if parent_name else None
        inherited = numbers[parent] if parent is not None else None
        numbers.append(
            _Numbers(row, len(tables.lanes), _objects(tape, row, inherited, tables), _sites(tape, inherited, tables))
        )
        _add_lanes(tape, row, tables)
        earlier = by_pid.setdefault(tape.header["pid"], [])
        if parent is None:
            parent = next((r for r in reversed(by_pid.get(tape.header["ppid"], []))), None)
        tables.processes.append(_process(tape, parent, earlier[-1] if earlier else None))
        earlier.append(row)
        folder = tables.processes[-1].get("folder", "")
        for file, size, modified_ns, _ in tape.sources:
            if file not in tables.sources:
                tables.sources[file] = [file, size, modified_ns, _hash_of(Path(folder, file), size, modified_ns)]
    return numbers


def _hash_of(file: Path, size: int, modified_ns: int) -> str:
    """The SHA-256 of what ran, empty where the file is not the same any more."""
    try:
        status = file.stat()
        if (status.st_size, status.st_mtime_ns) != (size, modified_ns):
            return ""
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""


def _process(tape: TapeContent, parent: int | None, same_pid: int | None) -> dict[str, Any]:
    header = {key: value for key, value in tape.header.items() if key not in ("format", "version", "parent")}
    header |= tape.facts.get("header", {})  # what found no room in it
    return {
        **header,
        "parent": parent,
        "replaces": same_pid if header["how"] == "exec" else None,  # the process that called exec
        "tape": tape.name,
        "facts": {key: value for key, value in tape.facts.items() if key != "header"},
        "stopped": tape.stopped,
    }


def _add_lanes(tape: TapeContent, row: int, tables: _Tables) -> None:
    for number in range(max(tape.lanes, default=-1) + 1):
        native, name = tape.lanes.get(number, (0, "?"))
        tables.lanes.append([row, number, native, name])


def _objects(tape: TapeContent, row: int, inherited: _Numbers | None, tables: _Tables) -> NDArray[np.uint32]:
    """Objects that processes share are one; a private one is, after a fork, another."""
    from_parent = tape.header.get("objects_from_parent", 0)
    highest = max(max(tape.objects, default=0), from_parent)
    translation = np.zeros(highest + 1, np.uint32)
    if inherited is not None:
        known = min(from_parent + 1, len(inherited.objects))
        translation[:known] = inherited.objects[:known]
        used = np.zeros(max(known, 1), np.bool_)
        used[tape.taped["object"][tape.taped["object"] < known]] = True
        for local in (np.flatnonzero(used[1:]) + 1).tolist():
            kind, shared, key, name = tables.objects[int(translation[local])]
            if not shared:
                translation[local] = _add_object(tables, kind, False, key, name, row)
    of_one_name = _of_one_name(tables.objects[number][3] for number in translation.tolist() if number)
    for local, (kind, shared, key, name) in tape.objects.items():
        number = 1
        if not shared and kind not in _NAMED_OTHERWISE:  # two locks of one line are two
            number = of_one_name[name] = of_one_name.get(name, 0) + 1
        full = name if number == 1 else f"{name} #{number}"
        translation[local] = _add_object(tables, kind, shared, key, full, row)
    return translation


def _of_one_name(names: Iterable[str]) -> dict[str, int]:
    """How many objects have a name, or have it with a number behind it: what a process has from its parent."""
    found: dict[str, int] = {}
    for name in names:
        base, mark, number = name.rpartition(" #")
        is_numbered = bool(mark) and number.isdecimal()
        of, count = (base, int(number)) if is_numbered else (name, 1)
        found[of] = max(found.get(of, 0), count)
    return found


def _add_object(tables: _Tables, kind: str, shared: bool, key: Any, name: str, row: int) -> int:
    identity = (kind, _hashable(key), None if shared else (row, len(tables.objects)))
    number = tables.object_numbers.get(identity)
    if number is None:
        number = tables.object_numbers[identity] = len(tables.objects)
        tables.objects.append([kind, shared, key, name])
    elif len(name) > len(tables.objects[number][3]):  # whoever knew more of it said more
        tables.objects[number][3] = name
    return number


def _hashable(key: Any) -> Any:
    return tuple(_hashable(part) for part in key) if isinstance(key, list) else key


def _sites(tape: TapeContent, inherited: _Numbers | None, tables: _Tables) -> NDArray[np.uint32]:
    from_parent = tape.header.get("sites_from_parent", 0)
    translation = np.zeros(max(max(tape.sites, default=0), from_parent) + 1, np.uint32)
    if inherited is not None:
        known = min(from_parent + 1, len(inherited.sites))
        translation[:known] = inherited.sites[:known]
    for local, site in tape.sites.items():
        identity = tuple(site)
        number = tables.site_numbers.get(identity)
        if number is None:
            number = tables.site_numbers[identity] = len(tables.sites)
            tables.sites.append(site)
        translation[local] = number
    return translation


def _write(
    file: BinaryIO, definitions: dict[str, Any], tapes: list[TapeContent], numbers: list[_Numbers], last_ns: int
) -> tuple[int, NDArray[np.int64]]:
    """Returns the size of the file, and the row of each event, tape after tape."""
    place = _places(tapes)

    def events_of(bases: list[int]) -> tuple[Iterator[NDArray[np.void]], dict[str, Any]]:
        parts, cut, first = [], [np.empty((0, 2), np.int64)], 0
        for tape, number, base in zip(tapes, numbers, bases, strict=True):
            if not len(tape.taped):
                continue
            here = place[first : first + len(tape.taped)]
            payload, cut_here = _payloads(tape, here, base)
            parts.append(_Part(tape.taped, here, payload, number))
            cut.append(cut_here)
            first += len(here)
        return _blocks(parts, first), {"cut": np.concatenate(cut).tolist(), **_extent(tapes, last_ns)}

    size = reel_file.write(file, definitions, (tape.stream for tape in tapes), events_of)
    return size, place


def _places(tapes: list[TapeContent]) -> NDArray[np.int64]:
    """The row in the reel of each event, tape after tape: they go in order of begin."""
    begin_ns = np.concatenate([np.empty(0, np.uint64), *(tape.taped["begin_ns"] for tape in tapes)])
    place = np.empty(len(begin_ns), np.int64)
    place[np.argsort(begin_ns, kind="stable")] = np.arange(len(begin_ns), dtype=np.uint32)
    return place


def _payloads(tape: TapeContent, place: NDArray[np.int64], base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the payload of each event lies in the reel, 0 for none, and [row, size] of each one that was cut."""
    rows = np.searchsorted(tape.slots, tape.payloads[:, 0])
    known = rows < len(tape.slots)
    known[known] = tape.slots[rows[known]] == tape.payloads[known, 0]
    payload = np.zeros(len(tape.slots), np.int64)
    payload[rows[known]] = tape.payloads[known, 1] + base
    was_cut = known & (tape.payloads[:, 3] >= 0)
    return payload, np.stack((place[rows[was_cut]], tape.payloads[was_cut, 3]), axis=1)


class _Part:
    """The events of one tape, for a reel that is written a block at a time."""

    def __init__(
        self, taped: NDArray[np.void], place: NDArray[np.int64], payload: NDArray[np.int64], numbers: _Numbers
    ) -> None:
        self._taped, self._place, self._payload, self._numbers = taped, place, payload, numbers
        self._rows = None  # as they are
        if not (place[1:] > place[:-1]).all():
            self._rows = np.argsort(place, kind="stable")
            self._place = place[self._rows]

    def put(self, begin: int, block: NDArray[np.void]) -> None:
        """Put those that belong there into `block`, which begins at the row `begin`."""
        first, end = np.searchsorted(self._place, (begin, begin + len(block))).tolist()
        rows = slice(first, end) if self._rows is None else self._rows[first:end]
        numbers, place = self._numbers, self._place[first:end] - begin
        if len(place):
            taped, payload = self._taped[rows], self._payload[rows]
            put_events(taped, place, payload, numbers.first_lane, numbers.objects, numbers.sites, block)


def _blocks(parts: list[_Part], count: int) -> Iterator[NDArray[np.void]]:
    """All events of the reel in their order, in the same memory again and again: each first touch of some costs."""
    room = np.empty(min(_BLOCK, count), event.dtype())
    for begin in range(0, count, _BLOCK):
        block = room[: count - begin]
        for part in parts:
            part.put(begin, block)
        yield block


def _extent(tapes: list[TapeContent], last_ns: int) -> dict[str, int]:
    taped = [tape.taped for tape in tapes if len(tape.taped)]
    if not taped:
        return {"begin_ns": 0, "end_ns": 0}
    last = max(max(int(np.abs(one["end_ns"]).max()), int(one["begin_ns"].max())) for one in taped)
    return {"begin_ns": min(int(one["begin_ns"].min()) for one in taped), "end_ns": max(last, last_ns)}
