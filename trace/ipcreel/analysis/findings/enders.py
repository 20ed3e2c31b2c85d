"""Who was alive at a moment, what each waited for, and who could have ended that."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ipcreel.analysis.enclosing import ENCLOSING
from ipcreel.analysis.findings.finding import Run
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.keys import each_once, first_places
from ipcreel.analysis.state.waiting import ended_by

_INSIDE = ("threads.", "queues.", "futures.")  # what only threads of the same process reach
_SHARED = (
    "sysv.queue.", "sysv.semaphore.", "posix.queue.", "posix.semaphore.", "mp.lock.", "mp.semaphore.", "mp.condition.",
    "mp.event.", "mp.barrier.", "mp.queue.", "mp.simple_queue.", "mp.value.", "mp.array.", "mp.structure.",
)  # fmt: skip
_STREAMS = ("connection.message.recv", "socket.endpoint.recv", "socket.endpoint.recv_into")
_PIPES = ("pipe.end.read", "pipe.end.readv", "pipe.file.fill", "pipe.file.read", "pipe.file.read_all")
_TIMEOUT_IN_A = ("threads.", "queues.", "mp.", "posix.semaphore.", "posix.queue.receive")
_NO_TIMEOUT_IN_A = (
    "mp.value.",
    "mp.array.",
    "mp.structure.",
    "mp.simple_queue.",
    "mp.condition.notify",
    "mp.event.set",
    "mp.event.clear",
)
BARRIERS = ("mp.barrier.wait", "threads.barrier.wait")
JOINS = ("threads.thread.join", "mp.process.join", "process.wait_pid")
QUEUE_JOINS = ("mp.queue.join", "queues.queue.join")
FEEDER = "/QueueFeederThread"  # it carries on what others put, and does nothing of its own


def parties_of(run: Run, *families: str) -> dict[int, int]:
    """Barrier → for how many it is, of those whose making was recorded."""
    rows = run.events.rows(*(f"{family}.create" for family in families))
    return dict(zip(run.events.object[rows].tolist(), run.events.a[rows].tolist(), strict=True))


@dataclass
class Enders:
    """Lanes alive at a moment; for each that waits without a limit, the lanes that could end its wait.

    Attributes:
        run: the run.
        at_ns: the moment.
    """

    run: Run
    at_ns: int
    _known: dict[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def alive(self) -> frozenset[int]:
        """Lanes that had begun and not ended, of processes that are the program's own.

        A run that was not interrupted has ended: alive is then only what outlived it.
        """
        events, table = self.run.events, self.run.events.process_table
        lanes = len(self.run.lane_names)
        begun = np.full(lanes, False)
        begun[events.lane[events.begin_ns <= self.at_ns]] = True
        ends = events.rows("threads.thread.end")
        ended = set(events.lane[ends[events.begin_ns[ends] <= self.at_ns]].tolist())
        found = set()
        for lane in np.flatnonzero(begun).tolist():
            process = table[self.process_of[lane]]
            over = process.get("ended_ns", 0) and process["ended_ns"] <= self.at_ns
            stays = self.run.was_asked or process.get("still_running")
            if stays and not over and lane not in ended and not process.get("helps"):
                found.add(lane)
        return frozenset(found)

    @cached_property
    def process_of(self) -> dict[int, int]:
        """Lane → its process."""
        first = first_places(self.run.events.lane)
        lanes = np.flatnonzero(first >= 0)
        return dict(zip(lanes.tolist(), self.run.events.process[first[lanes]].tolist(), strict=True))

    @cached_property
    def waits(self) -> dict[int, int]:
        """Lane → the innermost operation that it waits in, of lanes that are alive."""
        events = self.run.events
        enclosing = {events.codes[name] for name in ENCLOSING if name in events.codes}
        going_on = (events.begin_ns <= self.at_ns) & ((events.end_ns > self.at_ns) | events.pending)
        rows = np.flatnonzero(going_on & np.isin(events.op, list(events.blocking - enclosing)))
        pairs = zip(events.lane[rows].tolist(), rows.tolist(), strict=True)
        return {lane: row for lane, row in pairs if lane in self.alive}

    def of_wait(self, row: int) -> frozenset[int] | None:
        """The lanes alive that could end a wait; None where it has a limit, or something outside could end it."""
        name = self.run.operation(row)
        if not self._is_endless(row, name):
            return None
        if name in JOINS:
            return self._ended_one(row, name)
        if name in BARRIERS:
            return self._of_barrier(row, name)
        if name.startswith(_INSIDE):
            return self._of_processes({int(self.run.events.process[row])})
        if name.startswith(_SHARED) or name in _STREAMS or name in _PIPES:
            return self.of_object(int(self.run.events.object[row]))
        return None

    def could_go_on(self, lane: int) -> bool:
        """Whether a lane that is alive runs, or waits for what has a limit or comes from outside."""
        row = self.waits.get(lane)
        return row is None or self.of_wait(row) is None

    def _of_barrier(self, row: int, name: str) -> frozenset[int] | None:
        """Whoever has the barrier and does not wait at it already; None where all have come, and it is to open."""
        events = self.run.events
        number = int(events.object[row])
        here = {int(events.process[row])} if name.startswith(_INSIDE) else self._having(number)
        waiting = {lane for lane, wait in self.waits.items() if events.object[wait] == number}
        if len(waiting) >= self._parties.get(number, len(self.waits) + 1):
            return None
        return self._of_processes(here) - waiting

    def of_object(self, number: int) -> frozenset[int] | None:
        """The lanes alive that could change an object: of processes that have it; None where an outsider could."""
        if number not in self._known:
            self._known[number] = self._of_processes(self._having(number))
        return None if self._is_open_to_outsiders(number) else self._known[number]

    def _of_processes(self, processes: set[int]) -> frozenset[int]:
        names = self.run.lane_names
        return frozenset(
            lane for lane in self.alive if self.process_of[lane] in processes and not names[lane].endswith(FEEDER)
        )

    def _having(self, number: int) -> set[int]:
        """Processes that used an object, or the other end of it, and those that have it from such a one."""
        events, table = self.run.events, self.run.events.process_table
        both = [number, *([int(self._peers[number])] if self._peers[number] else [])]
        users = set(each_once(events.process[np.isin(events.object, both)]).tolist())
        having = set(users)
        for row in range(len(table)):
            above = row
            while above >= 0 and above not in users:
                above = table[above]["parent"]
            if above >= 0:
                having.add(row)
        return having

    @cached_property
    def _parties(self) -> dict[int, int]:
        return parties_of(self.run, *(name.removesuffix(".wait") for name in BARRIERS))

    @cached_property
    def _peers(self) -> np.ndarray:
        return connected(self.run.events)

    def _is_open_to_outsiders(self, number: int) -> bool:
        """Whether somebody who was not recorded may use it: as far as one has, or nobody else ever fed it."""
        events = self.run.events
        kind = str(events.objects[number][0])
        if kind in ("tcp.socket", "udp.socket", "socket", "unix.stream", "unix.datagram"):
            return not self._peers[number]
        if kind not in ("sysv.queue", "posix.queue", "pipe", "sysv.semaphore", "posix.semaphore"):
            return False
        here = np.flatnonzero(events.object == number)
        feeds = np.isin(events.op[here], self._feeding)
        takes = here[np.isin(events.op[here], self._takes)]
        return not feeds.any() or bool(np.isin(self.run.flows.effect_left, takes).any())

    @cached_property
    def _feeding(self) -> list[int]:
        verbs = (".send", ".write", ".writev", ".release", ".v", ".exit", ".set_value", ".create", ".create2")
        return [code for name, code in self.run.events.codes.items() if name.endswith(verbs)]

    @cached_property
    def _takes(self) -> list[int]:
        return [code for name, code in self.run.events.codes.items() if name.endswith((".receive", ".read"))]

    def _is_endless(self, row: int, name: str) -> bool:
        events = self.run.events
        if name.startswith("socket."):
            limits = events.rows("socket.endpoint.settimeout", "socket.endpoint.setblocking")
            return not np.isin(events.object[row], events.object[limits]).any()
        if name.startswith("sysv.semaphore.") or name == "mp.queue.put":
            return events.payload(row) is None
        if name in QUEUE_JOINS:
            return True
        if name.startswith(_TIMEOUT_IN_A) and not name.startswith(_NO_TIMEOUT_IN_A):
            return bool(events.a[row] == -1)
        return True

    def _ended_one(self, row: int, name: str) -> frozenset[int] | None:
        """The lanes whose end is waited for: of a process all of them.

        None where it was not recorded, or has come to its end and is only not yet gone.
        """
        events = self.run.events
        if name == "threads.thread.join":
            begins = events.rows("threads.thread.begin")
            lanes = events.lane[begins[events.object[begins] == events.object[row]]].tolist()
            if not lanes:
                return self._of_processes({int(events.process[row])})
            return frozenset(lanes[-1:]) & self.alive or None
        processes = {self.process_of[lane] for lane in ended_by(events, row)}
        return self._of_processes(processes) or None
