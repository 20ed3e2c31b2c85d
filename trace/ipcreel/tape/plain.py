"""The hot path of the recorder in Python: what is in C (`c/entry.c`, `c/writer.c`), for where that was not compiled.

A wrapper calls an `Entry` where its operation begins: it gives nothing where that is not to be recorded, or else an
`Event` that knows its begin, its lane and its call site, and writes itself on the tape. The bytes are the same.
"""

from __future__ import annotations

import sys
import time
from _struct import Struct
from _struct import error as PackingError  # type: ignore[attr-defined]  # noqa: N812

from ipcreel.event import SIZE, TAPE
from ipcreel.interpose.frames import find_in_python
from ipcreel.tape import layout
from ipcreel.tape.pack import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

_now, _getframe = time.monotonic_ns, sys._getframe
TAPE_WHOLE = Struct("@" + "".join(TAPE))
TAPE_BEGIN = Struct("@" + "".join(TAPE[:6]))  # all that is known at the begin
TAPE_REST = Struct("@" + "".join(TAPE[5:]))  # from `a` on: written at the end
TAPE_END = Struct("@" + TAPE[8])  # where `a` and `b` stay as they are
REST_AT, END_AT = TAPE_WHOLE.size - TAPE_REST.size, TAPE_WHOLE.size - TAPE_END.size

_pack_whole, _pack_begin, _pack_rest = TAPE_WHOLE.pack_into, TAPE_BEGIN.pack_into, TAPE_REST.pack_into
_pack_end = TAPE_END.pack_into
_pack_float, _FLOAT_SIZE = Struct(">3sIBd").pack_into, 16

# A record [PAYLOAD, slot, bytes] with up to 255 bytes is written in one call.
_SHORT_HEAD = bytes((0x93, layout.PAYLOAD, 0xCE))
_SHORT_BYTES = 0xC400  # the marker of such bytes, above their size
_SHORT_SIZE = 9  # what stands before them


class _ShortPackers(dict[int, "Callable[..., None]"]):
    """By size of the bytes: what writes the record."""

    def __missing__(self, size: int) -> Callable[..., None]:
        pack_into = self[size] = Struct(f">3sIH{size}s").pack_into
        return pack_into


_short_packers = _ShortPackers()
_FROM_SITE_TO_CALLER = 4  # over `Event._begun`, the method of the event, and the wrapper


def bits_of_float(value: float) -> int:
    """The bits of a float, as a whole number."""
    bits: int = Struct("q").unpack(Struct("d").pack(value))[0]
    return bits


def float_of_bits(bits: int) -> float:
    """The float that has these bits."""
    value: float = Struct("d").unpack(Struct("q").pack(bits))[0]
    return value


def _fit(value: Any) -> int:
    """An integer that an event has room for, as near to `value` as there is one; 0 for what is none."""
    return max(-(2**63), min(value, 2**63 - 1)) if isinstance(value, int) else 0


class Writer:
    """Where the next event and the next record of a tape go.

    Positions are taken by reading an attribute and storing it advanced, in straight-line code without a call or a
    loop: CPython (3.11 to 3.13, with its lock) switches threads, runs signal handlers and, from 3.12 on, collects
    garbage only at calls, loops and function entries, so nothing comes between. `test_writer` stresses this.

    Attributes:
        slot: of the next event.
        stream_at: of the next record, in bytes.
        generation: counts the tapes that were begun with this object: a fork begins another one.
        payload_limit: bytes kept of a payload.
        short_limit: bytes up to this many are written in one go.
        events_place: the mapped part of the events: a view, and the offset of its first byte from the first event.
        stream_place: that of the stream: a view, and the offsets of its first byte and after its last.
    """

    __slots__ = ("events_place", "generation", "payload_limit", "short_limit", "slot", "stream_at", "stream_place")

    events_place: tuple[memoryview, int]
    stream_place: tuple[memoryview, int, int]

    def __init__(self) -> None:
        self.generation = self.slot = self.stream_at = self.short_limit = self.payload_limit = 0

    def events_slid(self, slot: int) -> tuple[memoryview, int]:
        """Where to write the event of a slot that lies outside the window: a view, and the offset in it."""
        raise NotImplementedError

    def stream_slid(self, begin: int, end: int) -> tuple[memoryview, int, int]:
        """A place that holds bytes `begin` to `end` of the stream."""
        raise NotImplementedError

    def other_payload(self, slot: int, value: object) -> None:
        """Keep a payload that is neither short bytes nor a float."""
        raise NotImplementedError

    def whole(self, begin_ns: int, lane: int, op: int, object_: int, site: int, a: int, b: int, end_ns: int) -> int:
        """Write an event that has ended. Returns its slot."""
        slot = self.slot
        self.slot = slot + 1
        view, at = self.place_of(slot)
        try:
            _pack_whole(view, at, begin_ns, lane, op, object_, site, a, b, end_ns)
        except PackingError:
            _pack_whole(view, at, begin_ns, lane, op, object_, site, _fit(a), _fit(b), end_ns)
        return slot

    def begin(self, begin_ns: int, lane: int, op: int, object_: int, site: int, a: int) -> int:
        """Write the begin of an event that may never end. Returns its slot."""
        slot = self.slot
        self.slot = slot + 1
        view, at = self.place_of(slot)
        try:
            _pack_begin(view, at, begin_ns, lane, op, object_, site, a)
        except PackingError:
            _pack_begin(view, at, begin_ns, lane, op, object_, site, _fit(a))
        return slot

    def end(self, slot: int, a: int, b: int, end_ns: int) -> None:
        """Complete the event in `slot`."""
        view, at = self.place_of(slot)
        try:
            _pack_rest(view, at + REST_AT, a, b, end_ns)
        except PackingError:
            _pack_rest(view, at + REST_AT, _fit(a), _fit(b), end_ns)

    def place_of(self, slot: int) -> tuple[memoryview, int]:
        """Where the event of `slot` lies: a view, and the offset in it."""
        view, first = self.events_place
        at = slot * SIZE - first
        is_outside = at < 0 or at + SIZE > len(view)
        return self.events_slid(slot) if is_outside else (view, at)

    def write(self, record: bytes) -> None:
        """Append one record to the stream."""
        size = len(record)
        begin = self.stream_at
        self.stream_at = end = begin + size
        view, first, last = self.stream_place
        if begin < first or end > last:
            view, first, last = self.stream_slid(begin, end)
        view[begin - first : end - first] = record

    def define(self, *record: object) -> None:
        """Append a definition or a fact, its tag first."""
        self.write(pack(list(record)))

    def make_room(self, payload: object) -> None:
        """Let the window slide now if a payload needs that: not between an event and its payload, where who is killed
        would leave an event without one. How long one is that is not bytes is not known yet.
        """
        size = _SHORT_SIZE + (len(payload) if type(payload) is bytes else 0)
        begin = self.stream_at
        end = begin + max(256, min(size, self.payload_limit + 64))
        if begin < self.stream_place[1] or end > self.stream_place[2]:
            self.stream_slid(begin, end)

    def payload(self, slot: int, value: object) -> None:
        """Keep `value` as the payload of the event in `slot`, cut to the limit."""
        if type(value) is bytes and len(value) <= self.short_limit:
            size = len(value)
            begin = self.stream_at
            self.stream_at = end = begin + size + _SHORT_SIZE
            view, first, last = self.stream_place
            if begin < first or end > last:
                view, first, last = self.stream_slid(begin, end)
            _short_packers[size](view, begin - first, _SHORT_HEAD, slot, _SHORT_BYTES | size, value)
        elif type(value) is float:
            begin = self.stream_at
            self.stream_at = end = begin + _FLOAT_SIZE
            view, first, last = self.stream_place
            if begin < first or end > last:
                view, first, last = self.stream_slid(begin, end)
            _pack_float(view, begin - first, _SHORT_HEAD, slot, 0xCB, value)
        else:
            self.other_payload(slot, value)


Wrapper: Callable[..., Callable[..., Any]] | None = None  # all wrappers are in Python here
Shared: Any = None


_SCALARS = frozenset((int, float, bool, str, bytes))


def is_plain(value: object) -> bool:
    """Whether a value can be kept as it is: a number, a text, bytes, a list or tuple of these."""
    if type(value) is list or type(value) is tuple:
        return all(type(item) in _SCALARS for item in value)
    return type(value) in _SCALARS


def is_within(frame: FrameType | None) -> bool:
    """Whether a frame of the program stands in a call of a wrapper that has no frame: here they all have one."""
    return False


def give_number(thing: Any, number: int) -> int:
    """The number that an object has, which is this one where it had none until now."""
    return thing.__dict__.setdefault("_ipcreel_object", number)  # type: ignore[no-any-return]


_ANYTHING = object()


def _is_watched(given: Any) -> bool:
    try:
        return (given[0] if type(given) is tuple else given)._ipcreel_object >= 0  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return False


class Entry:
    """Called where an operation begins, by its wrapper.

    Args:
        op: code of the operation.
        writer: of the tape.
        scope: the globals of `tape.process`.
        judge: says which frame is one of the program's, as for `find_frame`, where there has to be one.
    """

    __slots__ = ("judge", "near", "op", "scope", "writer")

    def __init__(
        self, op: int, writer: Writer, scope: dict[str, Any], judge: Callable[[CodeType], int] | None = None
    ) -> None:
        self.judge = judge
        self.op = op
        self.writer = writer
        self.scope = scope
        # By instruction, the code and the site that it was last in: a wrapper is called at few places.
        self.near: dict[int, tuple[CodeType | None, int]] = {}

    def __call__(self, given: object = _ANYTHING) -> Event | None:
        """The event; None where nothing is recorded now, or of this object.

        Args:
            given: an object, or the arguments of a method of it, of a kind of which only the program's are recorded.
        """
        here = self.scope["here"]
        if here is None:  # the interpreter ends
            return None
        if given is not _ANYTHING and not _is_watched(given):
            return None
        try:
            lane = here.mark
        except RecursionError:  # its message would speak of a comparison
            raise RecursionError("maximum recursion depth exceeded") from None
        if lane < 0 or (self.judge is not None and find_in_python(self.judge) < 0):
            return None
        return Event(self, lane)

    def note(self, begin_ns: int, lane: int, object_: int, a: int, b: int) -> int:
        """Write what has happened by now, or has taken from `begin_ns` until now; called by what the program called.

        Returns:
            The slot of its event.
        """
        at_ns = _now()
        site = self.scope["site_of"](_getframe(2))
        return self.writer.whole(begin_ns or at_ns, lane, self.op, object_, site, a, b, at_ns)

    def tell(self, object_: int) -> None:
        """Write what has happened, where this thread is outside of any operation; called by what stands in the place
        of a library's function.
        """
        here = self.scope["here"]
        if here is not None and here.mark >= 0:
            at_ns = _now()
            site = self.scope["site_of"](_getframe(1))
            self.writer.whole(at_ns, here.lane, self.op, object_, site, 0, 0, at_ns)

    def site(self) -> int:
        """The number of the call site where the wrapper was called, which has called an event's method."""
        try:
            frame = _getframe(_FROM_SITE_TO_CALLER)
        except ValueError:  # called by C at the bottom of a stack: an exit hook, the flush at the end
            return 0
        code, number = self.near.get(frame.f_lasti, (None, 0))
        if code is not frame.f_code:
            number, depth = self.scope["site_kept"](frame)
            if depth == 0:
                self.near[frame.f_lasti] = frame.f_code, number
        return number


class Event:
    """An operation that has begun.

    Attributes:
        lane: where.
        slot: on the tape; -1 as long as nothing was written of it.
    """

    __slots__ = ("begin_ns", "entry", "generation", "lane", "slot", "stopped_ns")

    def __init__(self, entry: Entry, lane: int) -> None:
        self.entry = entry
        self.lane = lane
        self.generation = entry.writer.generation
        self.slot = -1
        self.stopped_ns = 0
        self.begin_ns = _now()

    @property
    def left(self) -> bool:
        """Whether a fork came between, and this is the child: what began before is completed by the parent alone."""
        return self.generation != self.entry.writer.generation

    def start(self) -> None:
        """It begins now: all that came since its entry was ours."""
        self.begin_ns = _now()

    def stop(self) -> None:
        """It has ended; what is told of it comes later."""
        self.stopped_ns = _now()

    def whole(self, object_: int, a: int, b: int) -> None:
        """Write it, ended."""
        end_ns = self.stopped_ns or _now()
        self.slot = self.entry.writer.whole(*self._begun(object_), a, b, end_ns)

    def raised(self, object_: int, a: int) -> None:
        """Write it, ended by an exception."""
        end_ns = -(self.stopped_ns or _now())
        self.slot = self.entry.writer.whole(*self._begun(object_), a, 0, end_ns)

    def begin(self, object_: int, a: int, sent: object) -> None:
        """Write that it has begun, and what is sent."""
        writer = self.entry.writer
        if sent is not None:
            writer.make_room(sent)
        self.slot = writer.begin(*self._begun(object_), a)
        if sent is not None:
            writer.payload(self.slot, sent)

    def _begun(self, object_: int) -> tuple[int, int, int, int, int]:
        """What is known at the begin. The call site is sought only now: whether the call is one of the operation's
        was asked in between.
        """
        self.generation = self.entry.writer.generation
        return self.begin_ns, self.lane, self.entry.op, object_, self.entry.site()

    def end(self, a: int | None = None, b: int = 0) -> None:
        """Write that it has ended, with `a` and `b` where they are given."""
        end_ns = self.stopped_ns or _now()
        if self.slot >= 0 and not self.left:
            if a is None:
                self._end(end_ns)
            else:
                self.entry.writer.end(self.slot, a, b, end_ns)

    def end_raised(self) -> None:
        """Write that it was ended by an exception."""
        end_ns = -(self.stopped_ns or _now())
        if self.slot >= 0 and not self.left:
            self._end(end_ns)

    def _end(self, end_ns: int) -> None:
        view, at = self.entry.writer.place_of(self.slot)
        _pack_end(view, at + END_AT, end_ns)

    def payload(self, value: object) -> None:
        """Keep `value` as its payload."""
        if self.slot >= 0 and not self.left:
            self.entry.writer.payload(self.slot, value)
