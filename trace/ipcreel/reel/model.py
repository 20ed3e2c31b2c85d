"""A reel as columns and tables."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.analysis.mechanisms import find_mechanisms
from ipcreel.analysis.order import Order, concurrent, happens_before, make_order
from ipcreel.reel import integrity, payload
from ipcreel.reel.columns import Columns
from ipcreel.reel.error import ReelError
from ipcreel.reel.selected import AllEvents, Event
from ipcreel.tape.naming import program_name

# What works out flows, findings and ticks is imported where it is asked for: most who open a reel ask for none of them.
if TYPE_CHECKING:
    from ipcreel.analysis.clocks import Clocks
    from ipcreel.analysis.findings import Finding
    from ipcreel.analysis.flows import Flows
    from ipcreel.analysis.spans import Spans
    from ipcreel.analysis.state import States
    from ipcreel.reel.console import Console
    from ipcreel.reel.standing import Standing

_STAYS = ("flows", "begin_ns", "end_ns", "cut")


class Reel(Columns):
    """One recorded run.

    Attributes:
        path: the file.
        raw: (n,) event.dtype(), the events in order of begin, as they stand in the file.
        processes: a map each: pid, ppid, parent (row), name, how, argv, begin_ns, facts, …
        lanes: [process row, number in the process, native thread id, name] each.
        operations: code → map with name, flow, blocks, a, b, payload.
        objects: [kind, shared, key, name] each; row 0 is no object.
        sites: [file, line, function, instruction] each; row 0 is no site.
        run: what is known of the run as a whole.
        damage: what could not be read, a line each; empty where all could.
        left_out: how many events could not be read.
        on_damage: is called with each line that is added when a question meets what cannot be read.
    """

    def __init__(self, path: Path, data: mmap.mmap, header: dict[str, Any], definitions: dict[str, Any]) -> None:
        self.path = path
        self._data = data
        self._header = header
        self.run: dict[str, Any] = definitions["run"]
        self.processes: list[dict[str, Any]] = definitions["processes"]
        self.lanes: list[list[Any]] = definitions["lanes"]
        self.operations: dict[int, dict[str, Any]] = {row["code"]: row for row in definitions["operations"]}
        self.objects: list[list[Any]] = definitions["objects"]
        self.sites: list[list[Any]] = definitions["sites"]
        self.sources: list[list[Any]] = definitions["sources"]
        self.damage: list[str] = []
        self.left_out = 0
        self.on_damage: Callable[[str], None] = lambda what: None
        self.index = self._read_index()
        self.raw: NDArray[np.void] = self._read_events(definitions)
        self.operations |= integrity.unknown_operations(self.raw, self.operations)

    def _read_events(self, definitions: dict[str, Any]) -> NDArray[np.void]:
        first, count = self._header["events"], self._header["event_count"]
        there = min(count, max(len(self._data) - first, 0) // event.SIZE)
        if there < count:
            self.left_out = count - there
            self.damage.append(f"it was cut off: {there:,} of {count:,} events can be read")
        raw = np.frombuffer(self._data, event.dtype(), count=there, offset=min(first, len(self._data)))
        places = integrity.kept_events(raw, definitions)
        if places is None:
            return raw
        lost = len(raw) - len(places)
        self.left_out += lost
        what = (
            f"{lost:,} of {len(raw):,} events fit nothing and are left out" if lost else "its events are not in order"
        )
        self.damage.append(what)
        number = np.full(len(raw), -1, np.int64)
        number[places] = np.arange(len(places))
        cut = [(int(number[row]), size) for row, size in self.index["cut"] if row < len(raw)]
        self.index = {"cut": [pair for pair in cut if pair[0] >= 0]}
        return raw[places]

    def _read_index(self) -> dict[str, Any]:
        try:
            index = payload.decode(self._data[self._header["index"] : self._header["size"]])
            if index["begin_ns"] <= index["end_ns"] < 1 << 62 and all(row >= 0 and size for row, size in index["cut"]):
                return dict(index)
        except (ValueError, KeyError, TypeError):
            pass
        if len(self._data) >= self._header["index"]:
            is_whole = len(self._data) >= self._header["size"]
            what = "its index is damaged" if is_whole else "it was cut off after its last event"
            self.damage.append(f"{what}: when the run began and ended is taken from the events")
        return {"cut": []}

    def note_damage(self, what: str) -> None:
        """Say that something could not be read, and is done without."""
        if what not in self.damage:
            self.damage.append(what)
            self.on_damage(what)

    def __len__(self) -> int:
        return len(self.raw)

    def __repr__(self) -> str:
        seconds = (self.end_ns - self.begin_ns) / 1e9
        return f"<Reel {self.path.name}: {len(self):,} events, {len(self.processes)} processes, {seconds:.3f} s>"

    def _repr_html_(self) -> str:
        from ipcreel.reel import notebook

        return notebook.of_reel(self)

    @cached_property
    def mechanisms(self) -> tuple[list[str], NDArray[np.int64]]:
        """The mechanisms that occur, by name, and (n,) to which each event belongs; a socket's is its transport."""

        def name(code: int) -> str:
            return str(self.operations[code]["name"]) if code in self.operations else "unknown"

        return find_mechanisms(self.op, self.object, name, lambda row: str(self.objects[row][0]))

    @cached_property
    def events(self) -> AllEvents:
        """All events: columns for analyses; `reel.events(process="home-3", mechanism="tcp")` chooses some."""
        self.read_all()
        table = [
            {"pid": p["pid"], "parent": -1 if p["parent"] is None else p["parent"], "begin_ns": p["begin_ns"]}
            for p in self.processes
        ]
        codes = {str(row["name"]): code for code, row in self.operations.items()}
        columns = (self.begin, self.end, self.pending, self.raised, self.lane, self.process, self.op)
        blocking = frozenset(code for code, row in self.operations.items() if row["blocks"])
        rest = (self.object, self.site, self.a, self.b)
        readers = (self.content, self._payload_if_readable)
        return AllEvents(*columns, *rest, codes, *readers, table, self.objects, blocking, self)

    @cached_property
    def flows(self) -> Flows:
        """What caused what."""
        from ipcreel.analysis.flows import match

        return match(self.events)

    @cached_property
    def order(self) -> Order:
        """Happens-before: see `ipcreel.analysis.order` for the questions."""
        return make_order(self.lane, self.begin, self.end, self.flows.cause, self.flows.effect)

    @cached_property
    def clocks(self) -> Clocks:
        """Vector clocks: see `ipcreel.analysis.clocks` for the questions."""
        from ipcreel.analysis.clocks import Clocks

        return Clocks(self.order)

    def event(self, row: int) -> Event:
        """One event.

        Raises:
            ReelError: there is none of that number.
        """
        if not 0 <= row < len(self):
            raise ReelError(f"{self.path.name}: there is no event {row}; the last one is {len(self) - 1}.")
        return Event(self, row)

    def happens_before(self, one: int, other: int) -> bool:
        """Whether an event could have had an influence on another, and is not only earlier by the clock."""
        return happens_before(self.order, one, other)

    def concurrent(self, one: int, other: int) -> bool:
        """Whether neither of two events happens before the other."""
        return concurrent(self.order, one, other)

    @cached_property
    def spans(self) -> Spans:
        """Each event as it is drawn: its lane, how deep it lies in others, for how long of it the lane waited."""
        from ipcreel.analysis.spans import find_spans

        return find_spans(self.events, self.flows, (self.begin_ns, self.end_ns))

    @cached_property
    def console(self) -> Console:
        """The lines that were written to standard output and error, or read from standard input."""
        from ipcreel.reel.console import read_console

        return read_console(self)

    @cached_property
    def object_roles(self) -> list[str]:
        """Row of `objects` → what it is in every run: `tcp home-3 ⇄ market`, `queue of energymarket 2`."""
        from ipcreel.reel.canonical import roles_of

        return roles_of(self).object

    @cached_property
    def states(self) -> States:
        """Everything that is so at a moment, in numbers: `reel.states.at(ns)`; worked out with the first question."""
        from ipcreel.analysis.state import States

        return States(self.events, self.flows, len(self.lanes), self.end_ns)

    def state(self, at: str) -> Standing:
        """What each lane did at a moment, and what was in queues, locks, connections and values.

        Args:
            at: the moment, as a person writes it: "1.5s", "tick 12", "tick 12 + 50ms".

        Raises:
            ReelError: it is none.
        """
        from ipcreel.reel.moments import moment_ns
        from ipcreel.reel.standing import Standing

        return Standing(self, self.states.at(moment_ns(self, at)))

    @cached_property
    def findings(self) -> list[Finding]:
        """What is wrong with the run."""
        from ipcreel.reel.checks import find_all, run_of

        return find_all(self, run_of(self))

    @cached_property
    def ticks(self) -> NDArray[np.int64]:
        """(n,) when tick i of the recorded program began, ns; empty where it has none: see `ipcreel.reel.ticks`."""
        from ipcreel.reel.ticks import find_ticks

        return find_ticks(self)

    @property
    def asked_to_end_ns(self) -> int:
        """When the run was interrupted from outside, or its end."""
        asked = self.run.get("asked_to_end_ns")
        return min(int(asked), self.end_ns) if asked else self.end_ns

    def content(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) a hash of each row's payload, 0 where it has none: equal payloads have equal hashes."""
        return payload.hashes(self._data, self.raw["payload"][rows].astype(np.int64), self.payloads_end)

    def release(self) -> None:
        """Let go of columns and of what was worked out from them, but for the flows; who asks again has them again."""
        for name, kind in (vars(Columns) | vars(type(self))).items():
            if isinstance(kind, cached_property) and name not in _STAYS:
                self.__dict__.pop(name, None)
        self._data.madvise(mmap.MADV_DONTNEED)  # a mapped file: its pages come back as they are touched

    @property
    def mapped(self) -> mmap.mmap:
        """The bytes of the file; they are there for as long as the reel is, even where the file is gone."""
        return self._data

    @property
    def payloads_end(self) -> int:
        """The offset behind the last payload."""
        return int(self._header["events"])

    @cached_property
    def cut(self) -> dict[int, int]:
        """Event → the size that its payload had, where it was cut."""
        return dict(self.index["cut"])

    def process_name(self, row: int) -> str:
        """The name of a process: its own, or that of its program."""
        process = self.processes[row]
        name = process["facts"].get("name")
        if name is not None:
            return str(name)
        if process["how"] == "fork" and process["parent"] is not None:
            return f"{self.process_name(process['parent'])}+{process['pid']}"
        return program_name(process.get("argv", []))

    def lane_name(self, row: int) -> str:
        """The name of a lane: its process's, and its thread's where that says more."""
        process, _, _, thread = self.lanes[row]
        name = self.process_name(process)
        return name if thread == "MainThread" else f"{name}/{thread}"

    def payload(self, row: int) -> Any:
        """The payload of an event, decoded and never executed; None where it has none.

        Raises:
            ReelError: the bytes there are no msgpack.
        """
        at = int(self.raw["payload"][row])
        if not at:
            return None
        if not self._header["payloads"] <= at < self._header["events"]:
            raise ReelError(f"{self.path}: event {row}: its payload lies outside the payloads. The reel is damaged.")
        try:
            return payload.read(self._data, at, self._header["events"])
        except ValueError as error:
            raise ReelError(f"{self.path}: event {row}, offset {at}: {error}. The reel is damaged.") from None

    def _payload_if_readable(self, row: int) -> Any:
        try:
            return self.payload(row)
        except ReelError:
            return None  # an analysis does without it; who asks for the payload itself is told

    @cached_property
    def payload_offsets(self) -> NDArray[np.int64]:
        """Where payloads begin, ascending."""
        offsets = self.raw["payload"].astype(np.int64)
        return np.sort(offsets[offsets > 0])
