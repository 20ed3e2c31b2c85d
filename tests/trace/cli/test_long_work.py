"""Long work shows a bar where a person looks, nothing in a pipe, and ends at once when Ctrl-C is pressed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ipcreel.cli.working import working
from tests.bench.synthetic_reel import write_reel

DEADLINE_S = 60.0
AT_ONCE_S = 2.0  # 0.3 s on a quiet machine


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.reel"
    write_reel(path, 500_000, 16)
    return path


class Terminal:
    """A command whose stderr is a terminal, and what it has written there."""

    def __init__(self, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipcreel", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def read_until(self, word: str) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while word not in self.text:
            assert self._read(deadline - time.monotonic()), f"{word} was awaited, got: {self.text}"

    def _read(self, timeout_s: float) -> bool:
        if not select.select([self._master], [], [], max(timeout_s, 0))[0]:
            return False
        try:
            data = os.read(self._master, 4096)
        except OSError:  # nobody has the other end open any more
            data = b""
        self.text += data.decode("utf-8", "replace")
        return bool(data)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        while self._read(DEADLINE_S):
            pass
        os.close(self._master)


@pytest.mark.parametrize(
    ("command", "stage"),
    [
        ("check REEL", "looking for what is wrong"),
        ("stats REEL", "adding up waits"),
        ("diff REEL REEL", "naming what"),
        ("query REEL VIEWS", "asking"),
        ("render REEL -o PICTURE", "working out what panels show"),
    ],
)
def test_a_bar_says_what_is_done_and_ctrl_c_ends_it_at_once(large: Path, command: str, stage: str) -> None:
    views = "SELECT count(DISTINCT payload) FROM events JOIN flows ON event = cause"
    words = {"REEL": str(large), "VIEWS": views, "PICTURE": str(large.with_suffix(".png"))}
    terminal = Terminal(*(words.get(word, word) for word in command.split()))
    try:
        terminal.read_until(stage)
        pressed = time.monotonic()
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(DEADLINE_S) == 130
        assert time.monotonic() - pressed < AT_ONCE_S
    finally:
        terminal.close()
    assert not large.with_suffix(".png").exists()
    assert "matching causes with effects" in terminal.text or command.startswith("query")
    assert "Traceback" not in terminal.text
    assert terminal.text.endswith("\x1b[?25h")  # the cursor is shown again


def test_an_interrupted_export_leaves_no_half_file(large: Path, tmp_path: Path) -> None:
    output = tmp_path / "events.csv"
    terminal = Terminal("export", str(large), "--to", "csv", "-o", str(output))
    try:
        terminal.read_until("writing")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(DEADLINE_S) == 130
    finally:
        terminal.close()
    assert not output.exists()


def test_in_a_pipe_there_is_no_bar(large: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ipcreel", "check", str(large)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("nothing found\n", "", 0)


def test_work_that_is_done_leaves_the_signal_as_it_was() -> None:
    former = signal.getsignal(signal.SIGINT)
    with working(1) as stage:
        stage("working")
        assert signal.getsignal(signal.SIGINT) is not former
    assert signal.getsignal(signal.SIGINT) is former


def test_what_was_freed_is_used_again_without_being_fetched_anew() -> None:
    program = """
        import resource
        from ipcreel.cli.memory import keep_memory

        def fetched(pages=4096):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
            column = bytearray(pages * resource.getpagesize())
            return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

        print(fetched())
        keep_memory()
        print(fetched(), fetched())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, timeout=DEADLINE_S
    )
    before, first, again = map(int, done.stdout.split())
    assert before > 4000
    assert first > 4000
    assert again < 100
