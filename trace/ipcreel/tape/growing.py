"""Tapes that are still being written, each read on from where the last reading ended.

A process writes an event, and a record of the stream, byte by byte into mapped memory, and its threads do so side by
side. What stood there at one reading is therefore taken for good at the next one: until then it may be half written.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.tape import layout
from ipcreel.tape.layout import tape_names
from ipcreel.tape.reader import TapeContent, TapeError, read_header, read_stopped, take_record
from ipcreel.tape.records import end_of, find_records

_BLOCK = 1 << 18
_HOLE_S = 0.1  # so long after its place was taken a record is written, or never: the window may slide meanwhile
_LONG_GAP = 4096  # slots: a thread that took its slot so long ago, and has not filled it, never will
_END_AT: int = event.tape_dtype().fields["end_ns"][1]  # type: ignore[index]
_END_BYTES = slice(_END_AT, _END_AT + 8)


class GrowingTapes:
    """The tapes of one recording. What is read costs as much as was written since the last reading."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._tapes: dict[str, _GrowingTape] = {}

    def read(self) -> tuple[list[TapeContent], list[str]]:
        """The tapes as they are now, in the order in which they began, and what is to be said of the unreadable.

        Streams are read when all events have been: then they define all that the events name.

        Raises:
            FileNotFoundError: the recording has ended, and its tapes are gone.
        """
        found, unreadable = [], []
        for name in tape_names(self._directory):
            tape = self._tapes.setdefault(name, _GrowingTape(self._directory, name))
            try:
                tape.read_events()
                found.append(tape)
            except TapeError as error:
                unreadable.append(str(error))
        return [tape.read_stream() for tape in found], unreadable


class _GrowingTape:
    """One tape, and how far it was read."""

    def __init__(self, directory: Path, name: str) -> None:
        self._path = directory / name
        self._content: TapeContent | None = None
        self._events = _GrowingEvents(Path(f"{self._path}{layout.EVENTS}"))
        self._stream = _GrowingStream(self._path)

    def read_events(self) -> None:
        """Reads on in the events.

        Raises:
            TapeError: the tape has no header yet.
        """
        if self._content is None:
            header = read_header(self._path.parent, self._path.name)
            none = np.empty(0, event.tape_dtype()), np.empty(0, np.int64), np.empty((0, 4), np.int64)
            self._content = TapeContent(self._path.name, header, *none, b"")
        self._events.read()

    def read_stream(self) -> TapeContent:
        """Reads on in the stream. Returns all that is known of the tape; the arrays are the caller's own."""
        assert self._content is not None, "events are read first"
        self._stream.read(self._content)
        return replace(
            self._content,
            taped=self._events.settled,
            slots=self._events.slots,
            payloads=self._stream.payloads,
            stream=bytes(self._stream.taken),
            stopped=read_stopped(self._path.parent, self._path.name),
        )


class _GrowingEvents:
    """The events of a tape that were there at the last reading."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw: NDArray[np.uint8] = np.empty((1024, event.SIZE), np.uint8)
        self._slots: NDArray[np.int64] = np.empty(1024, np.int64)
        self._count = 0
        self._next_slot = 0
        """The slot after the last that is settled."""
        self._seen_slot = 0
        """The slot after the last that was filled at the last reading."""
        self._open: NDArray[np.intp] = np.empty(0, np.intp)
        """Settled rows that were pending at the last reading or the one before, and are to be read again."""

    @property
    def settled(self) -> NDArray[np.void]:
        """A copy of the events."""
        return self._raw[: self._count].copy().reshape(-1).view(event.tape_dtype())

    @property
    def slots(self) -> NDArray[np.int64]:
        """The slot of each, ascending."""
        return self._slots[: self._count].copy()

    def read(self) -> None:
        """Reads on."""
        with self._path.open("rb", buffering=0) as file:
            self._read_open(file.fileno())
            self._settle(*self._read_tail(file.fileno()))

    def _read_open(self, descriptor: int) -> None:
        """Events that had not returned may have by now; those that have are read once more, when they are whole."""
        was_pending = ~self._raw[self._open, _END_BYTES].any(axis=1)
        for row in self._open.tolist():
            at = layout.HEAD + int(self._slots[row]) * event.SIZE
            self._raw[row] = np.frombuffer(os.pread(descriptor, event.SIZE, at), np.uint8)
        self._open = self._open[was_pending]

    def _read_tail(self, descriptor: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """What is filled after the settled slots; slots are given out in order, so an empty block is the end."""
        blocks, places = [np.empty((0, event.SIZE), np.uint8)], [np.empty(0, np.int64)]
        slot = self._next_slot
        while True:
            data = os.pread(descriptor, _BLOCK, layout.HEAD + slot * event.SIZE)
            block = np.frombuffer(data, np.uint8, len(data) // event.SIZE * event.SIZE).reshape(-1, event.SIZE)
            filled = np.flatnonzero(block.view(np.uint64)[:, 0])  # where they have begun
            if not len(filled):
                return np.concatenate(blocks), np.concatenate(places)
            blocks.append(block[filled])
            places.append(slot + filled)
            slot += len(block)

    def _settle(self, raw: NDArray[np.uint8], slots: NDArray[np.int64]) -> None:
        """Takes for good what was there at the last reading, up to the first slot that is still to be filled."""
        there = self._seen_slot
        unbroken = np.append(slots == self._next_slot + np.arange(len(slots)), False)
        gap = self._next_slot + int(np.argmin(unbroken))
        until = there if there - gap > _LONG_GAP else min(there, gap)
        taken = int(slots.searchsorted(np.int64(until)))
        before, after = self._count, self._count + taken
        self._make_room(after)
        self._raw[before:after], self._slots[before:after] = raw[:taken], slots[:taken]
        self._open = np.concatenate((self._open, before + np.flatnonzero(~raw[:taken, _END_BYTES].any(axis=1))))
        self._count = after
        self._next_slot = max(until, self._next_slot)
        self._seen_slot = int(slots[-1]) + 1 if len(slots) else self._seen_slot

    def _make_room(self, count: int) -> None:
        if count > len(self._raw):
            raw, slots = np.empty((2 * count, event.SIZE), np.uint8), np.empty(2 * count, np.int64)
            raw[: self._count], slots[: self._count] = self._raw[: self._count], self._slots[: self._count]
            self._raw, self._slots = raw, slots


class _GrowingStream:
    """The records of a stream, up to the last that was there whole at the last reading."""

    def __init__(self, tape: Path) -> None:
        self._events, self._path = Path(f"{tape}{layout.EVENTS}"), Path(f"{tape}{layout.STREAM}")
        self.taken = bytearray()
        """The stream as far as it was taken."""
        self._seen = 0
        """The offset after the last byte that was written at the last reading."""
        self._hole, self._since_s = -1, 0.0
        """Where zeros stand although more follows, and since when: what a thread was about to write then."""
        self._payloads: list[NDArray[np.int64]] = []
        self._table: NDArray[np.int64] = np.empty((0, 4), np.int64)

    @property
    def payloads(self) -> NDArray[np.int64]:
        """As in TapeContent."""
        if self._payloads:
            table = np.concatenate((self._table, *self._payloads))
            self._table = table[np.argsort(table[:, 0], kind="stable")]
            self._payloads = []
        return self._table

    def read(self, content: TapeContent) -> None:
        """Adds to the tape what its stream says by now."""
        settled = self._seen
        tail = self._tail()
        self._seen = max(len(self.taken) + end_of(tail), self._seen)
        first = len(self.taken)
        at = 0
        while True:
            payloads, others, at = find_records(tail, at, settled - first, False)
            self._payloads.append(payloads + np.array([0, first, 0, 0]))
            for begin, end in others:
                take_record(content, tail[begin:end])
            if at >= settled - first or tail[at] or not self._may_skip(first + at):
                break
            at += 1
        self.taken += tail[:at]

    def _may_skip(self, begin: int) -> bool:
        """Whether a hole is there for long: whoever was to fill it is no more."""
        now_s = time.monotonic()
        if begin != self._hole:
            self._hole, self._since_s = begin, now_s
        if now_s - self._since_s < _HOLE_S:
            return False
        self._hole += 1
        return True

    def _tail(self) -> bytes:
        """What was not taken yet: no more than a chunk of it is zeros that nobody has written to so far."""
        blocks = []
        with self._events.open("rb", buffering=0) as events, ExitStack() as stack:
            rest = None
            if self._path.exists():
                rest = stack.enter_context(self._path.open("rb", buffering=0)).fileno()
            at = len(self.taken)
            while block := _block(events.fileno(), rest, at):
                blocks.append(block)
                at += len(block)
        return b"".join(blocks)


def _block(events: int, rest: int | None, at: int) -> bytes:
    """Some of the stream from `at` on: of its begin, or of the rest, where that was begun."""
    if at >= layout.EARLY:
        return b"" if rest is None else os.pread(rest, _BLOCK, at)
    early = os.pread(events, layout.EARLY - at, layout.PAGE + at)
    if rest is None:
        return early
    more = os.pread(rest, len(early), at).ljust(len(early), b"\0")
    return (np.frombuffer(early, np.uint8) | np.frombuffer(more, np.uint8)).tobytes()
