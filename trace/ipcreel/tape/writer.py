"""What a recorded process writes with: two mapped files, so that a write is a memory copy and outlives the process."""

from __future__ import annotations

import os
from _struct import Struct

from ipcreel.event import REST_AT, SIZE, TAPE_BEGIN, TAPE_REST, TAPE_WHOLE
from ipcreel.tape import layout
from ipcreel.tape.mapping import map_file, map_nothing
from ipcreel.tape.pack import pack, pack_bytes_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_open, _close, _write, _unlink, _getpid = os.open, os.close, os.write, os.unlink, os.getpid
_PAYLOAD_HEAD = Struct(">BBBI").pack
_pack_whole, _pack_begin, _pack_rest = TAPE_WHOLE.pack_into, TAPE_BEGIN.pack_into, TAPE_REST.pack_into

# A record [PAYLOAD, slot, bytes] with up to 255 bytes is written in one call.
SHORT_HEAD = bytes((0x93, layout.PAYLOAD, 0xCE))
SHORT_BYTES = 0xC400  # the marker of such bytes, above their size
SHORT_SIZE = 9  # what stands before them
_SHORTEST_LONG = 256
_pack_float, _FLOAT_SIZE = Struct(">3sIBd").pack_into, 16


class _ShortPackers(dict[int, "Callable[..., None]"]):
    """By size of the bytes: what writes the record."""

    def __missing__(self, size: int) -> Callable[..., None]:
        pack_into = self[size] = Struct(f">3sIH{size}s").pack_into
        return pack_into


short_packers = _ShortPackers()


class Window:
    """The part of a file that is mapped now: a memoryview, and the offsets of its first byte and after its last.

    The three are read and replaced together, as one tuple, so that no thread sees two of one window and one of another.
    """

    __slots__ = ("chunk", "path", "place", "tape")

    def __init__(self, tape: Tape, path: str, chunk: int, begin: int) -> None:
        self.tape = tape
        self.path = path
        self.chunk = chunk
        self.place = self._map(begin, begin + chunk)

    def slide(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        """A place that holds bytes `begin` to `end`: from now on the current one if it lies ahead."""
        first = begin - begin % layout.PAGE
        ahead = end > self.place[2]
        place = self._map(first, max(end, first + (self.chunk if ahead else layout.PAGE)))
        if ahead:
            self.place = place
        return place

    def _map(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        size = -(-(end - begin) // layout.PAGE) * layout.PAGE
        if self.tape.failure is None:
            try:
                return map_file(self.path, begin, size), begin, begin + size
            except OSError as error:
                self.tape.stop(error)
        return map_nothing(size), begin, begin + size


class Tape:
    """One process's tape, open for writing. A fork begins a new one in the same object: `open` is called again.

    Positions are taken by reading an attribute and storing it advanced, in straight-line code without a call or a
    loop: CPython (3.11 to 3.13, with its lock) switches threads, runs signal handlers and, from 3.12 on, collects
    garbage only at calls, loops and function entries, so nothing comes between. `test_writer` stresses this.
    """

    __slots__ = (
        "directory",
        "events",
        "events_place",
        "failure",
        "header",
        "name",
        "payload_limit",
        "pid",
        "short_limit",
        "slot",
        "stream",
        "stream_at",
    )

    def open(self, directory: str, name: str, header: dict[str, object], payload_limit: int) -> None:
        """Begin a tape.

        Args:
            directory: that of the recording.
            name: unique in it.
            header: who the process is; plain values, 4 KB as msgpack at most.
            payload_limit: longer payloads are cut to this many bytes.

        Raises:
            OSError: the files cannot be made.
        """
        self.directory = directory
        self.name = name
        self.header = header
        self.payload_limit = payload_limit
        self.short_limit = min(payload_limit, _SHORTEST_LONG - 1)
        self.pid = _getpid()
        self.failure: OSError | None = None
        self.slot = 0
        self.stream_at = 0
        path = f"{directory}/{name}"
        page = pack(header)
        try:
            _create(path + layout.EVENTS, page + b"\xc0" * (layout.PAGE - len(page)))
            _create(path + layout.STREAM, b"")
        except OSError as error:
            self.failure = error
            _remove(path + layout.EVENTS)
            raise
        finally:  # where there is no tape, what is still written goes nowhere: not to that of the parent
            self.events = Window(self, path + layout.EVENTS, layout.CHUNK, 0)
            self.events_place = self.events.place[0], -layout.PAGE
            self.stream = Window(self, path + layout.STREAM, layout.CHUNK, 0)

    def events_slid(self, slot: int) -> tuple[memoryview, int]:
        """Where to write the event of a slot that lies outside the window: a view, and the offset in it."""
        at = layout.PAGE + slot * SIZE
        view, first, _ = self.events.slide(at, at + SIZE)
        current, begin, _ = self.events.place
        self.events_place = current, begin - layout.PAGE
        return view, at - first

    def stop(self, error: OSError) -> None:
        """Keep nothing from here on; say so once, to the file that the recorder reads after the run."""
        self.failure = error
        try:
            _create(f"{self.directory}/{self.name}{layout.STOPPED}", pack([self.slot, str(error)]))
        except OSError:
            pass  # the disk is full: the empty file, if that much could be made, says it

    def whole(self, begin_ns: int, lane: int, op: int, object_: int, site: int, a: int, b: int, end_ns: int) -> int:
        """Write an event that has ended. Returns its slot."""
        slot = self.slot
        self.slot = slot + 1
        view, first = self.events_place
        at = slot * SIZE - first
        if at >> layout.CHUNK_BITS:  # before the window, or behind it
            view, at = self.events_slid(slot)
        _pack_whole(view, at, begin_ns, lane, op, object_, site, a, b, end_ns)
        return slot

    def begin(self, begin_ns: int, lane: int, op: int, object_: int, site: int, a: int) -> int:
        """Write the begin of an event that may never end. Returns its slot."""
        slot = self.slot
        self.slot = slot + 1
        view, first = self.events_place
        at = slot * SIZE - first
        if at >> layout.CHUNK_BITS:  # before the window, or behind it
            view, at = self.events_slid(slot)
        _pack_begin(view, at, begin_ns, lane, op, object_, site, a)
        return slot

    def end(self, slot: int, a: int, b: int, end_ns: int) -> None:
        """Complete the event in `slot`."""
        view, first = self.events_place
        at = slot * SIZE - first
        if at >> layout.CHUNK_BITS:  # before the window, or behind it
            view, at = self.events_slid(slot)
        _pack_rest(view, at + REST_AT, a, b, end_ns)

    def write(self, record: bytes) -> None:
        """Append one record to the stream."""
        size = len(record)
        begin = self.stream_at
        self.stream_at = end = begin + size
        view, first, last = self.stream.place
        if begin < first or end > last:
            view, first, last = self.stream.slide(begin, end)
        view[begin - first : end - first] = record

    def define(self, *record: object) -> None:
        """Append a definition or a fact, its tag first."""
        self.write(pack(list(record)))

    def payload(self, slot: int, value: object) -> None:
        """Keep `value` as the payload of the event in `slot`, cut to the limit."""
        if type(value) is bytes:
            size = len(value)
            if size <= self.short_limit:
                begin = self.stream_at
                self.stream_at = end = begin + size + SHORT_SIZE
                view, first, last = self.stream.place
                if begin < first or end > last:
                    view, first, last = self.stream.slide(begin, end)
                short_packers[size](view, begin - first, SHORT_HEAD, slot, SHORT_BYTES | size, value)
            elif size <= self.payload_limit:
                self.write(_PAYLOAD_HEAD(0x93, layout.PAYLOAD, 0xCE, slot) + pack_bytes_head(size) + value)
            else:
                kept = pack(value[: self.payload_limit])
                self.write(_PAYLOAD_HEAD(0x94, layout.PAYLOAD, 0xCE, slot) + kept + pack(size))
            return
        if type(value) is float:
            begin = self.stream_at
            self.stream_at = end = begin + _FLOAT_SIZE
            view, first, last = self.stream.place
            if begin < first or end > last:
                view, first, last = self.stream.slide(begin, end)
            _pack_float(view, begin - first, SHORT_HEAD, slot, 0xCB, value)
            return
        body = pack(value)
        if len(body) <= self.payload_limit + 64:
            self.write(_PAYLOAD_HEAD(0x93, layout.PAYLOAD, 0xCE, slot) + body)
        else:
            self.write(_PAYLOAD_HEAD(0x94, layout.PAYLOAD, 0xCE, slot) + b"\xc0" + pack(len(body)))


def _remove(path: str) -> None:
    try:
        _unlink(path)
    except OSError:
        pass  # it was not made


def _create(path: str, content: bytes) -> None:
    descriptor = _open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        if content:
            _write(descriptor, content)
    finally:
        _close(descriptor)
