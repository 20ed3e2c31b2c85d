"""The canonical form of a run: what each role did, without what was open to scheduling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.inside import inside
from ipcreel.analysis.openness import open_rows
from ipcreel.analysis.roles import Roles

Rows = NDArray[np.int64]

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


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation of a role.

    Attributes:
        operation: its name.
        on: what it was on, by role.
        carried: its payload as text, where it was not open to scheduling.
        cause: whose doing it followed, by role and number, or "".
        row: the event.
    """

    operation: str
    on: str
    carried: str
    cause: str
    row: int

    def __str__(self) -> str:
        parts = (self.operation, self.on, self.carried, self.cause and f"← {self.cause}")
        return "  ".join(part for part in parts if part)


@dataclass(frozen=True)
class Behaviour:
    """What each role did, in its order. Between roles there is no order but what the causes say.

    Attributes:
        roles: role → its deeds. The runs of a task that several threads share are one role, sorted by what they did.
    """

    roles: dict[str, list[Deed]]

    def text(self) -> str:
        """For people to review, and for files to keep."""
        parts = []
        for role, deeds in sorted(self.roles.items()):
            lines = [str(deed) for deed in deeds]
            parts.append(role + "\n" + "".join(f"    {line}\n" for line in _folded(lines)))
        return "\n".join(parts)


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
    kept_codes = [code for code in np.unique(events.op).tolist() if _KEPT.fullmatch(operation_name(code))]
    kept = np.isin(events.op, kept_codes) & ~events.raised & ~events.pending
    kept |= np.isin(events.op, [code for code in kept_codes if operation_name(code) == "process.exit"])
    starts = events.rows("threads.thread.start")
    kept[starts[inside(events, starts, events.rows("futures.call.submit", done=False))]] = False
    if rows is not None:
        kept &= np.isin(np.arange(len(kept)), rows)
    parts = _parts(events, roles, operation_name)
    is_open = open_rows(events, flows)
    made: dict[str, list[Deed]] = {}
    where: dict[int, tuple[str, int]] = {}
    numbers: Counter[tuple[str, int]] = Counter()
    names = {code: operation_name(code) for code in kept_codes}
    rows = np.flatnonzero(kept)
    columns = (events.op[rows], events.object[rows], events.b[rows], is_open[rows])
    for row, op, object_, b, open_ in zip(rows.tolist(), *(column.tolist() for column in columns), strict=True):
        name = names[op]
        if b != 1 and name.endswith(("lock.acquire", "event.wait")):
            continue
        role = parts[row]
        if role is None:
            continue
        carried = _carried(events, roles, name, row, payload_text, open_)
        numbers[role, object_] += 1
        where[row] = (role, numbers[role, object_])
        deed = Deed(name, roles.object[object_], carried, "", row)
        deeds = made.setdefault(role, [])
        if deeds and name in _PIECES and (deeds[-1].operation, deeds[-1].on) == (name, deed.on):
            deed = Deed(name, deed.on, deeds.pop().carried + carried, "", row)
        deeds.append(deed)
    made = _with_causes(events, flows, made, where, is_open)
    return Behaviour(_tasks_together(made))


def _carried(
    events: Events, roles: Roles, name: str, row: int, payload_text: Callable[[int], str], is_open: bool
) -> str:
    parts = []
    if name.endswith(_TYPED) and not (is_open and ".queue." in name):
        parts.append(f"[{events.a[row]}]")
    elif name in _COUNTED and events.a[row] != 1:
        parts.append(f"{events.a[row]}×")
    if name in ("socket.endpoint.accept", "socket.endpoint.connect", "mp.process.start", "threads.thread.start"):
        return ""
    parts.append("(open)" if is_open else roles.neutral(payload_text(row)))
    return " ".join(part for part in parts if part)


def _parts(events: Events, roles: Roles, operation_name: Callable[[int], str]) -> list[str | None]:
    """The role of each event: its lane's, or a part of it whose order to the rest of the lane is open.

    What a signal's handler does comes at any moment. Which call a thread of a pool takes is open, and so is the order
    in which a lane that waits for several connections serves them.
    """
    names = {code: operation_name(code) for code in np.unique(events.op).tolist()}
    serving = _serving_lanes(events, names)
    pooled = {
        int(lane) for lane in np.unique(events.lane[events.rows("futures.call.begin", "mp.pool.run", done=False)])
    }
    handler, ends = (events.codes.get(name, -1) for name in ("signal.handler.run", "futures.call.end"))
    begins = {events.codes.get(name, -1) for name in ("futures.call.begin", "mp.pool.run")}
    handling: dict[int, tuple[int, int]] = {}
    found: list[str | None] = np.array(roles.lane, object)[events.lane].tolist()
    task: dict[int, str | None] = {}
    current: dict[int, int] = {}
    tasks = 0
    divided = {int(lane) for lane in np.unique(events.lane[events.op == handler])} | pooled | serving
    rows = np.flatnonzero(np.isin(events.lane, list(divided)))
    columns = (rows, events.lane[rows], events.op[rows], events.begin_ns[rows])
    for row, lane, op, begin_ns in zip(*(column.tolist() for column in columns), strict=True):
        role: str | None = roles.lane[lane]
        if op == handler:
            handling[lane] = (int(events.a[row]), int(events.end_ns[row]))
        if lane in handling and begin_ns <= handling[lane][1]:
            role = f"{roles.lane[lane]}, on signal {handling[lane][0]}"
        elif op in begins:
            tasks += 1
            process = roles.process[int(events.process[row])]
            task[lane] = f"{process}, task {roles.object[int(events.object[row])]}\t{tasks}"
            role = None
        elif op == ends:
            task[lane] = role = None
        elif lane in pooled:
            role = task.get(lane)
        elif lane in serving:
            if names[op].startswith("socket.endpoint."):
                current[lane] = int(events.object[row])
            if lane in current:
                role = f"{role}, {roles.object[current[lane]]}"
        found[row] = role
    return found


def _serving_lanes(events: Events, names: dict[int, str]) -> set[int]:
    """Lanes that wait for several connections at once."""
    waits = [code for code, name in names.items() if name.startswith("waiting.") and name.endswith(".wait")]
    sockets = [code for code, name in names.items() if name.startswith("socket.endpoint.")]
    waiting = set(np.unique(events.lane[np.isin(events.op, waits)]).tolist())
    return waiting & set(np.unique(events.lane[np.isin(events.op, sockets)]).tolist())


def _with_causes(
    events: Events,
    flows: Flows,
    made: dict[str, list[Deed]],
    where: dict[int, tuple[str, int]],
    is_open: NDArray[np.bool_],
) -> dict[str, list[Deed]]:
    """Each deed with the cause of its message or signal, where no schedule could have given it another."""
    wanted = np.isin(flows.kind, [KINDS.index("message"), KINDS.index("signal")]) & ~is_open[flows.effect]
    causes = dict(zip(flows.effect[wanted].tolist(), flows.cause[wanted].tolist(), strict=True))
    named = {
        row: f"{where[cause][0].partition(chr(9))[0]} #{where[cause][1]}"
        for row, cause in causes.items()
        if cause in where and row in where and events.lane[row] != events.lane[cause]
    }
    return {role: [_with_cause(deed, named.get(deed.row, "")) for deed in deeds] for role, deeds in made.items()}


def _with_cause(deed: Deed, cause: str) -> Deed:
    return Deed(deed.operation, deed.on, deed.carried, cause, deed.row) if cause else deed


def _tasks_together(made: dict[str, list[Deed]]) -> dict[str, list[Deed]]:
    """The runs of a task under one role, in the order of what they did instead of when."""
    merged: dict[str, list[list[Deed]]] = {}
    for role, deeds in made.items():
        merged.setdefault(role.partition("\t")[0], []).append(deeds)
    return {
        role: [deed for deeds in sorted(runs, key=lambda run: [str(deed) for deed in run]) for deed in deeds]
        for role, runs in merged.items()
    }


def _folded(lines: list[str]) -> list[str]:
    """Lines with runs of equal ones as one that says how many."""
    folded: list[tuple[str, int]] = []
    for line in lines:
        if folded and folded[-1][0] == line:
            folded[-1] = (line, folded[-1][1] + 1)
        else:
            folded.append((line, 1))
    return [line if count == 1 else f"{line}  ({count} times)" for line, count in folded]
