"""Names for processes, lanes and objects that hold for every run of a program: no pid, port, key or inode in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ipcreel.analysis.events import Events

_SOCKETS = ("tcp.socket", "unix.stream", "unix.socket", "udp.socket")
_TICK_NS = 10_000_000
_NUMBER = re.compile(r"(?<![\w.])\d{3,}(?![\w.])")
_NAMED = ("mp.process", "thread", "call", "executor", "pool")


@dataclass(frozen=True)
class Roles:
    """What each thing is in the program, however it was numbered in this run.

    Attributes:
        process, lane, object: row → name.
        replaced: numbers of this run that may stand in payloads → what stands for them.
        begin_ns, end_ns: when the run was: numbers that are moments of it stand for no more than that.
    """

    process: list[str]
    lane: list[str]
    object: list[str]
    replaced: dict[str, str]
    begin_ns: int
    end_ns: int

    def neutral(self, text: str) -> str:
        """A text without the pids, ports, keys and moments of the run."""
        return _NUMBER.sub(self._stand_in, text)

    def _stand_in(self, found: re.Match[str]) -> str:
        known = self.replaced.get(found[0])
        if known is not None:
            return known
        # Moments: nanoseconds, and the ticks in which /proc says when a process began (proc_pid_stat(5)).
        number, since_ns = int(found[0]), self.begin_ns - _TICK_NS
        is_moment = since_ns <= number <= self.end_ns or since_ns <= number * _TICK_NS <= self.end_ns
        return "<moment>" if is_moment else found[0]


def name_roles(
    events: Events, process_name: Callable[[int], str], lane_name: Callable[[int], str], lanes: int
) -> Roles:
    """Name everything by what made it, in the order of making within its maker.

    Args:
        events: the run.
        process_name, lane_name: what the reel calls them.
        lanes: how many lanes there are.
    """
    process = _process_roles(events, process_name)
    lane_process = np.zeros(lanes, np.int64)
    lane_process[events.lane] = events.process
    lane = []
    for row in range(lanes):
        thread = lane_name(row)[len(process_name(int(lane_process[row]))) :]
        lane.append(process[int(lane_process[row])] + thread)
    pids = {str(entry["pid"]): f"<pid of {process[row]}>" for row, entry in enumerate(events.process_table)}
    ports = {port: "<port>" for row in events.objects for port in re.findall(r"\d+\.\d+\.\d+\.\d+:(\d+)", str(row[3]))}
    keys = {str(row[2]): f"<key of {row[0]}>" for row in events.objects if isinstance(row[2], int) and row[1]}
    begin_ns = int(events.begin_ns[0]) if len(events.begin_ns) else 0
    end_ns = int(events.end_ns.max(initial=0))
    return Roles(process, lane, _object_roles(events, process, lane), {**keys, **ports, **pids}, begin_ns, end_ns)


def _process_roles(events: Events, process_name: Callable[[int], str]) -> list[str]:
    """A process is its name; of several with one name the later ones have a number."""
    seen: Counter[str] = Counter()
    roles: list[str] = []
    for row, entry in enumerate(events.process_table):
        name = re.sub(rf"\+{entry['pid']}$", "+child", process_name(row))
        seen[name] += 1
        roles.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return roles


def _object_roles(events: Events, process: list[str], lane: list[str]) -> list[str]:
    first = np.full(len(events.objects), -1, np.int64)
    first[events.object[::-1]] = np.arange(len(events.object))[::-1]
    roles = [""] * len(events.objects)
    ends = _connection_ends(events, process, first)
    seen: Counter[str] = Counter()
    # In the order of each lane, lane by lane: the order between lanes is open to scheduling.
    used = [row for row in range(1, len(events.objects)) if first[row] >= 0]
    for row in sorted(used, key=lambda row: (lane[int(events.lane[first[row]])], int(first[row]))):
        kind, _, key, name = events.objects[row]
        if kind == "process":
            found = [n for n, entry in enumerate(events.process_table) if entry["pid"] == key]
            roles[row] = process[found[-1]] if found else "a process outside"
            continue
        if kind in _NAMED:
            roles[row] = str(name)
            continue
        maker = process[int(events.process[first[row]])]
        base = ends.get(row) or f"{str(kind).rpartition('.')[2]} of {maker}"
        seen[base] += 1
        roles[row] = base if row in ends and seen[base] == 1 else f"{base} {seen[base]}"
    return roles


def _connection_ends(events: Events, process: list[str], first: np.ndarray) -> dict[int, str]:
    """Of each end of a connection the two processes that it connects, its own first."""
    by_address = {}
    for row, (kind, _, _, name) in enumerate(events.objects):
        family, _, pair = str(name).partition(" ")
        if kind in _SOCKETS and " ⇄ " in pair and first[row] >= 0:
            by_address[family, pair] = row
    ends = {}
    for (family, pair), row in by_address.items():
        own, peer = pair.split(" ⇄ ")
        other = by_address.get((family, f"{peer} ⇄ {own}"))
        far = "outside" if other is None else process[int(events.process[first[other]])]
        ends[row] = f"{family} {process[int(events.process[first[row]])]} ⇄ {far}"
    return ends
