"""What a recorded process writes with: mapped files, so that a write is a memory copy and outlives the process."""

from __future__ import annotations

import os

from ipcreel.compiled import is_compiled
from ipcreel.tape import layout
from ipcreel.tape.mapping import map_file, map_nothing

# The hot path is in C where that could be compiled. Both write the same bytes.
if is_compiled:
    from ipcreel.core import (
        Entry,
        Shared,
        Wrapper,
        Writer,
        bits_of_float,
        fall_back_on,
        float_of_bits,
        give_number,
        is_plain,
        is_within,
    )
    from ipcreel.core import pack as packed

    def _pack(value: object, depth: int) -> bytes:
        """What has no form in C is packed in Python. A start leaves that for later (see `record.later`)."""
        from ipcreel.tape.pack import pack

        return pack(value, depth)

    fall_back_on(_pack)
else:
    from ipcreel.tape.pack import pack as packed
    from ipcreel.tape.plain import (
        Entry,
        Shared,
        Wrapper,
        Writer,
        bits_of_float,
        float_of_bits,
        give_number,
        is_plain,
        is_within,
    )

__all__ = [
    "Entry", "Shared", "Tape", "Window", "Wrapper", "bits_of_float", "float_of_bits", "give_number", "is_plain",
    "is_within", "packed",
]  # fmt: skip
_open, _close, _write, _unlink, _getpid = os.open, os.close, os.write, os.unlink, os.getpid
_SHORTEST_LONG = 256


class Window:
    """The part of a file that is mapped now: a memoryview, and the offsets of its first byte and after its last.

    The three are read and replaced together, as one tuple, so that no thread sees two of one window and one of another.
    """

    __slots__ = ("is_made", "path", "place", "tape")

    def __init__(self, tape: Tape, path: str, place: tuple[memoryview, int, int] | None = None) -> None:
        self.tape = tape
        self.path = path
        self.is_made = place is None  # the file; once it is, it is not made again: who removes it wants no more of it
        self.place = place or self._map(0, layout.FIRST)

    def slide(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        """A place that holds bytes `begin` to `end`: from now on the current one if it lies ahead."""
        first = begin - begin % layout.PAGE
        ahead = end > self.place[2]
        place = self._map(first, max(end, first + (layout.CHUNK if ahead else layout.PAGE)))
        if ahead:
            self.place = place
        return place

    def _map(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        size = -(-(end - begin) // layout.PAGE) * layout.PAGE
        if self.tape.failure is None:
            try:
                if not self.is_made:
                    _close(_open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
                    self.is_made = True
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
            OSError: its file cannot be made.
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
        except OSError as error:
            self.failure = error
            _remove(path + layout.EVENTS)
            raise
        finally:  # where there is no tape, what is still written goes nowhere: not to that of the parent
            self.events = Window(self, path + layout.EVENTS)
            view = self.events.place[0]
            self.events_place = view, -layout.HEAD
            self.stream_place = view[layout.PAGE : layout.HEAD], 0, layout.EARLY
            self.stream = Window(self, path + layout.STREAM, self.stream_place)

    def events_slid(self, slot: int) -> tuple[memoryview, int]:
        """Where to write the event of a slot that lies outside the window: a view, and the offset in it."""
        at = layout.HEAD + slot * layout.SLOT
        view, first, _ = self.events.slide(at, at + layout.SLOT)
        current, begin, _ = self.events.place
        self.events_place = current, begin - layout.HEAD
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

    def other_payload(self, slot: int, value: object) -> None:
        """Keep a payload that is neither short bytes nor a float, cut to the limit."""
        head = bytes((layout.PAYLOAD, 0xCE)) + slot.to_bytes(4, "big")
        if type(value) is bytes:
            kept, size = packed(value[: self.payload_limit]), len(value)
            is_whole = size <= self.payload_limit
        else:
            kept = packed(value)
            size = len(kept)
            is_whole = size <= self.payload_limit + 64
            kept = kept if is_whole else b"\xc0"
        self.write(b"\x93" + head + kept if is_whole else b"\x94" + head + kept + packed(size))


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
