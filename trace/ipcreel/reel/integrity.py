"""Whether what stands in a reel fits together: a reel is somebody else's, and may be damaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 16  # events looked at together: few enough to stay in the processor's cache
_LATEST_NS = 1 << 62

Fits = Callable[[Any], bool]


def _is(*kinds: type) -> Fits:
    return lambda value: isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)


def _int64(value: Any) -> bool:
    return _is(int)(value) and abs(value) < _LATEST_NS


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _number_or_none(value: Any) -> bool:
    return value is None or _int64(value)


def _costs(value: Any) -> bool:
    names = ("instant", "blocking", "payload", "fork")
    return isinstance(value, dict) and all(isinstance(value.get(name), int | float) for name in names)


def _parts(value: Any) -> bool:
    left_out = value.get("left_out") if isinstance(value, dict) else None
    return isinstance(left_out, list) and all(map(_int64, left_out)) and _int64(value.get("until_ns"))


_TABLES = ("processes", "lanes", "operations", "objects", "sites", "sources")
_LISTS: dict[str, tuple[Fits, ...]] = {
    "lanes": (_int64, _int64, _int64, _is(str)),
    "objects": (_is(str), _is(bool), _is(object), _is(str)),
    "sites": (_is(str), _int64, _is(str), _int64),
    "sources": (_is(str), _int64, _int64, _is(str)),
}
_MAPS: dict[str, dict[str, Fits]] = {
    "processes": {
        "pid": _int64, "ppid": _int64, "parent": _number_or_none, "how": _is(str), "begin_ns": _int64,
        "begin_unix_ns": _int64, "tape": _is(str), "facts": _is(dict), "stopped": _is(str, type(None)),
        "replaces": _number_or_none,
    },
    "operations": {
        "code": _int64, "name": _is(str), "mechanism": _is(str), "module": _is(str), "blocks": _is(bool),
        "flow": _is(str, type(None)), "semantic": _is(bool), "replay": _is(str), "a": _is(str), "b": _is(str),
        "payload": _is(str),
    },
}  # fmt: skip
_OF_RUN: dict[str, Fits] = {
    "command": _texts, "status": _number_or_none, "asked_to_end_ns": _number_or_none, "unrecorded": _is(list),
    "part": _parts, "words": _texts, "pid": _int64, "cpu_seconds": _is(int, float),
    "cost_ns": lambda value: value is None or _costs(value),
    "still_running": lambda value: isinstance(value, list) and all(_int64(pid) for pid in value),
}  # fmt: skip
_OF_PROCESS: dict[str, Fits] = {"argv": _texts, "executable": _is(str), "python": _is(str), "folder": _is(str)}
_OF_FACTS: dict[str, Fits] = {
    "name": _is(str, type(None)), "ended_ns": _number_or_none, "start_ns": _int64, "unrecorded": _is(list),
    "environment": _is(bytes), "surroundings": _is(dict),
}  # fmt: skip


def wrong_definitions(definitions: Any) -> str | None:
    """What is wrong with the tables of a reel, in a few words; None where they can be worked with."""
    if not isinstance(definitions, dict) or not isinstance(definitions.get("run"), dict):
        return "they are no map with what is known of the run"
    for name in _TABLES:
        table = definitions.get(name)
        if not isinstance(table, list):
            return f"they hold no table of {name}"
        for row, value in enumerate(table):
            if not _fits(name, value):
                return f"row {row} of {name} is {str(value)[:60]}"
    for key, fits in _OF_RUN.items():
        if key in definitions["run"] and not fits(definitions["run"][key]):
            return f"{key} of the run is {str(definitions['run'][key])[:60]}"
    return _wrong_references(definitions)


def _fits(name: str, value: Any) -> bool:
    if name in _LISTS:
        kinds = _LISTS[name]
        return isinstance(value, list) and len(value) == len(kinds) and all(map(_apply, kinds, value))
    if not isinstance(value, dict) or not all(key in value and fits(value[key]) for key, fits in _MAPS[name].items()):
        return False
    return _optional(value, _OF_PROCESS) and _optional(value.get("facts", {}), _OF_FACTS)


def _optional(values: dict[str, Any], kinds: dict[str, Fits]) -> bool:
    return all(key not in values or fits(values[key]) for key, fits in kinds.items())


def _apply(fits: Fits, value: Any) -> bool:
    return fits(value)


def _wrong_references(definitions: dict[str, Any]) -> str | None:
    processes = definitions["processes"]
    for row, lane in enumerate(definitions["lanes"]):
        if not 0 <= lane[0] < len(processes):
            return f"lane {row} is of process {lane[0]}, and there are {len(processes)}"
    for row, process in enumerate(processes):
        parent = process["parent"]
        if parent is not None and not 0 <= parent < len(processes):
            return f"process {row} is a child of process {parent}, and there are {len(processes)}"
        if _is_own_ancestor(processes, row):
            return f"process {row} is its own ancestor"
    if not definitions["objects"] or not definitions["sites"]:
        return "they hold no row 0 of objects or of sites"
    return None


def _is_own_ancestor(processes: list[dict[str, Any]], row: int) -> bool:
    ancestor, steps = processes[row]["parent"], 0
    while ancestor is not None and steps <= len(processes):
        if not 0 <= ancestor < len(processes):
            return False
        ancestor, steps = processes[ancestor]["parent"], steps + 1
    return ancestor is not None


def unknown_operations(raw: NDArray[np.void], known: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Rows for the operations of events of which the table says nothing."""
    table = np.zeros(1 << 16, np.bool_)
    table[[code for code in known if 0 <= code < len(table)]] = True
    unknown: set[int] = set()
    for first in range(0, len(raw), _CHUNK):
        op = raw["op"][first : first + _CHUNK].astype(np.uint16)
        unknown.update(op[~table[op]].tolist())
    nothing = {"mechanism": "unknown", "module": "", "flow": None, "blocks": False, "semantic": False}
    nothing |= {"replay": "fence", "a": "a", "b": "b", "payload": ""}
    return {code: {"code": code, "name": f"operation {code:#06x}", **nothing} for code in sorted(unknown)}


def kept_events(raw: NDArray[np.void], definitions: dict[str, Any]) -> NDArray[np.int64] | None:
    """The places of the events that fit the tables, in order of begin; None where all do and stand so."""
    tables = (len(definitions["lanes"]), len(definitions["objects"]), len(definitions["sites"]))
    if _all_fit(raw, *tables):
        return None
    begin, end = raw["begin_ns"].astype(np.uint64), raw["end_ns"].astype(np.int64)
    fits = (raw["lane"] < tables[0]) & (raw["object"] < tables[1]) & (raw["site"] < tables[2])
    fits &= (begin < _LATEST_NS) & (end > -_LATEST_NS) & (end < _LATEST_NS)
    began = np.where(fits, begin, 0).astype(np.int64)
    fits &= (end == 0) | (np.abs(np.where(fits, end, 0)) >= began)
    places = np.flatnonzero(fits)
    return places[np.argsort(began[places], kind="stable")]


def _all_fit(raw: NDArray[np.void], lanes: int, objects: int, sites: int) -> bool:
    latest = 0
    for first in range(0, len(raw), _CHUNK):
        part = raw[first : first + _CHUNK]
        begin, end = part["begin_ns"].astype(np.int64), part["end_ns"].astype(np.int64)
        if begin[0] < latest or bool(np.any(begin[1:] < begin[:-1])) or begin[-1] >= _LATEST_NS:
            return False
        if part["lane"].max() >= lanes or part["object"].max() >= objects or part["site"].max() >= sites:
            return False
        if bool(np.any((end != 0) & (np.abs(end) < begin))) or end.max() >= _LATEST_NS:
            return False
        latest = int(begin[-1])
    return True
