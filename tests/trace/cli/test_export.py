"""`ipcreel export` and `ipcreel query` on a real recording."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from pyarrow import parquet

from ipcreel.reel import open_reel
from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

TALK = """
    import multiprocessing, os, socket, sysv_ipc

    def work(key):
        queue = sysv_ipc.MessageQueue(key)
        for _ in range(3):
            text, _ = queue.receive(type=1)
            queue.send(b"re; #" + text, type=2)

    if __name__ == "__main__":
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        worker = multiprocessing.get_context("fork").Process(target=work, args=(queue.key,), name="worker")
        worker.start()
        for number in range(3):
            queue.send(b"message %d" % number, type=1)
            queue.receive(type=2)
        worker.join()
        queue.remove()
"""


@pytest.fixture
def talk(recorded: Record) -> Path:
    return recorded(TALK).path


def export(reel: Path, form: str, *more: str) -> Path:
    output = reel.with_suffix(f".{form}")
    done = ipcreel("export", str(reel), "--to", form, "-o", str(output), *more)
    assert done.returncode == 0, done.stderr
    return output


def test_csv_and_parquet_hold_every_event(talk: Path) -> None:
    reel = open_reel(talk)
    with export(talk, "csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    table = parquet.read_table(export(talk, "parquet"))
    assert len(lines) == table.num_rows == len(reel)
    assert next(line["payload"] for line in lines if line["operation"] == "sysv.queue.send") == "message 0"
    assert table.column("operation").to_pylist() == [line["operation"] for line in lines]


def test_perfetto_slices_nest_and_arrows_lie_in_the_slices_that_they_join(talk: Path) -> None:
    trace = json.loads(export(talk, "perfetto").read_text())["traceEvents"]
    slices = [record for record in trace if record["ph"] == "X"]
    named = {(record["pid"], record["tid"]) for record in trace if record["name"] == "thread_name"}
    assert {(record["pid"], record["tid"]) for record in slices} <= named
    tracks = defaultdict(list)
    for record in slices:
        begin_ns, duration_ns = round(record["ts"] * 1000), round(record["dur"] * 1000)
        assert duration_ns >= 0
        tracks[record["pid"], record["tid"]].append((begin_ns, begin_ns + duration_ns))
    for spans in tracks.values():
        for begin, end in spans:
            assert all(
                e <= begin or b >= end or (b <= begin and end <= e) or (begin <= b and e <= end) for b, e in spans
            )
    arrows = defaultdict(dict)
    for record in trace:
        if record["ph"] in "sf":
            assert any(b <= round(record["ts"] * 1000) <= e for b, e in tracks[record["pid"], record["tid"]])
            arrows[record["id"]][record["ph"]] = record
    assert all(set(ends) == {"s", "f"} for ends in arrows.values())
    assert sum(ends["s"]["name"] == "message" for ends in arrows.values()) == 6
    depths = [record["args"]["messages"] for record in trace if record["ph"] == "C"]
    assert min(depths) == 0
    assert max(depths) >= 1


def test_shiviz_clocks_count_each_host_and_show_the_cause_of_each_receive(talk: Path) -> None:
    lines = export(talk, "shiviz").read_text().splitlines()[2:]
    last: dict[str, int] = defaultdict(int)
    clocks = {}
    for head, text in zip(lines[::2], lines[1::2], strict=True):
        host, _, clock_text = head.partition(" ")
        clock = json.loads(clock_text)
        assert clock[host] == last[host] + 1
        last[host] = clock[host]
        clocks.setdefault((host, text.partition(" ")[0] + text[-10:]), clock)
    assert len(lines) == 2 * len(open_reel(talk))
    sent = clocks["program_0.py", "sysv.queue.send message 1"]
    received = clocks["worker", "sysv.queue.receive message 1"]
    assert received["program_0.py"] >= sent["program_0.py"]


def test_mermaid_has_an_arrow_for_each_message_with_nothing_that_means_something_in_it(talk: Path) -> None:
    lines = export(talk, "mermaid").read_text().splitlines()
    assert lines[0] == "sequenceDiagram"
    arrows = [line for line in lines if "->>" in line]
    assert len(arrows) == 6
    assert arrows[1].endswith(": send re#59; #35;message 0")
    assert arrows[0].strip().startswith("p0->>p1:")
    assert re.fullmatch(r" +Note over p0,p1: \S+\.reel, \d+\.\d{6} s to \d+\.\d{6} s", lines[3])


def test_a_diagram_of_one_process_has_what_it_sends_and_what_it_gets(talk: Path) -> None:
    everything = export(talk, "mermaid").read_text()
    assert export(talk, "mermaid", "--process", "worker").read_text() == everything


def test_a_diagram_of_nothing_and_a_file_that_cannot_be_written_get_one_line(talk: Path, tmp_path: Path) -> None:
    for arguments, line in (
        (["--to", "mermaid", "-o", "a.mmd", "--from", "1h", "--from", "100s"], "no message, stream or signal"),
        (["--to", "csv", "-o", "nowhere/a.csv"], "nowhere/a.csv: cannot be written: No such file or directory."),
    ):
        done = ipcreel("export", str(talk), *arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert line in done.stderr


def query(reel: Path, sql: str) -> list[dict]:
    done = ipcreel("query", str(reel), "--json", sql)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_view_answers(talk: Path) -> None:
    for view in ("events", "flows", "waits", "objects", "processes", "lanes", "findings"):
        (row,) = query(talk, f"SELECT count(*) AS n FROM {view}")
        assert (row["n"] > 0) == (view != "findings"), view


def test_flows_join_with_the_events_at_their_ends(talk: Path) -> None:
    sql = """
        SELECT sent.payload, sent.process AS sender, taken.process AS receiver, certainty
        FROM flows JOIN events sent ON sent.event = cause JOIN events taken ON taken.event = effect
        WHERE kind = 'message' AND sent.process <> 'worker' ORDER BY sent.event
    """
    assert query(talk, sql) == [
        {"payload": f"message {number}", "sender": "program_0.py", "receiver": "worker", "certainty": "exact"}
        for number in range(3)
    ]


def test_a_question_that_is_not_understood_gets_one_line(talk: Path) -> None:
    done = ipcreel("query", str(talk), "SELECT payload FRM events")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Parser Error" in done.stderr
