"""What a tape holds: the events as an array, the records of the stream as plain values."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.tape import layout
from ipcreel.tape.records import end_of, find_records


class TapeError(Exception):
    """A tape of which nothing can be read."""


@dataclass
class TapeContent:
    """All of one tape.

    Attributes:
        name: that of its files.
        header: who the process is.
        taped: (n,) event.tape_dtype(), in order of slot; slots that were never filled are left out.
        slots: (n,) u4, the slot of each.
        payloads: (slot, offset in the stream, size in the stream, size the payload had or -1), by slot.
        stream: the bytes of the stream.
        sites, objects, lanes: the definitions by number; facts: the statements by key.
        stopped: why recording stopped early, or None.
    """

    name: str
    header: dict[str, Any]
    taped: NDArray[np.void]
    slots: NDArray[np.int64]
    payloads: NDArray[np.int64]
    stream: bytes | memoryview
    sites: dict[int, list[Any]] = field(default_factory=dict)
    objects: dict[int, list[Any]] = field(default_factory=dict)
    lanes: dict[int, list[Any]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    sources: list[list[Any]] = field(default_factory=list)
    stopped: str | None = None

    @property
    def events(self) -> NDArray[np.void]:
        """(n,) event.dtype(): the events as a reel has them, but with numbers and without payloads of its own."""
        return event.from_tape(self.taped)


def read_tape(directory: Path, name: str) -> TapeContent:
    """Read one tape, whole or as far as its process got.

    Raises:
        TapeError: it has no header: its process ended while the tape was made.
    """
    content = _mapped(directory / (name + layout.EVENTS))
    header = _header(name, content[: layout.PAGE])
    taped, slots = _read_events(content)
    stream = _stream(content, directory / (name + layout.STREAM)).data
    tape = TapeContent(name, header, taped, slots, np.empty((0, 4), np.int64), stream)
    _read_stream(tape)
    tape.stopped = read_stopped(directory, name)
    return tape


def read_stopped(directory: Path, name: str) -> str | None:
    """Why the recording of a tape stopped early; None where it did not."""
    stopped = directory / (name + layout.STOPPED)
    if not stopped.exists():
        return None
    content = stopped.read_bytes()
    return str(_first(content)[1]) if content else "the disk is full"


def read_header(directory: Path, name: str) -> dict[str, Any]:
    """Who the process of a tape is.

    Raises:
        TapeError: it has no header.
    """
    with (directory / (name + layout.EVENTS)).open("rb") as file:
        return _header(name, file.read(layout.PAGE))


def _header(name: str, page: bytes | memoryview) -> dict[str, Any]:
    """A header as far as it is there: what a process may write to a file can be less than a page."""
    unpacker = msgpack.Unpacker(strict_map_key=False, unicode_errors="surrogatepass")
    unpacker.feed(page)
    header: dict[str, Any] = {}
    try:
        for _ in range(unpacker.read_map_header()):
            key = unpacker.unpack()
            header[key] = unpacker.unpack()
    except (ValueError, TypeError, msgpack.UnpackException):
        pass
    if "pid" not in header:
        raise TapeError(f"{name}: its process ended before it had said who it is")
    return header


def _first(data: bytes) -> Any:
    unpacker = msgpack.Unpacker(strict_map_key=False, unicode_errors="surrogatepass")
    unpacker.feed(data)
    return unpacker.unpack()


assert event.SIZE == layout.SLOT, "writers and readers of a tape disagree"
_WORDS = event.SIZE // 8
_TAPED = event.tape_dtype()


def _mapped(path: Path) -> memoryview:
    """What is in a file. It is in memory already, and a copy would cost more than all that is done with it."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b"")


def _stream(content: memoryview, path: Path) -> NDArray[np.uint8]:
    """All of the stream as it is now: its begin is in `content`, and the rest, where there is some, in a file."""
    early = np.frombuffer(content[layout.PAGE : layout.HEAD], np.uint8)
    stream = np.fromfile(path, np.uint8) if path.exists() else np.empty(0, np.uint8)
    if len(stream) < len(early):  # a process was killed while it made the file: that may be empty
        stream = np.concatenate((stream, np.zeros(len(early) - len(stream), np.uint8)))
    stream[: len(early)] |= early
    return stream


def _read_events(content: memoryview) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    count = max(0, len(content) - layout.HEAD) // event.SIZE
    words = np.frombuffer(content, np.uint64, count * _WORDS, layout.HEAD) if count else np.empty(0, np.uint64)
    rows = words.reshape(-1, _WORDS)
    slots = np.flatnonzero(rows[:, 0])  # where they have begun
    rows = rows[: len(slots)] if len(slots) == 0 or slots[-1] == len(slots) - 1 else rows[slots]
    return rows.reshape(-1).view(_TAPED), slots


def _read_stream(tape: TapeContent) -> None:
    """Fill in what the stream says, up to its end or to the record that its process was killed in."""
    payloads, others, end = find_records(tape.stream, 0, end_of(tape.stream), True)
    for begin, after in others:
        take_record(tape, tape.stream[begin:after])
    tape.stream = tape.stream[:end]
    tape.payloads = payloads[np.argsort(payloads[:, 0], kind="stable")]


def take_record(tape: TapeContent, packed: bytes | memoryview) -> None:
    """Fill in what one record of the stream says that is no payload."""
    try:
        record = msgpack.unpackb(packed, strict_map_key=False, unicode_errors="surrogatepass")
    except (ValueError, msgpack.UnpackException):
        return
    if len(record) < 2:
        return
    tag = record[0]
    if tag == layout.SITE:
        tape.sites[record[1]] = record[2:]
    elif tag == layout.OBJECT:
        tape.objects[record[1]] = record[2:]
    elif tag == layout.LANE:
        tape.lanes[record[1]] = record[2:]
    elif tag == layout.FACT:
        tape.facts[record[1]] = record[2]
    elif tag == layout.SOURCE:
        tape.sources.append(record[1:])
