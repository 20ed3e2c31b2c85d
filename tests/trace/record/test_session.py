"""Whatever is killed, what had completed is in the reel; whatever fails, the program goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgpack
import pytest

from ipcreel.cli.record import default_name
from ipcreel.record.family import is_alive
from ipcreel.reel import Reel, open_reel

CHATTER = """
    import os, sys, sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    try:
        for number in range(int(sys.argv[1])):
            queue.send(b"%d" % number)
            queue.receive()
            print(number, flush=True)
    finally:
        queue.remove()
"""


def write(tmp_path: Path, source: str) -> Path:
    import textwrap

    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(source))
    return program


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(program, *arguments)`: begin to record it; what is still running at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(program: Path, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ipcreel", "record", "-o", str(tmp_path / "a.reel"), "--", sys.executable]
        recorder = subprocess.Popen(
            [*command, str(program), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(recorder)
        return recorder

    yield begin
    for recorder in started:
        recorder.kill()
        recorder.communicate(timeout=30)


def read_numbers(process: subprocess.Popen[str], count: int) -> int:
    assert process.stdout is not None
    last = -1
    for _ in range(count):
        last = int(process.stdout.readline())
    return last


def read_rest(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it prints from here on, to its end. `communicate` would not know of what came with the lines read so far."""
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read(), process.stderr.read()


def sent(reel: Reel) -> list[int]:
    sends = [code for code, row in reel.operations.items() if row["name"] == "sysv.queue.send"]
    return [int(reel.payload(row)) for row in range(len(reel)) if reel.op[row] in sends]


def child_of(pid: int) -> int:
    """The program of a recorder: the child that it started last."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])


def remove_queues_of(reel: Reel) -> None:
    import sysv_ipc

    for kind, _, key, _ in reel.objects:
        if kind == "sysv.queue":
            sysv_ipc.remove_message_queue(key)


@pytest.mark.parametrize("seed", range(5))
def test_a_program_killed_at_a_random_moment_loses_nothing_that_had_completed(
    tmp_path: Path, start: Start, seed: int
) -> None:
    recorder = start(write(tmp_path, CHATTER), "1000000")
    last = read_numbers(recorder, random.Random(seed).randrange(1, 3000))
    os.kill(child_of(recorder.pid), signal.SIGKILL)
    recorder.communicate(timeout=30)

    reel = open_reel(tmp_path / "a.reel")
    remove_queues_of(reel)

    assert recorder.returncode == -signal.SIGKILL
    numbers = sent(reel)
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > last


def test_tapes_of_another_version_are_kept_and_not_read(tmp_path: Path) -> None:
    tapes = tmp_path / ".a.reel.x.tapes"
    tapes.mkdir()
    (tapes / "tape-7.events").write_bytes(msgpack.packb({"format": "ipcreel tape", "version": 1, "pid": 7}))

    done = subprocess.run(
        [sys.executable, "-m", "ipcreel", "recover", str(tapes)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 2
    assert "tapes of version 1; this ipcreel reads" in done.stderr
    assert list(tapes.iterdir())


def test_a_recorder_that_is_killed_leaves_tapes_that_make_a_reel(tmp_path: Path, start: Start) -> None:
    recorder = start(write(tmp_path, CHATTER), "1000000")
    last = read_numbers(recorder, 100)
    program = child_of(recorder.pid)
    recorder.kill()
    recorder.wait(timeout=30)
    os.kill(program, signal.SIGKILL)
    tapes = next(tmp_path.glob(".a.reel.*.tapes"))

    subprocess.run(
        [sys.executable, "-m", "ipcreel", "recover", str(tapes)], check=True, capture_output=True, timeout=60
    )

    reel = open_reel(tmp_path / "a.reel")
    remove_queues_of(reel)
    assert len(sent(reel)) > last
    assert reel.run["command"][-1] == "1000000"
    assert not tapes.exists()


def ipcreel(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ipcreel", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


def test_a_recorder_that_is_killed_when_its_reel_is_there_leaves_only_tapes_to_remove(
    tmp_path: Path, start: Start
) -> None:
    recorder = start(write(tmp_path, CHATTER), "1000000")
    read_numbers(recorder, 1)
    program = child_of(recorder.pid)
    recorder.kill()
    recorder.wait(timeout=30)
    os.kill(program, signal.SIGKILL)
    tapes, reel = next(tmp_path.glob(".a.reel.*.tapes")), tmp_path / "a.reel"
    asked = ipcreel("info", "a.reel", cwd=tmp_path)
    assert asked.stderr == (
        f"ipcreel: a.reel: there is no such file. Where its recorder was killed, this makes it: "
        f"ipcreel recover {tapes.name}\n"
    )
    shutil.copytree(tapes, tmp_path / "kept")
    ipcreel("recover", tapes.name, cwd=tmp_path)
    made = reel.read_bytes()
    remove_queues_of(open_reel(reel))

    (tmp_path / "kept").rename(tapes)
    again = ipcreel("recover", tapes.name, cwd=tmp_path)
    assert (again.returncode, again.stderr) == (
        0,
        "ipcreel: a.reel had been made of these tapes, and is whole: they are removed.\n",
    )
    assert (reel.read_bytes(), tapes.exists()) == (made, False)


def test_the_program_goes_on_when_its_recorder_is_killed(tmp_path: Path, start: Start) -> None:
    recorder = start(write(tmp_path, CHATTER), "500")
    read_numbers(recorder, 10)
    recorder.kill()
    output, _ = read_rest(recorder)
    assert output.splitlines()[-1] == "499"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_recorder_reaches_the_program_once(
    tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    program = write(
        tmp_path,
        """
        import signal, sys
        got = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda n, frame: got.append(n))
        print("ready", flush=True)
        while not got:
            signal.pause()
        print(got, flush=True)
        sys.exit(5)
        """,
    )
    recorder = start(program)
    assert recorder.stdout is not None
    assert recorder.stdout.readline() == "ready\n"
    recorder.send_signal(number)
    output, _ = recorder.communicate(timeout=30)
    assert output == f"[{int(number)}]\n"
    assert recorder.returncode == 5


def test_a_duration_ends_a_program_that_would_not_end_and_keeps_the_reel(tmp_path: Path, start: Start) -> None:
    program = write(tmp_path, "import signal\nwhile True: signal.pause()")
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "a.reel", "--duration", "0.5", "--"]
    deaf = ["sh", "-c", 'trap \'\' INT TERM; exec "$0" "$@"']
    done = subprocess.run(
        [*command, *deaf, sys.executable, str(program)], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert open_reel(tmp_path / "a.reel").run["status"] == signal.SIGKILL


def test_a_duration_ends_what_a_program_leaves_running_too(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        """
        import os, signal
        if os.fork() == 0:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            print(os.getpid(), flush=True)
            while True:
                signal.pause()
        signal.pause()
        """,
    )
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "a.reel", "--duration", "1", "--", sys.executable]
    done = subprocess.run(
        [*command, str(program)], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    child = int(done.stdout)
    assert not is_alive(child)
    assert child in [process["pid"] for process in open_reel(tmp_path / "a.reel").processes]
    assert "still running" not in done.stderr
    assert "not recorded" not in done.stderr


def test_a_directory_of_tapes_that_vanishes_does_not_disturb_the_program(tmp_path: Path, start: Start) -> None:
    import shutil

    recorder = start(write(tmp_path, CHATTER), "20000")
    read_numbers(recorder, 10)
    tapes = next(tmp_path.glob(".a.reel.*.tapes"))
    shutil.rmtree(tapes.rename(tmp_path / "gone"))  # all at once: the program may be making a file in it
    output, errors = read_rest(recorder)
    assert output.splitlines()[-1] == "19999"
    assert "Traceback" not in errors


def test_files_are_private(tmp_path: Path, start: Start) -> None:
    recorder = start(write(tmp_path, CHATTER), "300")
    read_numbers(recorder, 1)
    tapes = next(tmp_path.glob(".a.reel.*.tapes"))
    assert tapes.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in tapes.glob("*.events")} == {0o600}
    recorder.communicate(timeout=30)
    assert (tmp_path / "a.reel").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.reel", "program.py"]


def test_a_signal_to_the_whole_group_ends_the_program_and_keeps_the_reel(tmp_path: Path) -> None:
    program = write(tmp_path, "import signal\nprint('ready', flush=True)\nsignal.pause()")
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "a.reel", "--", sys.executable, str(program)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True) as recorder:
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == "ready\n"
        os.killpg(recorder.pid, signal.SIGTERM)
        recorder.wait(timeout=30)
    assert recorder.returncode == -signal.SIGTERM
    assert open_reel(tmp_path / "a.reel").run["status"] == signal.SIGTERM


def in_little_room(folder: Path, blocks: int, *program: str) -> subprocess.CompletedProcess[str]:
    """Record a program whose processes may write files of so many blocks of 512 bytes."""
    limited = ["sh", "-c", f'ulimit -f {blocks}; exec "$0" "$@"']
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "a.reel", "--", *limited, sys.executable, *program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_a_limit_that_is_reached_is_said_once_with_the_moment_from_which_on_nothing_was_kept(tmp_path: Path) -> None:
    done = in_little_room(tmp_path, 700, str(write(tmp_path, CHATTER)), "2000")
    assert done.stdout.splitlines()[-1] == "1999"
    lines = [line for line in done.stderr.splitlines() if "lost" in line or "not all" in line]
    assert done.returncode == 0
    assert lines[0].endswith("; not all was kept")
    assert re.fullmatch(
        r"ipcreel: lost: all that program\.py \(process \d+\) did after \d+\.\d{3} s: File too large", lines[1]
    )
    assert len(lines) == 2
    numbers = sent(open_reel(tmp_path / "a.reel"))
    assert numbers == list(range(len(numbers)))
    assert 500 < len(numbers) < 2000


def test_a_recorder_without_room_says_once_what_to_do_and_the_program_goes_on(tmp_path: Path) -> None:
    program = write(tmp_path, "print('on')")
    limited = ["sh", "-c", 'ulimit -f 100; exec "$0" "$@"', sys.executable, "-m", "ipcreel", "record", "-o", "a.reel"]
    done = subprocess.run(
        [*limited, "--", sys.executable, str(program)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("on\n", 2)
    assert done.stderr.count("\n") == 1
    advice = re.search(
        r"cannot be written: File too large\. The tapes are kept: .*: ipcreel (recover .*)\n", done.stderr
    )
    assert advice is not None, done.stderr
    recover = [sys.executable, "-m", "ipcreel", *advice[1].split()]
    recovered = subprocess.run(recover, capture_output=True, text=True, timeout=60, check=True)
    assert recovered.stderr.startswith("ipcreel: a.reel: 1 process, ")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_processes_for_whose_tapes_there_is_no_room_go_on_and_are_named(tmp_path: Path) -> None:
    program = """
        import os, resource, subprocess, sys
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        subprocess.run([sys.executable, "-c", "print('exec')"])
        if os.fork() == 0:
            os.write(1, b"fork\\n")
            os._exit(0)
        os.wait()
    """
    done = in_little_room(tmp_path, 100_000, str(write(tmp_path, program)))
    assert (done.stdout, done.returncode) == ("exec\nfork\n", 0)
    named = [line for line in done.stderr.splitlines() if "not recorded" in line]
    assert len(named) == 2
    assert all(re.search(r"not recorded: no room left on the disk \(process \d+\)$", line) for line in named)
    reel = open_reel(tmp_path / "a.reel")
    assert (len(reel.processes), [lane[3] for lane in reel.lanes]) == (1, ["MainThread"])


def test_without_its_tapes_the_recorder_says_that_there_is_no_reel(tmp_path: Path) -> None:
    program = write(
        tmp_path, "import glob, shutil; [shutil.rmtree(folder) for folder in glob.glob('.b.reel*')]; print('on')"
    )
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "b.reel", "--", sys.executable, str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "on\n"
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "was removed while the program ran, and with it what was recorded: no reel." in done.stderr
    assert not (tmp_path / "b.reel").exists()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python main.py", "main"),
        ("/usr/bin/python3.11 -W error folder/main.py x.py", "main"),
        ("python -c print()", "python"),
        ("python -m package.module", "package.module"),
        ("energymarket run", "energymarket"),
        ("./run.sh", "run"),
    ],
)
def test_a_reel_that_is_not_named_is_called_as_its_program(command: str, name: str) -> None:
    assert default_name(command.split()) == f"{name}.reel"


def test_a_program_that_cannot_be_started_leaves_nothing(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF, and no more")
    program.chmod(0o700)
    command = [sys.executable, "-m", "ipcreel", "record", "-o", "a.reel", "--", str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be started: Exec format error." in done.stderr
    assert os.listdir(tmp_path) == ["program"]
