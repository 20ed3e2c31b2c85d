"""What the replayed process reads of its tapes: the next event of each lane, and payloads. Without numpy."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, NamedTuple

import msgpack

from ipcreel.tape.unpack import decode

EXIT = "process.exit"
_CALL_BEGINS, _CALL_BACK = "futures.call.begin", "futures.future.add_done_callback"
_SHORT_BYTES = 0xC4  # msgpack's marker, with one byte for the size
_FIRST_LOOK = 4096  # bytes: most payloads are shorter


class Event(NamedTuple):
    """One event of the tape."""

    row: int  # in the reel
    begin_ns: int
    lane: int
    op: int
    object: int
    site: int
    a: int
    b: int
    payload_at: int
    end_ns: int


_make: Any = partial(tuple.__new__, Event)  # without a call of Python's for each event


class Row(NamedTuple):
    """What the reel says of an operation."""

    name: str
    replay: str
    blocks: bool
    is_cause: bool  # the begin of a flow


class Script:
    """The tapes of a path of processes, read one event at a time."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            content = msgpack.unpackb(file.read(), strict_map_key=False, unicode_errors="surrogatepass")
        self.operations: dict[int, Row] = {code: Row(*row) for code, row in content["operations"].items()}
        self.objects: list[list[Any]] = content["objects"]
        self.sites: list[list[Any]] = content["sites"]
        self.python: str = content["python"]  # the version that ran
        self.surroundings: dict[str, Any] = content["surroundings"]
        self.cut = frozenset(content["cut"])  # events of whose payload only the first part was kept
        self.stop: int = content["stop"]
        self.line: tuple[str, int] | None = tuple(content["line"]) if content["line"] else None
        self.debug: bool = content["debug"]
        self.tries: bool = content["tries"]
        self.seeks: bool = content["seeks"]  # where it diverges, another interleaving may be tried
        self.shown: int = content["shown"]  # how often an earlier run has written to the console
        self.differs: bool = content["differs"]  # which has been said
        self.is_first_run: bool = content["is_first_run"]
        self._late: list[tuple[int, int]] = [(process, place) for process, place in content["late"]]
        self.is_late = bool(self._late)  # any thread is to be
        self._steps: list[dict[str, Any]] = content["steps"]
        with open(content["reel"], "rb") as file:
            self._reel = memoryview(file.read())  # mapped, it would take a descriptor that the program had
        self._decoded: tuple[int, Any] = (0, None)  # the last payload, by its offset: it is asked for more than once
        self._step = -1
        self.next_process()

    def next_process(self) -> None:
        """Go on with the tape of the child."""
        self._step += 1
        step = self._steps[self._step]
        self.process: int = step["process"]
        self.pid: int = step["pid"]
        self.parent_pid: int = step["ppid"]
        self.ended: bool = step["ended"]  # by itself: it was not killed
        columns = [memoryview(column).cast("q") for column in step["columns"]]
        self.events: list[Event] = list(map(_make, zip(*columns, strict=True)))
        self.lanes: dict[int, list[Event]] = {}
        for event in self.events:
            self.lanes.setdefault(event.lane, []).append(event)
        codes = {row.name: code for code, row in self.operations.items()}
        ops = columns[Event._fields.index("op")]
        self.leaves = codes.get(EXIT, -1) in ops  # by `os._exit`
        begins = codes.get(_CALL_BEGINS, -1)
        self.begun = {event.object for event in self.events if event.op == begins}
        adds = codes.get(_CALL_BACK, -1)
        added = (event.object for event in self.events if event.op == adds and event.end_ns > 0 and not event.b)
        self.to_add = Counter(added)  # by call: how many functions are added before it is set
        for events in self.lanes.values():
            events.reverse()  # the next one is the last
        self.lane_names: dict[int, str] = {row: name for row, _, name in step["lanes"]}
        self.first_lane: int = step["lanes"][0][0] if step["lanes"] else -1

    @property
    def step(self) -> int:
        """How many processes of the path are behind it."""
        return self._step

    @property
    def late(self) -> list[int]:
        """Places in the order of the threads of this process, see `interleavings`."""
        return [place for process, place in self._late if process == self.process]

    @property
    def is_stopping(self) -> bool:
        """Whether the replay is to stop anywhere before its end."""
        return self.debug or self.stop >= 0 or self.line is not None

    @property
    def is_last(self) -> bool:
        """Whether the tape is that of the process that is meant, and not of one that leads to it."""
        return self._step + 1 == len(self._steps)

    def is_ahead(self, row: int) -> bool:
        """Whether an event is still to come: in this process, or in one that it leads to."""
        if any(event.row == row for events in self.lanes.values() for event in events):
            return True
        return any(row in memoryview(step["columns"][0]).cast("q") for step in self._steps[self._step + 1 :])

    def of_lane(self, lane: int) -> list[Event]:
        """The events of a lane, in their order: those that were taken as well."""
        return [event for event in self.events if event.lane == lane]

    @property
    def child_pid(self) -> int | None:
        """The pid of the process that the path leads to next, None where this is the one."""
        return self._steps[self._step + 1]["pid"] if self._step + 1 < len(self._steps) else None

    def payload(self, event: Event) -> Any:
        """The payload of an event, decoded and never executed."""
        if not event.payload_at:
            return None
        if self._decoded[0] != event.payload_at:
            self._decoded = event.payload_at, self._decode(event)
        return self._decoded[1]

    def _decode(self, event: Event) -> Any:
        at = event.payload_at
        if self._reel[at] == _SHORT_BYTES:  # nearly all of them
            return bytes(self._reel[at + 2 : at + 2 + self._reel[at + 1]])
        size = _FIRST_LOOK
        while True:
            end = event.payload_at + size
            try:
                return decode(self._reel[event.payload_at : end])
            except ValueError:
                if end > len(self._reel):
                    raise
                size *= 64

    def describe(self, event: Event) -> str:
        """An event as a person reads it."""
        name = self.operations[event.op].name
        site = self.sites[event.site]
        thing = self.objects[event.object][3]
        place = f" at {site[0]}:{site[1]}" if event.site else ""
        return f"event {event.row}: {name} {thing}".rstrip() + place
