"""The small language that finds events: words, and conditions such as `op:sysv.queue took>1ms -lane:home-3`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel, payload
from ipcreel.reel.text import parse_duration

Mask = NDArray[np.bool_]

CONDITIONS = (
    ("offer", "in a lane's, operation's or object's name, or in the payload"),
    ("lane:home-*", "the lane, or its process's pid"),
    ("op:sysv.queue", "the operation"),
    ("object:books", "the object"),
    ("payload:offer", "bytes of the payload"),
    ("file:books.py", "the file and line that called"),
    ("is:blocked", "may block; also is:raised, is:pending, is:signal, is:flow"),
    ("took>1ms", "how long; also took<20us"),
    ("at<2s", "when, from the begin; also at>1.5s"),
    ("tick:7", "in this tick"),
    ("-is:signal", "leaves out what it means"),
)
"""Each kind of condition by an example, and what it means."""
HELP = "Conditions that are met together: " + "  ".join(example for example, _ in CONDITIONS)

_LOOKED_AT = 100_000
"""So many events say which names are common in a run."""

_TERM = re.compile(r"(?P<not>-?)(?:(?P<key>[a-z]+)(?P<sign>[:<>]))?(?P<value>.+)", re.DOTALL)


def conditions_of(reel: Reel) -> tuple[tuple[str, str], ...]:
    """`CONDITIONS` with names that are common in a run, so that their examples find something there."""
    if not len(reel):
        return CONDITIONS
    operation = str(reel.operations[_most_common(reel.op)]["name"])
    thing = str(reel.objects[_most_common(reel.object[reel.object > 0])][3])
    file = str(reel.sites[_most_common(reel.site)][0]).rsplit("/", 1)[-1]
    values = {
        "": operation.rsplit(".", 1)[-1],
        "lane": reel.process_name(_most_common(reel.process)),
        "op": operation.rsplit(".", 1)[0],
        "object": thing.split(" ", 1)[0],
        "file": file,
    }
    shown = []
    for example, does in CONDITIONS:
        key, sign, _ = example.rpartition(":")
        value = values.get(key, "") if sign or example.isalpha() else ""
        shown.append((shlex.quote(f"{key}{sign}{value}") if value else example, does))
    return tuple(shown)


def _most_common(column: NDArray[np.integer]) -> int:
    """0 where there is none."""
    return int(np.bincount(column[:_LOOKED_AT], minlength=1).argmax())


class QueryError(Exception):
    """A search that means nothing; the text says why."""


def find_events(reel: Reel, query: str, tick_ns: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """The events that meet all conditions of a query, ascending.

    Raises:
        QueryError: a condition is none.
    """
    try:
        words = shlex.split(query)
    except ValueError as error:
        raise QueryError(f"{query}: {error}. Quotes come in pairs.") from None
    chosen = np.ones(len(reel), np.bool_)
    for word in words:
        found = _TERM.fullmatch(word)
        assert found, "whatever is not empty matches"
        key, sign, value = found["key"], found["sign"], found["value"]
        mask = _anywhere(reel, value) if key is None else _condition(reel, key, sign, value, tick_ns)
        chosen &= ~mask if found["not"] else mask
    return np.flatnonzero(chosen)


def _condition(reel: Reel, key: str, sign: str, value: str, tick_ns: NDArray[np.int64] | None) -> Mask:
    if key in ("took", "at") and sign in "<>":
        limit_ns = parse_duration(value)
        if limit_ns is None:
            raise QueryError(f"{key}{sign}{value}: expected a duration, such as 1.5s, 20ms or 300us.")
        column = reel.end - reel.begin if key == "took" else reel.begin - reel.begin_ns
        mask: Mask = column > limit_ns if sign == ">" else column < limit_ns
        return mask
    if key == "tick" and sign == ":":
        return _tick(reel, value, tick_ns)
    look = _KEYS.get(key)
    if look is None or sign != ":":
        known = ", ".join(f"{name}:" for name in (*_KEYS, "tick"))
        raise QueryError(f"{key}{sign}{value}: there is no such condition. There are: {known}, took>, took<, at>, at<.")
    return look(reel, value)


def _matches(name: str, wanted: str) -> bool:
    """Whether a name has a text in it; with * or ? the whole name is meant."""
    name, wanted = name.lower(), wanted.lower()
    return fnmatchcase(name, wanted) if "*" in wanted or "?" in wanted else wanted in name


def _lane(reel: Reel, value: str) -> Mask:
    names = [reel.lane_name(row) for row in range(len(reel.lanes))]
    pids = [str(reel.processes[lane[0]]["pid"]) for lane in reel.lanes]
    lanes = [row for row, name in enumerate(names) if _matches(name, value) or pids[row] == value]
    return np.isin(reel.lane, lanes)


def _op(reel: Reel, value: str) -> Mask:
    return np.isin(reel.op, [code for code, row in reel.operations.items() if _matches(str(row["name"]), value)])


def _object(reel: Reel, value: str) -> Mask:
    return np.isin(reel.object, [n for n, row in enumerate(reel.objects) if n and _matches(str(row[3]), value)])


def _file(reel: Reel, value: str) -> Mask:
    return np.isin(reel.site, [n for n, row in enumerate(reel.sites) if n and _matches(f"{row[0]}:{row[1]}", value)])


def _payload(reel: Reel, value: str) -> Mask:
    """Looks in the bytes of the file: nothing is decoded. Between payloads stands what the tapes define, with names."""
    mask = np.zeros(len(reel), np.bool_)
    offsets = reel.raw["payload"].astype(np.int64)
    events = np.flatnonzero(offsets)
    if not len(events):
        return mask
    events = events[np.argsort(offsets[events], kind="stable")]
    starts = offsets[events]
    pattern = re.compile(re.escape(value.encode("utf-8", "surrogatepass")), re.IGNORECASE)
    part = memoryview(reel.mapped)[int(starts[0]) : reel.payloads_end]
    at = np.array([match.end() for match in pattern.finditer(part)], np.int64) + int(starts[0])
    place, which = np.unique(np.searchsorted(starts, at - 1, "right") - 1, return_inverse=True)
    ends = starts[place] + payload.sizes(np.frombuffer(reel.mapped, np.uint8, reel.payloads_end), starts[place])
    mask[events[place[which[at <= ends[which]]]]] = True
    return mask


def _state(reel: Reel, value: str) -> Mask:
    states: dict[str, Callable[[], Mask]] = {
        "raised": lambda: reel.raised,
        "pending": lambda: reel.pending,
        "blocked": lambda: np.isin(reel.op, list(reel.events.blocking)),
        "signal": lambda: _op(reel, "signal.*"),
        "flow": lambda: np.isin(np.arange(len(reel)), np.concatenate((reel.flows.cause, reel.flows.effect))),
    }
    if value not in states:
        raise QueryError(f"is:{value}: expected one of {', '.join(f'is:{name}' for name in states)}.")
    return states[value]()


def _tick(reel: Reel, value: str, tick_ns: NDArray[np.int64] | None) -> Mask:
    if tick_ns is None or not len(tick_ns):
        raise QueryError("tick: this reel has no ticks.")
    if not value.isdecimal() or int(value) >= len(tick_ns):
        raise QueryError(f"tick:{value}: expected a tick from 0 to {len(tick_ns) - 1}.")
    begin = tick_ns[int(value)]
    end = tick_ns[int(value) + 1] if int(value) + 1 < len(tick_ns) else reel.end_ns + 1
    mask: Mask = (reel.begin >= begin) & (reel.begin < end)
    return mask


def _anywhere(reel: Reel, value: str) -> Mask:
    return _lane(reel, value) | _op(reel, value) | _object(reel, value) | _payload(reel, value)


_KEYS: dict[str, Callable[[Reel, str], Mask]] = {
    "lane": _lane,
    "op": _op,
    "object": _object,
    "file": _file,
    "payload": _payload,
    "is": _state,
}
