"""A tape outlives its process, and says what was in progress."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcreel import event
from ipcreel.reel.payload import Opaque, decode
from ipcreel.tape import layout
from ipcreel.tape import plain as in_python
from ipcreel.tape.pack import pack
from ipcreel.tape.reader import read_tape
from ipcreel.tape.writer import Tape


def open_tape(directory: Path, payload_limit: int = 1 << 20) -> Tape:
    tape = Tape()
    tape.open(str(directory), "t", {"format": "ipcreel tape", "pid": os.getpid()}, payload_limit)
    return tape


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    tape = open_tape(tmp_path)
    tape.define(layout.SITE, 1, "a.py", 3, "f", 10)
    tape.define(layout.OBJECT, 1, "sysv.queue", True, [1, 2], "queue 1")
    slot = tape.whole(100, 0, 0x0101, 1, 1, -5, 2**40, 150)
    tape.payload(slot, b"hello")

    content = read_tape(tmp_path, "t")

    assert content.events["begin_ns"].tolist() == [100]
    assert content.events["a"].tolist() == [-5]
    assert content.events["b"].tolist() == [2**40]
    assert content.events["end_ns"].tolist() == [150]
    assert content.sites == {1: ["a.py", 3, "f", 10]}
    assert content.objects == {1: ["sysv.queue", True, [1, 2], "queue 1"]}
    _, at, size, had = content.payloads[0].tolist()
    assert decode(content.stream[at : at + size]) == b"hello"
    assert had == -1


def test_an_operation_that_never_returned_is_pending(tmp_path: Path) -> None:
    tape = open_tape(tmp_path)
    tape.begin(100, 0, 0x0103, 1, 1, 7)
    events = read_tape(tmp_path, "t").events
    assert events["end_ns"].tolist() == [0]
    assert events["a"].tolist() == [7]


def test_what_was_written_survives_sigkill(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:
        tape = open_tape(tmp_path)
        for number in range(10_000):
            tape.payload(tape.whole(number + 1, 0, 1, 0, 0, number, 0, number + 2), b"%d" % number)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)

    content = read_tape(tmp_path, "t")

    assert content.events["a"].tolist() == list(range(10_000))
    assert [decode(content.stream[at : at + size]) for _, at, size, _ in content.payloads.tolist()] == [
        b"%d" % number for number in range(10_000)
    ]


def test_a_payload_over_the_limit_is_cut_and_says_what_it_had(tmp_path: Path) -> None:
    tape = open_tape(tmp_path, payload_limit=4)
    tape.payload(tape.whole(1, 0, 1, 0, 0, 0, 0, 2), b"0123456789")
    content = read_tape(tmp_path, "t")
    _, at, size, had = content.payloads[0].tolist()
    assert decode(content.stream[at : at + size]) == b"0123"
    assert had == 10


def test_a_payload_that_ends_in_zeros_is_whole(tmp_path: Path) -> None:
    tape = open_tape(tmp_path)
    tape.payload(tape.whole(1, 0, 1, 0, 0, 0, 0, 2), b"x" + bytes(100))
    content = read_tape(tmp_path, "t")
    _, at, size, _ = content.payloads[0].tolist()
    assert decode(content.stream[at : at + size]) == b"x" + bytes(100)


def test_a_record_larger_than_a_chunk_is_whole(tmp_path: Path) -> None:
    tape = open_tape(tmp_path, payload_limit=1 << 24)
    data = os.urandom(3 * layout.CHUNK + 5)
    tape.payload(tape.whole(1, 0, 1, 0, 0, 0, 0, 2), data)
    tape.payload(tape.whole(1, 0, 1, 0, 0, 0, 0, 2), b"after")
    content = read_tape(tmp_path, "t")
    assert [decode(content.stream[at : at + size]) for _, at, size, _ in content.payloads.tolist()] == [data, b"after"]


@pytest.mark.parametrize("size", [0, layout.PAGE])
def test_a_process_killed_while_it_made_the_file_for_the_rest_of_its_stream_loses_nothing_of_the_begin(
    tmp_path: Path, size: int
) -> None:
    tape = open_tape(tmp_path)
    tape.define(layout.OBJECT, 1, "sysv.queue", True, [1, 2], "queue 1")
    (tmp_path / f"t{layout.STREAM}").write_bytes(bytes(size))
    assert read_tape(tmp_path, "t").objects == {1: ["sysv.queue", True, [1, 2], "queue 1"]}


@pytest.mark.parametrize("size", [100, 10_000, layout.CHUNK + 1])
def test_between_an_event_and_its_payload_no_window_slides(tmp_path: Path, size: int) -> None:
    """Who is killed in the middle of that would leave an event without what it sent."""
    tape = open_tape(tmp_path)
    tape.payload(tape.whole(100, 0, 1, 0, 0, 0, 0, 150), bytes(layout.EARLY - 150))
    tape.make_room(bytes(size))
    place = tape.stream.place
    tape.payload(tape.whole(200, 0, 1, 0, 0, 0, 0, 250), bytes(size))
    assert tape.stream.place is place
    assert read_tape(tmp_path, "t").payloads[-1].tolist()[2] >= size


def test_a_tape_keeps_no_descriptor(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    open_tape(tmp_path)
    assert set(os.listdir("/proc/self/fd")) == before


def test_where_the_disk_is_full_the_program_goes_on_and_the_tape_says_so(tmp_path: Path) -> None:
    import resource

    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        tape = open_tape(tmp_path)
        for number in range(100_000):
            tape.whole(number + 1, 0, 1, 0, 0, number, 0, number + 2)
        os._exit(7)
    _, status = os.waitpid(pid, 0)

    content = read_tape(tmp_path, "t")

    assert os.waitstatus_to_exitcode(status) == 7
    assert content.stopped == "[Errno 27] File too large"
    kept = content.events["a"].tolist()
    assert kept == list(range(len(kept)))
    assert len(kept) > 5_000


def test_every_event_has_the_length_of_every_other() -> None:
    assert event.SIZE == 64
    assert event.dtype().itemsize == 64
    assert (
        in_python.REST_AT + in_python.TAPE_REST.size
        == in_python.END_AT + in_python.TAPE_END.size
        == in_python.TAPE_WHOLE.size
        <= event.SIZE
    )
    assert event.tape_dtype().itemsize == 64


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.binary().map(bytearray),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=25,  # with the usual 100 an example takes three times as long, most of it to draw
)


@given(plain)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert decode(pack(value)) == value


@given(plain)
def test_what_pack_writes_any_msgpack_library_reads(value: object) -> None:
    msgpack.unpackb(pack(value), strict_map_key=False)


def test_an_object_without_a_plain_form_is_kept_as_its_repr() -> None:
    assert decode(pack([object])) == [Opaque("<class 'object'>")]


def test_an_object_whose_repr_raises_is_named() -> None:
    class Rude:
        def __repr__(self) -> str:
            raise ValueError

    assert decode(pack(Rude())) == Opaque("<Rude, whose repr raised ValueError>")


# The end is stored last, and at once: it is aligned.
@pytest.mark.parametrize("cut", range(0, in_python.END_AT + 1, 6))
def test_an_event_that_its_process_was_killed_in_is_pending_or_absent(tmp_path: Path, cut: int) -> None:
    tape = open_tape(tmp_path)
    tape.whole(100, 0, 1, 2, 3, 4, 5, 150)
    path = tmp_path / f"t{layout.EVENTS}"
    raw = bytearray(path.read_bytes())
    raw[layout.HEAD + cut : layout.HEAD + 64] = bytes(64 - cut)
    path.write_bytes(raw)
    events = read_tape(tmp_path, "t").events
    assert events["end_ns"].tolist() in ([], [0]) or np.all(events["end_ns"] < 150)


def test_a_tape_whose_process_died_before_it_said_who_it_is_costs_no_other(tmp_path: Path) -> None:
    from ipcreel.reel import open_reel
    from ipcreel.tape.merge import merge

    tapes = tmp_path / "tapes"
    tapes.mkdir()
    tape = Tape()
    header = {"format": "ipcreel tape", "pid": 7, "ppid": 1, "how": "exec", "begin_ns": 0, "begin_unix_ns": 0}
    tape.open(str(tapes), "1-7", {**header, "argv": ["a"]}, 1 << 20)
    tape.define(layout.LANE, 0, 7, "MainThread")
    tape.whole(1, 0, 1, 0, 0, 0, 0, 2)
    (tapes / f"2-8{layout.EVENTS}").touch()
    merge(tapes, tmp_path / "a.reel", [], {})
    reel = open_reel(tmp_path / "a.reel")
    assert len(reel) == 1
    assert reel.run["unrecorded"] == ["2-8: its process ended before it had said who it is"]
