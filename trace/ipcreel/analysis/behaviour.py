"""The canonical form of a run: what each role did, without what was open to scheduling."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.deeds import OPEN, Behaviour, Column, Deeds
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.inside import inside
from ipcreel.analysis.keys import each_once, number_keys, rank_in_runs, sort_stably
from ipcreel.analysis.openness import open_rows
from ipcreel.analysis.parts import Parts, divide
from ipcreel.analysis.roles import Roles

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_KEPT = re.compile(
    r"(sysv|posix)\.queue\.(send|receive|remove)|mp\.queue\.(put|get)|mp\.simple_queue\.(put|get)|queues\.\w+\.(put|get)"
    r"|\w+\.(semaphore|lock)\.(acquire|release|p|v|enter|exit|set_value)|\w+\.barrier\.wait|\w+\.event\.(set|clear|wait)"
    r"|\w+\.condition\.(wait_for|notify|notify_all)|(mp\.(value|array)|sysv\.memory)\.\w*(get|set|read|write)\w*"
    r"|socket\.endpoint\.(connect|accept|shutdown|close|send|sendall|sendto|sendmsg|recv|recv_into|recvfrom)"
    r"|connection\.message\.(send|recv)|signal\.(kill|handler\.run)|mp\.process\.start|threads\.thread\.start"
    r"|futures\.call\.submit|process\.exit"
)
# What comes in pieces whose sizes the kernel chooses.
_PIECES = ("socket.endpoint.recv", "socket.endpoint.recv_into")
_TYPED = (
    "queue.send", "queue.receive", "semaphore.set_value", "array.get", "array.set", "signal.kill", "signal.handler.run",
)  # fmt: skip
_COUNTED = ("sysv.semaphore.acquire", "sysv.semaphore.release", "sysv.semaphore.p", "sysv.semaphore.v")
_SILENT = ("socket.endpoint.accept", "socket.endpoint.connect", "mp.process.start", "threads.thread.start")
_TRIES = ("lock.acquire", "event.wait")  # they say whether they had it

_MIX, _OPEN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)


def behaviour(
    events: Events,
    flows: Flows,
    roles: Roles,
    operation_name: Callable[[int], str],
    payload_text: Callable[[int], str],
    rows: Rows | None = None,
) -> Behaviour:
    """The canonical form of a run.

    Left out: what tells of time, chance and polling; operations that raised or never returned; the order in which lanes
    got a lock; what was read while others wrote; what came through a queue that several fed or emptied at once; whether
    a pool started another thread for a call, since that depends on whether one was idle at that moment.

    Args:
        events, flows, roles: the run.
        operation_name: code → name.
        payload_text: row → the payload as text.
        rows: the events that are looked at; None for all.
    """
    names = {code: operation_name(code) for code in each_once(events.op).tolist()}
    kept = _kept(events, names, rows)
    parts = divide(events, roles, names)
    kept = kept[parts.of[kept] >= 0]
    is_open = open_rows(events, flows)
    objects, on = _numbered(roles.object)
    operations, op = _numbered([names.get(code, "") for code in range(max(names, default=0) + 1)])
    on = on[events.object]
    carried = _carried(events, roles, names, kept, is_open, payload_text)
    by_role = sort_stably(parts.of[kept])
    kept = kept[by_role]
    deeds, first_row = _in_deeds(events, names, parts, kept, on)
    whose, which = _causes(events, flows, parts, kept, is_open)
    made = Behaviour(
        parts.names,
        np.searchsorted(parts.of[kept[deeds]], np.arange(len(parts.names) + 1)),
        operations,
        objects,
        op[events.op[kept[deeds]]],
        on[kept[deeds]],
        whose[deeds],
        which[deeds],
        _of_pieces(carried.digest[by_role], first_row),
        kept.astype(np.int32),
        first_row.astype(np.int32),
        carried.text,
    )
    return _tasks_together(made)


def _numbered(names: list[str]) -> tuple[list[str], Column]:
    """Each name once, and (n,) which of them each is."""
    place: dict[str, int] = {}
    numbers = np.array([place.setdefault(name, len(place)) for name in names], np.int32)
    return list(place), numbers


def _kept(events: Events, names: dict[int, str], rows: Rows | None) -> Rows:
    """The events that say what a program does, ascending."""
    codes = [code for code, name in names.items() if _KEPT.fullmatch(name)]
    kept = np.isin(events.op, codes) & ~events.raised & ~events.pending
    kept &= (events.b == 1) | ~np.isin(events.op, [code for code in codes if names[code].endswith(_TRIES)])
    kept |= np.isin(events.op, [code for code in codes if names[code] == "process.exit"])
    starts = events.rows("threads.thread.start")
    kept[starts[inside(events, starts, events.rows("futures.call.submit", done=False))]] = False
    found = np.flatnonzero(kept)
    return found if rows is None else found[np.isin(found, rows)]


@dataclass(frozen=True)
class _Carried:
    """What events carried: a digest each, and its text where somebody asks."""

    digest: NDArray[np.uint64]
    text: Callable[[int], str]


def _carried(
    events: Events, roles: Roles, names: dict[int, str], kept: Rows, is_open: Mask, payload_text: Callable[[int], str]
) -> _Carried:
    def of(wanted: Callable[[str], bool]) -> list[int]:
        return [code for code, name in names.items() if wanted(name)]

    op, open_, a = events.op[kept], is_open[kept], events.a[kept]
    queues = np.isin(op, of(lambda name: ".queue." in name))
    typed = np.isin(op, of(lambda name: name.endswith(_TYPED))) & ~(open_ & queues)
    counted = ~typed & np.isin(op, of(lambda name: name in _COUNTED)) & (a != 1)
    silent = np.isin(op, of(lambda name: name in _SILENT))
    digest = events.content(kept).view(np.uint64)
    digest[open_] = _OPEN
    digest = (digest ^ (digest >> np.uint64(31))) * _MIX
    said = typed | counted
    digest[said] ^= (a[said].view(np.uint64) + np.uint64(1)) * _OPEN
    digest[silent] = 0
    places = np.full(len(events.op), -1, np.int32)
    places[kept] = np.arange(len(kept))

    def text(row: int) -> str:
        place = places[row]
        if silent[place]:
            return ""
        prefix = f"[{a[place]}]" if typed[place] else f"{a[place]}×" if counted[place] else ""
        carried = OPEN if open_[place] else roles.neutral(payload_text(row))
        return f"{prefix} {carried}" if prefix and carried else prefix or carried

    return _Carried(digest, text)


def _in_deeds(events: Events, names: dict[int, str], parts: Parts, kept: Rows, on: Column) -> tuple[Rows, Rows]:
    """(d,) the last event of each deed, (d + 1,) where its first stands: pieces of what was received are one deed."""
    op, part, on = events.op[kept], parts.of[kept], on[kept]
    goes_on = np.isin(op[1:], [code for code, name in names.items() if name in _PIECES])
    for column in (op, part, on):
        goes_on &= column[1:] == column[:-1]
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(kept), 1), np.bool_), ~goes_on)))
    first = np.append(starts, len(kept))
    return first[1:] - 1, first


def _of_pieces(digest: NDArray[np.uint64], first: Rows) -> NDArray[np.uint64]:
    """(d,) one digest for all that a deed carried, in its order."""
    if len(first) == len(digest) + 1:
        return digest
    rank = np.arange(len(digest)) - np.repeat(first[:-1], np.diff(first))
    mixed = (digest ^ (rank.astype(np.uint64) * _OPEN)) * np.where(rank > 0, _MIX, np.uint64(1))
    return np.add.reduceat(mixed, first[:-1])


def _causes(events: Events, flows: Flows, parts: Parts, kept: Rows, is_open: Mask) -> tuple[Column, Column]:
    """(k,) whose message or signal an event followed, and which of that role's deeds on that object; -1 where nobody's.

    Only where no schedule could have given it another.
    """
    number = np.full(len(events.op), -1, np.int32)
    (key,) = number_keys((parts.of[kept], events.object[kept]))
    order = sort_stably(key)
    number[kept[order]] = rank_in_runs(key[order]) + 1
    wanted = np.isin(flows.kind, [KINDS.index("message"), KINDS.index("signal")]) & ~is_open[flows.effect]
    cause = np.full(len(events.op), -1, np.int32)
    cause[flows.effect[wanted]] = flows.cause[wanted]
    known = cause[kept]
    there = (known >= 0) & (number[known] >= 0) & (events.lane[known] != events.lane[kept])
    return np.where(there, parts.of[known], -1).astype(np.int32), np.where(there, number[known], np.int32(-1))


def _tasks_together(made: Behaviour) -> Behaviour:
    """Only roles that did something; the runs of a task under one, in the order of what they did instead of when."""
    bases = [name.partition("\t")[0] for name in made.names]
    bounds = made.first.tolist()
    runs: dict[str, list[tuple[int, int]]] = {}
    for base, low, high in zip(bases, bounds, bounds[1:], strict=False):
        if low < high:
            runs.setdefault(base, []).append((low, high))
    place = {name: number for number, name in enumerate(runs)}
    cause = np.array([*(place.get(base, -1) for base in bases), -1], np.int32)[made.cause]
    made = replace(made, names=list(runs), cause=cause)
    first = np.cumsum([0, *(sum(high - low for low, high in each) for each in runs.values())])
    if all(len(each) == 1 for each in runs.values()):
        return replace(made, first=first)
    spans = [span for each in runs.values() for span in _by_text(made, each)]
    return _arranged(made, first, np.concatenate([np.arange(low, high) for low, high in spans]))


def _by_text(made: Behaviour, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(runs, key=lambda run: [str(deed) for deed in Deeds(made, *run)]) if len(runs) > 1 else runs


def _arranged(made: Behaviour, first: Rows, order: Rows) -> Behaviour:
    """The same deeds in another order."""
    counts = np.diff(made.first_row)[order]
    first_row = np.concatenate(([0], np.cumsum(counts)))
    rows = made.rows[np.repeat(made.first_row[order] - first_row[:-1], counts) + np.arange(first_row[-1])]
    first_row = first_row.astype(np.int32)
    columns = {name: getattr(made, name)[order] for name in ("op", "on", "cause", "cause_number", "digest")}
    return replace(made, first=first, rows=rows, first_row=first_row, **columns)
