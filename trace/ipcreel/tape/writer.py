"""What a recorded process writes with: two mapped files, so that a write is a memory copy and outlives the process."""

from __future__ import annotations

import os
from _struct import Struct

from ipcreel.event import SIZE
from ipcreel.tape import layout
from ipcreel.tape.mapping import map_file, map_nothing
from ipcreel.tape.pack import pack, pack_bytes_head

# The hot path is in C where that could be compiled. Both write the same bytes.
_CORE_VERSION = 3  # of `core.c` as it is now
try:
    from ipcreel.tape.core import VERSION, Entry, Wrapper, Writer, fall_back_on, is_plain, is_within
    from ipcreel.tape.core import pack as packed

    if VERSION != _CORE_VERSION or "IPCREEL_PLAIN" in os.environ:
        raise ImportError("compiled from another version, or not wanted")
    fall_back_on(pack)
except ImportError:
    from ipcreel.tape.plain import Entry, Wrapper, Writer, is_plain, is_within

    packed = pack

__all__ = ["Entry", "Tape", "Window", "Wrapper", "is_compiled", "is_plain", "is_within"]
_open, _close, _write, _unlink, _getpid = os.open, os.close, os.write, os.unlink, os.getpid
_PAYLOAD_HEAD = Struct(">BBBI").pack
_SHORTEST_LONG = 256


def is_compiled() -> bool:
    """Whether the hot path is that in C."""
    return Writer.__module__ == "ipcreel.tape.core"


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


class Tape(Writer):
    """One process's tape, open for writing. A fork begins a new one in the same object: `open` is called again."""

    __slots__ = ("directory", "events", "failure", "header", "name", "pid", "stream")

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
        self.generation += 1
        path = f"{directory}/{name}"
        page = packed(header)
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
            self.stream_place = self.stream.place

    def events_slid(self, slot: int) -> tuple[memoryview, int]:
        """Where to write the event of a slot that lies outside the window: a view, and the offset in it."""
        at = layout.PAGE + slot * SIZE
        view, first, _ = self.events.slide(at, at + SIZE)
        current, begin, _ = self.events.place
        self.events_place = current, begin - layout.PAGE
        return view, at - first

    def stream_slid(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        """A place that holds bytes `begin` to `end` of the stream; the current one from now on if it lies ahead."""
        place = self.stream.slide(begin, end)
        if place is self.stream.place:
            self.stream_place = place
        return place

    def stop(self, error: OSError) -> None:
        """Keep nothing from here on; say so once, to the file that the recorder reads after the run."""
        self.failure = error
        try:
            _create(f"{self.directory}/{self.name}{layout.STOPPED}", packed([self.slot, str(error)]))
        except OSError:
            pass  # the disk is full: the empty file, if that much could be made, says it

    def define(self, *record: object) -> None:
        """Append a definition or a fact, its tag first."""
        self.write(packed(list(record)))

    def other_payload(self, slot: int, value: object) -> None:
        """Keep a payload that is neither short bytes nor a float, cut to the limit."""
        if type(value) is bytes:
            size = len(value)
            if size <= self.payload_limit:
                self.write(_PAYLOAD_HEAD(0x93, layout.PAYLOAD, 0xCE, slot) + pack_bytes_head(size) + value)
            else:
                kept = packed(value[: self.payload_limit])
                self.write(_PAYLOAD_HEAD(0x94, layout.PAYLOAD, 0xCE, slot) + kept + packed(size))
            return
        body = packed(value)
        if len(body) <= self.payload_limit + 64:
            self.write(_PAYLOAD_HEAD(0x93, layout.PAYLOAD, 0xCE, slot) + body)
        else:
            self.write(_PAYLOAD_HEAD(0x94, layout.PAYLOAD, 0xCE, slot) + b"\xc0" + packed(len(body)))


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
