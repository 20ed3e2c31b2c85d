"""What is done in C is what is done in Python: the same bytes."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ipcreel import event
from ipcreel.compiled import is_compiled
from ipcreel.interpose import frames
from ipcreel.interpose.frames import NOBODY, PASSED, TAKEN
from ipcreel.tape.merging import put_events, put_in_python
from ipcreel.tape.pack import DEPTH
from ipcreel.tape.pack import pack as pack_in_python
from ipcreel.tape.plain import Writer as PlainWriter
from ipcreel.tape.records import find_in_python
from ipcreel.tape.writer import Tape

core: Any = import_module("ipcreel.core")

scalars = (
    some.none()
    | some.booleans()
    | some.integers(-(2**70), 2**70)
    | some.floats()
    | some.text(some.characters(codec=None), max_size=40)
    | some.binary(max_size=40)
    | some.builds(bytearray, some.binary(max_size=8))
    | some.just(range(3))
)
keys = some.integers() | some.text() | some.binary() | some.tuples(some.integers(), some.text())
values = some.recursive(
    scalars,
    lambda inner: (
        some.lists(inner, max_size=5)
        | some.lists(inner, max_size=5).map(tuple)
        | some.dictionaries(keys, inner, max_size=5)
    ),
)


@settings(max_examples=100)
@given(values)
def test_every_value_has_the_same_bytes(value: Any) -> None:
    assert core.pack(value) == pack_in_python(value)


@pytest.mark.parametrize("size", [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536])
def test_every_size_has_the_same_head(size: int) -> None:
    for value in ("a" * size, bytes(size), [1] * size, (1,) * size, dict.fromkeys(range(size))):
        assert core.pack(value) == pack_in_python(value)


def test_what_lies_too_deep_is_written_as_its_text() -> None:
    value: Any = []
    for _ in range(DEPTH + 8):
        value = [value]
    assert core.pack(value) == pack_in_python(value)


def test_what_a_value_raises_is_raised_and_a_list_that_shrinks_meanwhile_is_as_long_as_it_was() -> None:
    items: list[Any] = []

    class Emptying:
        def __repr__(self) -> str:
            items.clear()
            return "emptied"

    items.extend([Emptying(), 1, 2])
    assert core.pack(items)[0] == 0x93
    assert core.pack(items) == b"\x90"


payloads = some.builds(
    lambda slot, value, had: (
        bytes((0x93 if had is None else 0x94, 0, 0xCE))
        + slot.to_bytes(4, "big")
        + pack_in_python(value)
        + (b"" if had is None else msgpack.packb(had))
    ),
    some.integers(0, 2**32 - 1),
    values,
    some.none() | some.integers(0, 2**40),
)
others = some.lists(values, max_size=4).map(pack_in_python)
pieces = payloads | payloads | others | some.binary(max_size=8) | some.integers(0, 9).map(bytes)


@settings(max_examples=300)
@given(some.lists(pieces, max_size=8), some.data(), some.booleans())
def test_the_same_records_are_found_in_a_stream_whole_cut_or_damaged(
    parts: list[bytes], data: some.DataObject, over_zeros: bool
) -> None:
    stream = b"".join(parts)
    stream = stream[: data.draw(some.integers(0, len(stream)))]
    begin = data.draw(some.sampled_from([0, len(parts[0]) if parts else 0]))
    until = data.draw(some.integers(0, len(stream)))
    asked = stream, min(begin, len(stream)), until, over_zeros
    assert core.find_records(*asked) == find_in_python(*asked)


def test_records_that_say_that_they_are_huge_are_not_whole() -> None:
    for head in (b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xc9\xff\xff\xff\xfe"):
        stream = b"\x91\x01" + head + bytes(100)
        assert core.find_records(stream, 0, len(stream), True) == find_in_python(stream, 0, len(stream), True)
        assert core.find_records(stream, 0, len(stream), True)[2] == 2


@pytest.mark.parametrize("written", [b"", b"a", b"\0\0a", b"12345678", bytes(20) + b"b"])
@pytest.mark.parametrize("zeros", [0, 1, 7, 8, 9, 17, 100])
def test_what_a_stream_ends_in_is_told_from_what_was_written(written: bytes, zeros: int) -> None:
    assert core.end_of(written + bytes(zeros)) == len(written)


numbers = some.lists(some.integers(0, 2**32 - 1), min_size=1, max_size=4).map(lambda many: np.array(many, np.uint32))


@settings(max_examples=200)
@given(some.lists(some.binary(min_size=64, max_size=64), max_size=6), numbers, numbers, some.integers(0, 2**32 - 1))
def test_the_events_of_a_tape_are_put_into_a_reel_as_numpy_puts_them(
    rows: list[bytes], objects: Any, sites: Any, first_lane: int
) -> None:
    taped = np.frombuffer(b"".join(rows), np.uint8).view(event.tape_dtype())
    count = len(taped)
    place, payload = np.arange(count)[::-1] * 2, np.arange(count) * 2**33
    given_ = np.ascontiguousarray(place), payload, first_lane, objects, sites
    in_c, in_python = np.zeros(2 * count, event.dtype()), np.zeros(2 * count, event.dtype())
    put_events(taped, *given_, in_c)
    put_in_python(taped, *given_, in_python)
    assert in_c.tobytes() == in_python.tobytes()


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    taped, into = np.zeros(2, event.tape_dtype()), np.zeros(2, event.dtype())
    one, two, number = np.zeros(1, np.int64), np.zeros(2, np.int64), np.zeros(1, np.uint32)
    for wrong in (
        (taped, two, one, 0, number, number), (taped[:1], two, two, 0, number, number),
        (taped, two, two, 0, number[:0], number), (taped, two, two, 0, number, number[:0]),
        (taped, two + 2, two, 0, number, number), (taped, two - 1, two, 0, number, number),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="belong together"):
            put_events(*wrong, into)


def test_a_part_outside_of_the_stream_is_refused() -> None:
    for begin, until in ((-1, 3), (0, 4), (5, 9)):
        with pytest.raises(ValueError, match="no such part"):
            core.find_records(b"abc", begin, until, True)


def test_the_frame_that_counts_is_found_and_a_judge_who_raises_is_heard() -> None:
    def judged(verdicts: dict[Any, int]) -> tuple[int, int]:
        def judge(code: Any) -> int:
            return verdicts.get(code, PASSED)

        return core.find_frame(judge), frames.find_in_python(judge)

    def refuse(code: Any) -> int:
        raise KeyError(code)

    here, above = judged.__code__, sys._getframe(0).f_code
    assert judged({above: TAKEN}) == (1, 1)
    assert judged({above: NOBODY}) == judged({here: NOBODY, above: TAKEN}) == judged({}) == (-1, -1)
    assert judged({here: TAKEN}) == (0, 0)
    with pytest.raises(KeyError):
        core.find_frame(refuse)


def test_each_thread_has_its_own_numbers_and_begins_with_its_init() -> None:
    begun: list[int] = []

    class Numbers(core.Local):  # type: ignore[misc]
        def __init__(self) -> None:
            begun.append(threading.get_ident())
            self.lane = self.mark = len(begun)

    numbers, seen = Numbers(), []

    def look() -> None:
        seen.append((numbers.lane, numbers.mark))
        numbers.mark = -1
        seen.append((numbers.lane, numbers.mark))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(2, 2), (2, -1)]
    assert (numbers.lane, numbers.mark, len(set(begun))) == (1, 1, 2)
    again = Numbers()
    assert (again.lane, numbers.lane) == (3, 4)  # another object's: this thread has the numbers of the last one only


def test_it_is_used_where_it_is_there() -> None:
    assert is_compiled
    assert issubclass(Tape, core.Writer)
    assert not issubclass(Tape, PlainWriter)
