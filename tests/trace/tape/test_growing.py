"""What is read of a tape while it grows is what is read of it in the end."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ipcreel import event
from ipcreel.tape import layout
from ipcreel.tape.growing import GrowingTapes
from ipcreel.tape.reader import read_tape
from ipcreel.tape.writer import Tape


@pytest.fixture
def tape(tmp_path: Path) -> Tape:
    made = Tape()
    made.open(str(tmp_path), "t", {"format": "ipcreel tape", "pid": os.getpid()}, 1 << 20)
    return made


def read_twice(growing: GrowingTapes):
    growing.read()
    [content], _ = growing.read()
    return content


def test_what_was_there_at_one_reading_is_taken_at_the_next(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    slot = tape.whole(100, 0, 1, 0, 0, -5, 6, 150)
    tape.payload(slot, b"hello")
    [content], _ = growing.read()
    assert len(content.events) == len(content.payloads) == 0
    [content], _ = growing.read()
    assert content.events["a"].tolist() == [-5]
    assert content.payloads[:, 0].tolist() == [slot]


def test_an_event_that_returns_later_is_seen_to_return(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    slot = tape.begin(100, 0, 1, 0, 0, 0)
    assert read_twice(growing).events["end_ns"].tolist() == [0]
    tape.whole(200, 0, 1, 0, 0, 0, 0, 210)
    tape.end(slot, 7, 0, 300)
    assert read_twice(growing).events["end_ns"].tolist() == [300, 210]


def test_a_slot_that_is_still_to_be_filled_holds_back_those_after_it(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    tape.whole(1, 0, 1, 0, 0, 0, 0, 2)
    tape.slot += 1  # another thread has taken it
    tape.whole(5, 0, 1, 0, 0, 0, 0, 6)
    assert read_twice(growing).slots.tolist() == [0]
    tape.slot = 1
    tape.whole(3, 0, 1, 0, 0, 0, 0, 4)
    assert read_twice(growing).slots.tolist() == [0, 1, 2]


def test_a_slot_that_is_never_filled_does_not_hold_back_the_rest_for_ever(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    tape.slot += 1
    for number in range(1, 5001):
        tape.whole(number, 0, 1, 0, 0, 0, 0, number + 1)
    assert len(read_twice(growing).events) == 5000


def test_a_record_that_ends_in_zeros_is_taken_whole(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    tape.payload(tape.whole(1, 0, 1, 0, 0, 0, 0, 2), bytes(1_000_000))
    tape.define(layout.LANE, 0, 7, "MainThread")
    content = read_twice(growing)
    assert content.payloads[0, 2] == 1_000_000 + 5
    assert content.lanes == {0: [7, "MainThread"]}


def test_a_record_that_was_never_written_is_passed_over(tape, tmp_path):
    growing = GrowingTapes(tmp_path)
    tape.stream_at += 40
    tape.define(layout.LANE, 0, 7, "MainThread")
    assert read_twice(growing).lanes == {}  # it may still be written
    deadline = time.monotonic() + 10
    while not (content := read_twice(growing)).lanes:
        assert time.monotonic() < deadline
    assert content.lanes == {0: [7, "MainThread"]}


def test_a_tape_without_a_header_is_named_until_it_has_one(tape, tmp_path):
    (tmp_path / f"u{layout.EVENTS}").touch()
    tapes, unreadable = GrowingTapes(tmp_path).read()
    assert [content.name for content in tapes] == ["t"]
    assert unreadable == ["u: its process ended before it had said who it is"]


def test_a_tape_read_while_two_threads_write_it_is_in_the_end_as_it_is_read_at_once(tape, tmp_path):
    done = threading.Barrier(3)

    def write(lane: int) -> None:
        for number in range(1, 4001):
            slot = tape.begin(number, lane, 1, 0, 0, number)
            tape.payload(slot, b"%d" % number * (number % 40))
            tape.end(slot, number, 0, number + 1)
        done.wait()

    for lane in (0, 1):
        threading.Thread(target=write, args=(lane,)).start()
    growing = GrowingTapes(tmp_path)
    while done.n_waiting < 2:
        growing.read()
    done.wait()
    growing.read()
    content, whole = read_twice(growing), read_tape(tmp_path, "t")
    assert np.array_equal(content.slots, whole.slots)
    assert content.events.view("u1").tobytes() == whole.events.view("u1").tobytes()
    assert content.stream == whole.stream
    assert np.array_equal(content.payloads, whole.payloads)
    assert len(content.events) == 8000
    assert content.events.dtype == event.dtype()
