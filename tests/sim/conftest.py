"""Runs the real command, each test with a folder of notes of its own, and sees what is left of it."""

import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sysv_ipc

from energymarket.ipc import OPEN
from energymarket.registry import Notes, read_notes

# The real command, except that the notes of a run that ended are renamed, not removed, so that its objects are known.
KEEP_NOTES = """
import energymarket.registry as registry
registry.Registry.remove = lambda notes: notes.path.rename(notes.path.with_suffix(".ended"))
from energymarket.cli import main
main()
"""


def contended_s() -> float:
    """The seconds so far in which somebody on this machine waited for a processor; 0 where the kernel does not say.

    What a test bounds is what the program takes, not what others leave to it (Documentation/accounting/psi.rst).
    """
    try:
        return int(Path("/proc/pressure/cpu").read_text().splitlines()[0].rpartition("=")[2]) / 1e6
    except OSError:
        return 0.0


@dataclass
class Market:
    """The command in a folder of its own."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, keep_notes: bool = False) -> subprocess.Popen[str]:
        python = [sys.executable, *(["-c", KEEP_NOTES] if keep_notes else ["-m", "energymarket"])]
        environment = {**os.environ, "TMPDIR": str(self.folder)}
        process = subprocess.Popen(
            [*python, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, keep_notes: bool = False) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, keep_notes=keep_notes)
        out, err = process.communicate(timeout=90)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ticks(self, *arguments: str, exit_code: int = 0) -> list[dict]:
        """What a whole run tells, a tick each; nothing of it is left."""
        ended = self.run("run", "--output", "json", "--tick-seconds", "0", *arguments, keep_notes=True)
        assert ended.returncode == exit_code, ended.stderr
        self.assert_nothing_left()
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def start_ticking(self, *arguments: str, ticks: int = 2) -> tuple[subprocess.Popen[str], Notes]:
        """A run in the middle of its ticks, and its notes."""
        process = self.start("run", "--output", "json", *arguments)
        for _ in range(ticks):
            assert process.stdout
            assert process.stdout.readline(), process.communicate(timeout=30)[1]
        return process, self.all_notes()[0]

    @staticmethod
    def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> float:
        """Returns how many seconds it took, but for those in which somebody had to wait for a processor."""
        began, contended = time.monotonic(), contended_s()
        while not condition():
            assert time.monotonic() < began + seconds, f"waited {seconds} s in vain until {what}"
            time.sleep(0.005)
        return time.monotonic() - began - (contended_s() - contended)

    def wait_until_blocked(self, process: subprocess.Popen[str]) -> None:
        """Until a run has said nothing for two seconds, in which others would have done a hundred ticks."""
        assert process.stdout
        while select.select([process.stdout], [], [], 2.0)[0]:
            assert os.read(process.stdout.fileno(), 1 << 16), "the run ended"

    def all_notes(self) -> list[Notes]:
        return [read_notes(path) for path in sorted(self.folder.glob("energymarket-*/*")) if path.suffix != ".tmp"]

    def assert_nothing_left(self, *notes: Notes) -> None:
        seen = notes or self.all_notes()
        assert seen
        for each in seen:
            assert not self.living(each)
            assert not self.objects(each)

    @staticmethod
    def living(notes: Notes) -> list[str]:
        return [name for name, process in notes.processes.items() if process.alive]

    @staticmethod
    def objects(notes: Notes) -> list[tuple[str, int]]:
        """The objects of a run that exist."""
        found = []
        for (kind, key), number in notes.objects.items():
            try:
                if OPEN[kind](key).id == number:
                    found.append((kind, key))
            except sysv_ipc.ExistentialError:
                pass
        return found

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        self.run("clean")


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    command = Market(tmp_path)
    yield command
    command.end()


@pytest.fixture
def make() -> Iterator[Callable]:
    """Makes SysV objects, and removes them after the test."""
    made = []

    def one(kind):
        made.append(kind(1 + secrets.randbelow(2**31 - 1), sysv_ipc.IPC_CREX, 0o600))
        return made[-1]

    yield one
    for each in made:
        each.remove()
