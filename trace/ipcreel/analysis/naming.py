"""How the processes, lanes and objects of a run are called by what made them, and by what they serve."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.serving import find_serving

_SOCKETS = ("tcp.socket", "unix.stream", "unix.socket", "udp.socket")
_NUMBERED_THREAD = re.compile(r"/Thread-(\d+)( \(.*\))?")
_NUMBERED_PROCESS = re.compile(r"(\w*Process)-\d+(:\d+)*|.*\+child")
# The key of a lock of multiprocessing: who made it, and which of its locks it is.
_MADE_BY = re.compile(r".*-(\d{1,18})\.(\d{1,18})")
_DEPTH = 8  # a connection that was made for another one, that was made for another one, …
_NAMED = ("mp.process", "thread", "call", "executor", "pool")


class Naming:
    """Names processes, lanes and objects, of which each is named by others.

    What a server began for one connection has the name of that connection, since the number that it was given follows
    the order of accepting; and connections have numbers by who connected, in the order in which it did so.
    """

    def __init__(
        self, events: Events, process_name: Callable[[int], str], lane_name: Callable[[int], str], lanes: int
    ) -> None:
        self._events = events
        self._serving = find_serving(events, lanes)
        self._process_of = np.zeros(lanes, np.int64)
        self._process_of[events.lane] = events.process
        self._processes = [
            re.sub(rf"\+{entry['pid']}$", "+child", process_name(row)) for row, entry in enumerate(events.process_table)
        ]
        self._threads = [lane_name(row)[len(process_name(int(self._process_of[row]))) :] for row in range(lanes)]
        self._first = np.full(len(events.objects), -1, np.int64)
        self._first[events.object[::-1]] = np.arange(len(events.object))[::-1]
        self._served_by_process = self._of_processes()
        self._begun = {
            int(events.object[row]): int(events.lane[row]) for row in events.rows("threads.thread.begin").tolist()
        }

    def names(self) -> tuple[list[str], list[str], list[str]]:
        """Row → name, of processes, lanes and objects: named anew as long as a name leads to another one."""
        objects = [""] * len(self._events.objects)
        named: tuple[list[str], list[str], list[str]] = [], [], []
        for _ in range(_DEPTH):
            process = self._process_roles(objects)
            lane = self._lane_roles(process, objects)
            objects = self._object_roles(process, lane)
            if (process, lane, objects) == named:
                break
            named = process, lane, objects
        return named

    @cached_property
    def several(self) -> frozenset[int]:
        """Lanes of which it is open which connection they serve when: one of their kind serves several, or accepts."""
        kinds = {self._kind(lane) for lane in (*filter(self._serves, self._serving.shared), *self._serving.accepting)}
        kinds &= self._serving_kinds
        return self._serving.accepting | {lane for lane in range(len(self._threads)) if self._kind(lane) in kinds}

    def _of_processes(self) -> dict[int, int]:
        """Process → the end that its first lane serves and another process accepted, where it has but a number."""
        found: dict[int, int] = {}
        first = {int(process): lane for lane, process in reversed(list(enumerate(self._process_of)))}
        for process, lane in first.items():
            end = int(self._serving.of_lane[lane])
            accepted = int(self._events.process[self._serving.accept[end]]) if end else process
            if accepted != process and _NUMBERED_PROCESS.fullmatch(self._processes[process]):
                found[process] = end
        return found

    def _process_roles(self, objects: list[str]) -> list[str]:
        """A process is its name; of several with one name the later ones have a number."""
        seen: Counter[str] = Counter()
        roles: list[str] = []
        for row, own in enumerate(self._processes):
            end = self._served_by_process.get(row)
            name = own if end is None else f"{_unnumbered(own)}, {objects[end]}"
            seen[name] += 1
            roles.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return roles

    def _lane_roles(self, process: list[str], objects: list[str]) -> list[str]:
        """Threads with names of their own are known by these; the library's numbers count where nothing is served."""
        return [
            process[int(self._process_of[row])] + self._thread_role(row, thread, objects)
            for row, thread in enumerate(self._threads)
        ]

    def _thread_role(self, row: int, thread: str, objects: list[str]) -> str:
        if row in self._numbers:
            return _NUMBERED_THREAD.sub(rf"/Thread-{self._numbers[row]}\2", thread)
        if self._kind(row) not in self._serving_kinds:
            return thread
        if row in self.several or not self._serves(row):
            return _unnumbered(thread)
        return f"{_unnumbered(thread)}, {objects[self._serving.of_lane[row]]}"

    def _kind(self, lane: int) -> tuple[int, str]:
        """Its process and its target, for a thread that the library numbered."""
        thread = self._threads[lane]
        return int(self._process_of[lane]), _unnumbered(thread) if _NUMBERED_THREAD.fullmatch(thread) else ""

    @cached_property
    def _serving_kinds(self) -> set[tuple[int, str]]:
        serving = filter(self._serves, range(len(self._threads)))
        kinds = {self._kind(lane) for lane in (*serving, *self._serving.accepting)}
        return {kind for kind in kinds if kind[1]}

    def _serves(self, lane: int) -> bool:
        """Whether a lane serves a connection that another lane of its process accepted."""
        end = int(self._serving.of_lane[lane])
        return end > 0 and int(self._events.process[self._serving.accept[end]]) == self._process_of[lane]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """Lane → what its number would be without the threads that serve, in processes that have such."""
        processes = {process for process, _ in self._serving_kinds}
        others = []
        for lane, thread in enumerate(self._threads):
            found, kind = _NUMBERED_THREAD.fullmatch(thread), self._kind(lane)
            if found and kind[0] in processes and kind not in self._serving_kinds:
                others.append((kind[0], int(found[1]), lane))
        rank: Counter[int] = Counter()
        numbers = {}
        for process, _, lane in sorted(others):
            rank[process] += 1
            numbers[lane] = rank[process]
        return numbers

    def _object_roles(self, process: list[str], lane: list[str]) -> list[str]:
        events, first = self._events, self._first
        roles = [""] * len(events.objects)
        ends = self._connection_ends(process, lane)
        seen: Counter[str] = Counter()
        # In the order of each lane, lane by lane: the order between lanes is open to scheduling.
        used = [row for row in range(1, len(events.objects)) if first[row] >= 0]
        made = {row: self._made_unseen(row) for row in used}
        order = {row: self._order(row, lane, made[row]) for row in used}
        for row in sorted(used, key=order.__getitem__):
            kind, _, key, name = events.objects[row]
            if row in ends:
                roles[row] = ends[row]
            elif kind == "process":
                found = [n for n, entry in enumerate(events.process_table) if entry["pid"] == key]
                roles[row] = process[found[-1]] if found else "a process outside"
            elif kind in _NAMED:
                roles[row] = self._called(row, str(name))
            else:
                maker = made[row]
                owner = int(events.process[first[row]]) if maker is None else maker[0]
                base = f"{str(kind).rpartition('.')[2]} of {process[owner]}"
                seen[base] += 1
                roles[row] = f"{base} {seen[base]}"
        return roles

    def _made_unseen(self, object_: int) -> tuple[int, int] | None:
        """The process that made a lock inside something else, such as a shared value, and which of its locks it is.

        Who uses such a lock first is open to scheduling.
        """
        events = self._events
        found = _MADE_BY.fullmatch(str(events.objects[object_][2]))
        if found is None or int(events.op[self._first[object_]]) in self._creates:
            return None
        pid, number = map(int, found.groups())
        makers = [row for row, entry in enumerate(events.process_table) if entry["pid"] == pid]
        return (makers[-1], number) if makers else None

    @cached_property
    def _creates(self) -> set[int]:
        return {code for name, code in self._events.codes.items() if name.endswith(".create")}

    def _order(self, object_: int, lane: list[str], made: tuple[int, int] | None) -> tuple[str, int, int]:
        if made is None:
            first = int(self._first[object_])
            return lane[int(self._events.lane[first])], 0, first
        return lane[int(np.argmax(self._process_of == made[0]))], 1, made[1]

    def _called(self, object_: int, name: str) -> str:
        """The name of a thread or a process, without the number where that follows the order of accepting."""
        lane, key = self._begun.get(object_), self._events.objects[object_][2]
        pid = key[0] if isinstance(key, list) else None
        began = any(self._events.process_table[row]["pid"] == pid for row in self._served_by_process)
        return _unnumbered(name) if began or (lane is not None and self._kind(lane) in self._serving_kinds) else name

    def _connection_ends(self, process: list[str], lane: list[str]) -> dict[int, str]:
        """Of each end of a connection the two processes that it connects, its own first.

        Several connections of two processes have numbers, in the order in which the one connected; of those whose other
        end was not recorded nobody knows it, and they have none.
        """
        events, first, ends = self._events, self._first, {}
        seen: Counter[str] = Counter()
        peer = self._peers()
        accept = self._serving.accept
        by_caller = sorted(
            peer, key=lambda end: (accept[end] >= 0, lane[int(events.lane[first[end]])], int(first[end]))
        )
        for end in by_caller:
            if end in ends:
                continue
            other = peer[end]
            near, far = self._owner(end, process), self._owner(other, process) if other else "outside"
            family = str(events.objects[end][3]).partition(" ")[0]
            base = f"{family} {near} ⇄ {far}"
            seen[base] += 1
            number = f" {seen[base]}" if seen[base] > 1 and (other or accept[end] < 0) else ""
            ends[end] = base + number
            if other and near != far:
                ends[other] = f"{family} {far} ⇄ {near}{number}"
            elif other:  # in one process: the two ends are told apart by their numbers
                seen[base] += 1
                ends[other] = f"{base} {seen[base]}"
        return ends

    def _peers(self) -> dict[int, int]:
        """End of a connection → its other end, 0 where that was not recorded."""
        by_address = {}
        for row, (kind, _, _, name) in enumerate(self._events.objects):
            family, _, pair = str(name).partition(" ")
            if kind in _SOCKETS and " ⇄ " in pair and self._first[row] >= 0:
                by_address[row] = family, pair
        latest = {address: row for row, address in by_address.items()}
        found = {}
        for row, (family, pair) in by_address.items():
            own, remote = pair.split(" ⇄ ")
            other = int(self._serving.peer[row]) or latest.get((family, f"{remote} ⇄ {own}"), 0)
            found[row] = other if other and self._first[other] >= 0 else 0
        return found

    def _owner(self, end: int, process: list[str]) -> str:
        """Whose an end is: of who accepted it, otherwise of who used it first."""
        row = self._serving.accept[end] if self._serving.accept[end] >= 0 else self._first[end]
        return process[int(self._events.process[row])]


def _unnumbered(name: str) -> str:
    """`Thread (work)` of `Thread-7 (work)`, `Process` of `Process-7`."""
    return re.sub(r"(?<=Thread)-\d+(?= |$)|(?<=Process)-\d+(:\d+)*$", "", name)
