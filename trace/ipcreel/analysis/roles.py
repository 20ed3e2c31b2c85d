"""Names for processes, lanes and objects that hold for every run of a program: no pid, port, key or inode in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ipcreel.analysis.events import Events
from ipcreel.analysis.naming import Naming

_TICK_NS = 10_000_000
_NUMBER = re.compile(r"(?<![\w.])\d{3,}(?![\w.])")


@dataclass(frozen=True)
class Roles:
    """What each thing is in the program, however it was numbered in this run.

    Attributes:
        process, lane, object: row → name; lanes that only the order of accepting tells apart have one name.
        several: lanes that serve several connections, in an order that is open, or could as well.
        replaced: numbers of this run that may stand in payloads → what stands for them.
        begin_ns, end_ns: when the run was: numbers that are moments of it stand for no more than that.
    """

    process: list[str]
    lane: list[str]
    object: list[str]
    several: frozenset[int]
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
    naming = Naming(events, process_name, lane_name, lanes)
    process, lane, object_ = naming.names()
    pids = {str(entry["pid"]): f"<pid of {process[row]}>" for row, entry in enumerate(events.process_table)}
    ports = {port: "<port>" for row in events.objects for port in re.findall(r"\d+\.\d+\.\d+\.\d+:(\d+)", str(row[3]))}
    keys = {str(row[2]): f"<key of {row[0]}>" for row in events.objects if isinstance(row[2], int) and row[1]}
    begin_ns = int(events.begin_ns[0]) if len(events.begin_ns) else 0
    end_ns = int(events.end_ns.max(initial=0))
    return Roles(process, lane, object_, naming.several, {**keys, **ports, **pids}, begin_ns, end_ns)
