"""docs/format.md is enough to read a reel: here by msgpack alone, and by numpy with the page at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest

from ipcreel.reel import ReelError, open_reel
from tests.trace.conftest import Record, Recorded

ROOT = Path(__file__).parents[3]

PROGRAM = """
    import os, sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    if os.fork() == 0:
        for _ in range(3):
            queue.receive()
        os._exit(0)
    for number in range(3):
        queue.send(b"message %d" % number, type=number + 1)
    os.wait()
    queue.remove()
    try:
        queue.receive()
    except sysv_ipc.ExistentialError:
        pass
"""


@pytest.fixture
def run(recorded: Record) -> Recorded:
    return recorded(PROGRAM)


def read_with_msgpack(path: Path) -> list[tuple[Any, int]]:
    """Every object of the file, with its offset."""
    unpacker = msgpack.Unpacker(strict_map_key=False)
    unpacker.feed(path.read_bytes())
    objects = []
    while True:
        at = unpacker.tell()
        try:
            objects.append((unpacker.unpack(), at))
        except msgpack.OutOfData:
            return objects


def test_whatever_a_reel_says_of_its_run_and_its_processes_stands_on_the_page(recorded: Record) -> None:
    reel = recorded(
        """
        import multiprocessing
        def work(): pass
        if __name__ == "__main__":
            child = multiprocessing.get_context("spawn").Process(target=work, daemon=True)
            child.start()
            child.join()
    """,
        options=["--processes", "*"],
    ).reel
    facts = {name for process in reel.processes for name in process["facts"]}
    said = {*reel.run, *facts, *(name for process in reel.processes for name in process)}
    page = (ROOT / "docs" / "format.md").read_text()
    assert [name for name in sorted(said) if f"`{name}`" not in page] == []
    assert {"name", "daemon", "start_ns", "chosen"} <= facts


def test_a_reel_is_one_msgpack_stream(run: Recorded) -> None:
    objects = read_with_msgpack(run.path)
    header, definitions = objects[0][0], objects[1][0]
    index = objects[-1][0]
    events = [value for value, at in objects if header["events"] <= at < header["index"]]

    assert header["format"] == "ipcreel reel"
    assert header["size"] == run.path.stat().st_size
    assert len(events) == header["event_count"]
    assert {len(event) for event in events} == {9}
    assert events[0][0] == index["begin_ns"]
    names = {row["code"]: row["name"] for row in definitions["operations"]}
    sent = [event for event in events if names[event[2]] == "sysv.queue.send"]
    assert [event[5] for event in sent] == [1, 2, 3]
    # A payload is an object of its own inside a record of the stream, so it is read by its offset.
    data = run.path.read_bytes()
    assert [msgpack.unpackb(data[event[7] : event[7] + 11]) for event in sent] == [b"message %d" % n for n in range(3)]


def test_events_are_mapped_by_numpy_with_the_page_at_hand(run: Recorded) -> None:
    data = run.path.read_bytes()
    header = msgpack.Unpacker(strict_map_key=False)
    header.feed(data[:4096])
    facts = header.unpack()
    fields = {"begin_ns": (2, ">u8"), "op": (16, ">u2"), "a": (29, ">i8"), "end_ns": (56, ">i8")}
    kind = np.dtype(
        {
            "names": list(fields),
            "offsets": [at for at, _ in fields.values()],
            "formats": [code for _, code in fields.values()],
            "itemsize": 64,
        }
    )
    events = np.frombuffer(data, kind, facts["event_count"], facts["events"])

    reel = open_reel(run.path)
    assert np.array_equal(events["begin_ns"], reel.begin)
    assert np.all(np.diff(events["begin_ns"].astype(np.int64)) >= 0)
    assert (events["end_ns"] < 0).tolist() == reel.raised.tolist()
    assert data[facts["events"] :: 64][: len(events)] == b"\x99" * len(events)


def test_the_page_lists_every_operation_as_it_is() -> None:
    check = subprocess.run([sys.executable, str(ROOT / "tools" / "document-operations"), "--check"], check=False)
    assert check.returncode == 0, "run tools/document-operations: the table in docs/format.md is out of date"


def damaged(path: Path, at: int, data: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(data)] = data
    path.write_bytes(content)
    return path


def test_a_reel_of_a_newer_version_is_refused_with_what_to_do(run: Recorded) -> None:
    at = run.path.read_bytes().index(b"\xa7version") + 8
    with pytest.raises(ReelError, match=r"it has version 9, this ipcreel reads up to 1\. Install a newer ipcreel\."):
        open_reel(damaged(run.path, at, b"\x09"))


def test_a_reel_that_was_cut_off_is_read_up_to_there_and_says_so(run: Recorded) -> None:
    whole = open_reel(run.path)
    first, count = whole.payloads_end, len(whole)
    content = run.path.read_bytes()
    run.path.write_bytes(content[: first + 10 * 64 + 5])
    reel = open_reel(run.path)
    assert reel.damage == [f"it was cut off: 10 of {count:,} events can be read"]
    assert reel.begin.tolist() == whole.begin[:10].tolist()
    assert reel.begin_ns == whole.begin_ns
    run.path.write_bytes(content[:first])
    with pytest.raises(ReelError, match=rf"its header says {len(content):,}\. It was cut off before its first event\."):
        open_reel(run.path)


def test_events_that_fit_nothing_are_left_out_and_counted(run: Recorded) -> None:
    whole = open_reel(run.path)
    lane_of_the_third = whole.payloads_end + 2 * 64 + 11
    reel = open_reel(damaged(run.path, lane_of_the_third, b"\x7f"))
    assert reel.damage == [f"1 of {len(whole):,} events fit nothing and are left out"]
    assert reel.begin.tolist() == np.delete(whole.begin, 2).tolist()


def test_damaged_definitions_are_named(run: Recorded) -> None:
    at = run.path.read_bytes().index(b"\xa5lanes")
    with pytest.raises(ReelError, match=r"its definitions are damaged: they hold no table of lanes\."):
        open_reel(damaged(run.path, at, b"\xa5LANES"))


def test_a_damaged_payload_is_named_and_the_rest_can_be_read(run: Recorded) -> None:
    reel = open_reel(run.path)
    rows = np.flatnonzero(reel.raw["payload"] > 0)
    damaged(run.path, int(reel.raw["payload"][rows[0]]), b"\xc1")
    again = open_reel(run.path)
    with pytest.raises(ReelError, match=f"event {rows[0]}, offset"):
        again.payload(int(rows[0]))
    assert again.payload(int(rows[1])) is not None


def test_an_empty_file_is_no_reel(tmp_path: Path) -> None:
    (tmp_path / "empty.reel").touch()
    with pytest.raises(ReelError):
        open_reel(tmp_path / "empty.reel")
