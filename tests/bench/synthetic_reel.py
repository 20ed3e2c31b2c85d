"""A made-up run as a real reel: lanes in rounds of messages, locks, shared values, streams, barriers and signals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.mechanism import all_operations
from ipcreel.tape import reel_file

Columns = dict[str, NDArray[np.int64]]

GROUP = 8  # lanes that share a queue, a lock, a value and a barrier
ROUND_NS = 30_000
EVENTS_A_ROUND = 12  # of each lane
_FIRST_PID, _FIRST_NS = 10_000, 1_000_000_000_000
_SIGNAL = 10
_CHUNK = 1_000_000
_MESSAGE, _NUMBER, _NUMBERS = 1, 2, 3  # forms of payloads
_MESSAGE_SIZE = 24


class _Objects:
    """The table of objects, and where each kind of them begins in it."""

    def __init__(self, lanes: int) -> None:
        self.table: list[list[Any]] = [["", False, None, ""]]
        groups = -(-lanes // GROUP)
        self.queue = self._add(groups, "sysv.queue", "queue {:#x}")
        self.lock = self._add(groups, "mp.lock", "lock {}")
        self.value = self._add(groups, "mp.value", "value {}")
        self.barrier = self._add(groups, "mp.barrier", "barrier {}")
        self.array = self._add(1, "mp.array", "array {}")
        self.arrive = self._add(1, "sysv.semaphore", "semaphore {:#x}")
        self.gate = self._add(1, "sysv.semaphore", "semaphore {:#x}")
        self.process = self._add(lanes, "process", "process {}", _FIRST_PID)
        self.socket = len(self.table)
        for lane in range(lanes):
            own, peer = f"127.0.0.1:{20_000 + lane}", f"127.0.0.1:{20_000 + (lane ^ 1)}"
            self.table.append(["tcp.socket", True, 900_000 + lane, f"tcp {own} ⇄ {peer}"])

    def made(self) -> list[tuple[str, int, int]]:
        """How the first process makes them: the operation, the first and the one after the last."""
        return [
            ("sysv.queue.open", self.queue, self.lock),
            ("mp.lock.create", self.lock, self.value),
            ("mp.value.create", self.value, self.barrier),
            ("mp.barrier.create", self.barrier, self.array),
            ("mp.array.create", self.array, self.arrive),
            ("sysv.semaphore.open", self.arrive, self.process),
        ]

    def _add(self, count: int, kind: str, name: str, first_key: int = 500) -> int:
        first = len(self.table)
        keys = range(first_key if kind == "process" else first_key + first, first_key + first + count)
        self.table += [[kind, True, key, name.format(key)] for key in list(keys)[:count]]
        return first


def write_reel(path: Path, events: int, lanes: int, seed: int = 1) -> int:
    """Write a run of about so many events. Another seed is another schedule of the same program.

    Returns:
        How many events there are.
    """
    lanes -= lanes % 2
    objects = _Objects(lanes)
    codes = {str(row["name"]): int(str(row["code"])) for row in all_operations()}
    rng = np.random.default_rng(seed)
    rounds = max(events // (lanes * EVENTS_A_ROUND), 1)
    definitions = reel_file.pack_value(_definitions(lanes, objects))
    header_size = len(reel_file.pack_header({}))
    at = {"definitions": header_size, "payloads": header_size + len(definitions)}
    parts, payload_at, count = [], at["payloads"], 0
    with path.open("wb") as file:
        file.write(reel_file.pack_header({}) + definitions)
        for columns in _chunks(rounds, lanes, objects, codes, rng):
            raw, stream = _pack(columns, lanes, payload_at, count)
            file.write(stream)
            parts.append(raw)
            payload_at += len(stream)
            count += len(raw)
        at["events"] = -(-payload_at // reel_file.ALIGNMENT) * reel_file.ALIGNMENT
        file.write(b"\xc0" * (at["events"] - payload_at))
        for raw in parts:
            file.write(raw.tobytes())
        end_ns = _FIRST_NS + (rounds + 2) * ROUND_NS + lanes * 2_000
        index = reel_file.pack_value({"cut": [], "begin_ns": _FIRST_NS - 100_000, "end_ns": end_ns})
        at |= {"event_count": count, "index": at["events"] + count * event.SIZE}
        at["size"] = at["index"] + len(index)
        file.write(index)
        file.seek(0)
        file.write(reel_file.pack_header(at))
    return count


def _definitions(lanes: int, objects: _Objects) -> dict[str, Any]:
    names = ["market", *(f"home-{number}" for number in range(1, lanes))]
    processes = [
        {
            "pid": _FIRST_PID + row, "ppid": _FIRST_PID if row else 1, "how": "fork" if row else "exec",
            "begin_ns": _FIRST_NS + row * 1_000, "begin_unix_ns": 0, "argv": ["market"], "folder": "/",
            "parent": 0 if row else None, "replaces": None, "tape": str(row), "facts": {"name": name}, "stopped": None,
        }
        for row, name in enumerate(names)
    ]  # fmt: skip
    run = {"command": ["market"], "status": 0, "asked_to_end_ns": None, "unrecorded": [], "still_running": []}
    return {
        "run": run,
        "processes": processes,
        "lanes": [[row, 0, _FIRST_PID + row, "MainThread"] for row in range(lanes)],
        "operations": all_operations(),
        "objects": objects.table,
        "sites": [["", 0, "", 0], *(["/market.py", line, "work", 0] for line in range(1, 30))],
        "sources": [],
    }


def _chunks(rounds: int, lanes: int, objects: _Objects, codes: dict[str, int], rng: np.random.Generator) -> Any:
    """The columns of the run, a stretch of time after the other, each in order of begin."""
    made = [
        _columns(
            _FIRST_NS - 100_000 + np.arange(first, last) * 10,
            5,
            0,
            codes[name],
            np.arange(first, last),
            22,
            np.minimum(GROUP, lanes - np.arange(last - first) * GROUP) if name == "mp.barrier.create" else 0,
        )
        for name, first, last in objects.made()
    ]
    yield _sorted([*made, _ends_of_processes(lanes, codes, "process.fork", _FIRST_NS)])
    step = max(_CHUNK // (lanes * EVENTS_A_ROUND), 1)
    for first in range(0, rounds, step):
        yield _sorted(_rounds(np.arange(first, min(first + step, rounds)), lanes, objects, codes, rng))
    after = _FIRST_NS + (rounds + 1) * ROUND_NS + lanes * 1_000
    yield _sorted([_ends_of_processes(lanes, codes, "process.wait_pid", after)])


def _columns(
    begin: Any, length: Any, lane: Any, op: int, object_: Any, site: int, a: Any = 0, b: Any = 0, form: int = 0,
    key: Any = 0,
) -> Columns:  # fmt: skip
    """Columns of equal length; `key` tells payloads apart: equal keys are equal payloads."""
    arrays = np.broadcast_arrays(begin, np.add(begin, length), lane, op, object_, site, a, b, form, key)
    names = ("begin_ns", "end_ns", "lane", "op", "object", "site", "a", "b", "form", "key")
    return {name: np.asarray(array, np.int64).reshape(-1) for name, array in zip(names, arrays, strict=True)}


def _ends_of_processes(lanes: int, codes: dict[str, int], name: str, first_ns: int) -> Columns:
    child = np.arange(1, lanes)
    begins = name == "process.fork"
    pids = _FIRST_PID + child
    a, b = (0, pids) if begins else (pids, 0)
    return _columns(first_ns + child * 1_000 - 100, 90, 0, codes[name], 0, 1 if begins else 2, a, b)


def _rounds(
    number: NDArray[np.int64], lanes: int, of: _Objects, code: dict[str, int], rng: np.random.Generator
) -> list[Columns]:
    lane = np.arange(lanes)
    group, place, peer = lane // GROUP, lane % GROUP, lane ^ 1
    start = (_FIRST_NS + lanes * 1_000 + number * ROUND_NS)[:, None]
    shape = (len(number), lanes)
    message = number[:, None] * lanes + lane

    def jitter() -> NDArray[np.int64]:
        return rng.integers(0, 500, shape)

    # In every fourth group all messages are of one type: who receives which is open.
    common = group % 4 == 0
    kind = np.where(common, 1, place + 1)
    received = np.where(common, _swapped_in_groups(message, rng), message[:, peer])
    home = lane > 0
    turn = start + 5_000 + 1_000 * place
    parts = [
        _columns(start + jitter(), 600, lane, code["sysv.queue.send"], of.queue + group, 3, kind[peer],
                 0, 1, message),
        _columns(start + 1_000 + jitter(), 2_500, lane, code["sysv.queue.receive"], of.queue + group, 4, kind,
                 _MESSAGE_SIZE, 1, received),
        _columns(start + 4_000 + jitter(), turn - start - 4_400, lane, code["mp.lock.acquire"], of.lock + group,
                 5, -1, 1),
        _columns(turn + 620, 40, lane, code["mp.value.get"], of.value + group, 6, form=2, key=message - 1),
        _columns(turn + 700, 40, lane, code["mp.value.set"], of.value + group, 7, form=2, key=message),
        _columns(turn + 800, 30, lane, code["mp.lock.release"], of.lock + group, 8),
        _columns(start + 14_000 + jitter(), 300, lane, code["socket.endpoint.sendall"], of.socket + lane, 9, 0,
                 _MESSAGE_SIZE, 1, message),
        _columns(start + 14_900 + jitter(), 1_200, lane, code["socket.endpoint.recv"], of.socket + lane, 10, 0,
                 _MESSAGE_SIZE, 1, message[:, peer]),
        _columns((start + 17_000 + jitter())[:, home], 60, lane[home], code["sysv.semaphore.release"],
                 of.arrive, 11, 1),
        _columns((start + 18_000 + jitter())[:, home], 2_500, lane[home], code["sysv.semaphore.acquire"],
                 of.gate, 12, 1),
        _columns(start + 17_100, 1_900, 0, code["sysv.semaphore.acquire"], of.arrive, 13, lanes - 1),
        _columns(start + 19_100, 60, 0, code["sysv.semaphore.release"], of.gate, 14, lanes - 1),
        _columns(start + 21_500 + jitter(), 2_000, lane, code["clock.sleep"], 0, 15),
        _columns((start + 25_000 + jitter())[:, home], 100, lane[home], code["mp.array.set"], of.array, 16,
                 lane[home], 0, 2, message[:, home]),
        _columns(start + 26_000, 300, 0, code["mp.array.get"], of.array, 17, 0, 1, 3, number[:, None]),
    ]  # fmt: skip
    return parts + _now_and_then(number, start, lanes, of, code, rng)


def _swapped_in_groups(message: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The messages of a round, in each group dealt out anew."""
    group = np.arange(message.shape[1]) // GROUP
    dealt = np.lexsort((rng.random(message.shape), np.broadcast_to(group, message.shape)), axis=-1)
    return np.take_along_axis(message, dealt, axis=1)


def _now_and_then(
    number: NDArray[np.int64], start: NDArray[np.int64], lanes: int, of: _Objects, code: dict[str, int],
    rng: np.random.Generator,
) -> list[Columns]:  # fmt: skip
    """Each tenth round a signal, each twentieth a barrier in every group."""
    signals = number % 10 == 3
    begin, target = start[signals, 0] + 26_600, 1 + number[signals] % (lanes - 1)
    lane = np.arange(lanes)
    meets = number % 20 == 7
    arrival = rng.integers(0, 400, (int(meets.sum()), lanes))
    ordered = np.lexsort((arrival, np.broadcast_to(lane // GROUP, arrival.shape)), axis=-1)
    came = np.argsort(ordered, axis=-1) - lane // GROUP * GROUP
    return [
        _columns(begin, 20, 0, code["signal.kill"], of.process + target, 18, _SIGNAL, _FIRST_PID + target),
        _columns(begin + 300, 10, target, code["signal.delivered"], 0, 19, _SIGNAL, 0),
        _columns(begin + 320, 400, target, code["signal.handler.run"], 0, 20, _SIGNAL),
        _columns(start[meets] + 27_500 + came * 50, 1_000, lane, code["mp.barrier.wait"],
                 of.barrier + lane // GROUP, 21, 0, came),
    ]  # fmt: skip


def _sorted(parts: list[Columns]) -> Columns:
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns["begin_ns"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _pack(columns: Columns, lanes: int, payload_at: int, first_slot: int) -> tuple[NDArray[np.uint8], bytes]:
    """The bytes of the events, and those of their payloads."""
    count = len(columns["op"])
    raw = np.tile(event.markers(), (count, 1))
    events = raw.reshape(-1).view(event.dtype())
    for name in ("begin_ns", "end_ns", "lane", "op", "object", "site", "a", "b"):
        events[name] = columns[name]
    values = {form: _values(form, lanes) for form in (_MESSAGE, _NUMBER, _NUMBERS)}
    size = np.array([0, *(7 + len(value) for value in values.values())], np.int64)[columns["form"]]
    at = np.cumsum(size) - size
    stream = np.zeros(int(size.sum()), np.uint8)
    for form, value in values.items():
        rows = np.flatnonzero(columns["form"] == form)
        slots = (first_slot + rows).astype(">u4").view(np.uint8).reshape(-1, 4)
        keys = columns["key"][rows].astype(">u8").view(np.uint8).reshape(-1, 8)
        record = np.concatenate((np.frombuffer(b"\x93\x00\xce\0\0\0\0", np.uint8), value))
        records = np.tile(record, (len(rows), 1))
        records[:, 3:7] = slots
        records[:, 7 + _KEY_AT[form] : 15 + _KEY_AT[form]] = keys
        stream[at[rows, None] + np.arange(len(record))] = records
        events["payload"][rows] = payload_at + at[rows] + 7
    return raw, stream.tobytes()


_KEY_AT = {_MESSAGE: 2, _NUMBER: 1, _NUMBERS: 4}


def _values(form: int, lanes: int) -> NDArray[np.uint8]:
    """A payload with eight zero bytes where its key goes."""
    forms = {
        _MESSAGE: b"\xc4" + bytes((_MESSAGE_SIZE,)) + bytes(_MESSAGE_SIZE),
        _NUMBER: b"\xcf" + bytes(8),
        _NUMBERS: b"\xdc" + lanes.to_bytes(2, "big") + (b"\xcf" + bytes(8)) * lanes,
    }
    return np.frombuffer(forms[form], np.uint8)
