"""The commands: results on stdout, one clear line for trouble, the right exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ipcreel.cli.summary import NOT_COMPILED
from ipcreel.compiled import is_compiled
from ipcreel.reel import Reel
from tests.trace.conftest import Record

QUEUE = """
    import sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    for word in (b"quetzal", b'{"two": 2}', bytes(range(8)), __import__("pickle").dumps({"three": 3})):
        queue.send(word, type=7)
        queue.receive()
    queue.remove()
"""


def ipcreel(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ipcreel", *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=cwd
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["record"], "ipcreel: no program was given. For instance: ipcreel record -- python main.py\n"),
        (["record", "--", "no-such-program"], "no-such-program: no such program."),
        (["record", "-o", ".", "--", "true"], "is a folder. Name a file with -o."),
        (["record", "-o", "there/a.reel", "--", "true"], "there: cannot be written: No such file or directory."),
        (["record", "--only", "tpc", "--", "true"], "tpc: no such mechanism. There are: "),
        (["info", "missing.reel"], "missing.reel: there is no such file."),
        (
            ["record", "--only", "tcp", "--", "true"],
            "tcp: all sockets are recorded, or none: say socket, and choose after",
        ),
        (["events", "notes.txt"], "notes.txt: this is not a reel. `ipcreel record` makes one."),
        (["recover", "nowhere"], "nowhere: holds no tapes."),
        (["view", "--compare", "b.reel"], "b.reel: it is compared with a whole reel: ipcreel view ONE.reel --compare"),
    ],
)
def test_trouble_is_one_line_and_exit_code_two(tmp_path: Path, arguments: list[str], line: str) -> None:
    (tmp_path / "notes.txt").write_text("these are no events")
    done = ipcreel(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_an_existing_reel_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.reel").write_text("precious")
    refused = ipcreel("record", "-o", "a.reel", "--", "true", cwd=tmp_path)
    assert refused.returncode == 2
    assert (tmp_path / "a.reel").read_text() == "precious"
    assert ipcreel("record", "--force", "-o", "a.reel", "--", "true", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.reel").read_bytes() != b"precious"


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(3)", 3), ("1/0", 1), ("pass", 0)])
def test_the_exit_code_is_the_programs(recorded: Record, program: str, code: int) -> None:
    assert recorded(program).exit == code


def test_who_records_without_the_compiled_part_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = "record", "--force", "-o", "true.reel", "--", "true"
    told = [f"ipcreel: {NOT_COMPILED}\n" in ipcreel(*command, cwd=tmp_path).stderr]
    monkeypatch.setenv("IPCREEL_PLAIN", "1")
    told.append(f"ipcreel: {NOT_COMPILED}\n" in ipcreel(*command, cwd=tmp_path).stderr)
    assert told == [not is_compiled, True]


def test_events_shows_payloads_as_what_they_are(recorded: Record) -> None:
    run = recorded(QUEUE)
    lines = ipcreel("events", str(run.path), "--operation", "sysv.queue.send").stdout.splitlines()
    assert [line.rpartition("] ")[2] for line in lines] == [
        "quetzal",
        '{"two": 2}',
        "00010203 04050607",
        "pickle of 'three', 3",
    ]


def test_events_as_json_can_be_read_by_a_machine(recorded: Record) -> None:
    run = recorded(QUEUE)
    lines = ipcreel("events", str(run.path), "--operation", "sysv.queue.receive", "--json").stdout.splitlines()
    first = json.loads(lines[0])
    assert len(lines) == 4
    assert (first["operation"], first["a"], first["payload"]) == ("sysv.queue.receive", 7, "quetzal")
    assert first["site"]["line"] == 6
    assert first["outcome"] == "returned"


def test_events_can_be_chosen_by_time(recorded: Record) -> None:
    run = recorded(QUEUE)
    everything = ipcreel("events", str(run.path)).stdout.splitlines()
    assert ipcreel("events", str(run.path), "--to", "0s").stdout.splitlines() == everything[:1]
    assert ipcreel("events", str(run.path), "--from", "1000s").stdout == ""


SOCKETS = """
    import os, socket, threading
    for family, kind in ((socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_STREAM)):
        if family == socket.AF_UNIX:
            one, other = socket.socketpair(family, kind)
        else:
            one, other = socket.socket(family, kind), socket.socket(family, kind)
            other.bind(("127.0.0.1", 0))
            one.connect(other.getsockname())
        one.send(b"word")
        other.recv(9)
    server = socket.create_server(("127.0.0.1", 0))
    one = socket.create_connection(server.getsockname())
    other, _ = server.accept()
    os.write(one.fileno(), b"by the descriptor")
    other.recv(99)
"""


def test_events_of_sockets_are_chosen_by_their_transport(recorded: Record) -> None:
    run = recorded(SOCKETS)

    def operations(mechanism: str) -> set[str]:
        lines = ipcreel("events", str(run.path), "--mechanism", mechanism, "--json").stdout.splitlines()
        return {json.loads(line)["operation"] for line in lines}

    assert "socket.endpoint.accept" in operations("tcp")
    assert "pipe.end.write" in operations("tcp")
    assert "socket.endpoint.accept" not in operations("udp")
    assert {"socket.endpoint.send", "socket.endpoint.recv"} <= operations("udp")
    assert {"socket.endpoint.send", "socket.endpoint.recv"} <= operations("unix")
    assert operations("tcp") | operations("udp") | operations("unix") > operations("socket")
    for transport in ("tcp", "udp", "unix"):
        assert f"\nipcreel:   {transport} " in run.said


def test_a_mechanism_that_did_not_occur_has_no_events(recorded: Record) -> None:
    done = ipcreel("events", str(recorded(QUEUE).path), "--mechanism", "udp")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_choice_of_nothing_known_names_what_is(recorded: Record) -> None:
    run = recorded(QUEUE)
    done = ipcreel("events", str(run.path), "--process", "home-3")
    assert done.returncode == 2
    assert "no process home-3. There are: program_0.py." in done.stderr


def test_info_says_what_is_in_a_reel(recorded: Record) -> None:
    run = recorded(QUEUE)
    text = ipcreel("info", str(run.path)).stdout
    facts = json.loads(ipcreel("info", str(run.path), "--json").stdout)
    assert facts["operations"]["sysv.queue.send"] == 4
    assert facts["processes"][0]["name"] == "program_0.py"
    assert facts["lost"] == []
    assert "sysv.queue.send" in text
    assert "nothing lost" in text


def test_only_the_mechanisms_that_were_asked_for_are_recorded(recorded: Record) -> None:
    run = recorded(QUEUE, options=["--skip", "sysv"])
    assert not any(run.reel.operations[code]["mechanism"] == "sysv" for code in run.reel.op.tolist())


CREW = """
    import multiprocessing, os, subprocess, sys
    def work():
        os.pipe()
        if os.fork() == 0:
            os.pipe()
            os._exit(0)
        os.wait()
    if __name__ == "__main__":
        os.pipe()
        for context in map(multiprocessing.get_context, ("fork", "spawn")):
            crew = [context.Process(target=work, name=name) for name in ("home-1", "market")]
            for member in crew:
                member.start()
            for member in crew:
                member.join()
        subprocess.run([sys.executable, "-c", "import os; os.pipe()"])
"""


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("home-*", ["home-1", "home-1+"]),
        ("market,program_*", ["market", "market+", "program_0.py"]),
        ("python* -c", ["python -c"]),
        ("nobody", []),
    ],
)
def test_only_the_processes_that_were_asked_for_are_recorded(
    recorded: Record, patterns: str, expected: list[str]
) -> None:
    run = recorded(CREW, options=["--processes", patterns])
    makes = [row for row in range(len(run.reel)) if run.reel.op[row] == operation_of(run.reel, "pipe.end.create")]
    names = [run.reel.process_name(int(run.reel.process[row])) for row in makes if in_program(run.reel, row)]
    shown = [re.sub(r"\+\d+", "+", name).replace(Path(sys.executable).name, "python") for name in names]
    assert sorted(set(shown)) == expected


def operation_of(reel: Reel, name: str) -> int:
    return next(code for code, row in reel.operations.items() if row["name"] == name)


def in_program(reel: Reel, row: int) -> bool:
    file = reel.sites[int(reel.site[row])][0]
    return file.endswith("program_0.py") or file == "<string>"


def test_without_payloads_none_is_kept(recorded: Record) -> None:
    run = recorded(QUEUE, options=["--no-payloads"])
    assert b"quetzal" not in run.path.read_bytes()


GOLDEN = Path(__file__).parents[1] / "reel" / "golden" / "version-1.reel"


@pytest.mark.parametrize("command", ["info", "events", "stats"])
def test_a_full_disk_under_the_output_is_one_line(command: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ipcreel", command, str(GOLDEN)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    line = "ipcreel: the output cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr) == (2, line)


@pytest.mark.parametrize("command", ["info", "events", "stats"])
def test_a_reader_that_has_gone_away_is_no_failure(command: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with open(write_end, "w") as unread:
        done = subprocess.run(
            [sys.executable, "-m", "ipcreel", command, str(GOLDEN)],
            stdout=unread, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
