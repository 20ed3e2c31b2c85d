"""Runs small real programs, bare and recorded."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel

DEADLINE_S = 60


@dataclass(frozen=True)
class Ran:
    """What a program left behind: its output, and its exit code or minus the signal that ended it."""

    stdout: str
    stderr: str
    exit: int


@dataclass(frozen=True)
class Recorded(Ran):
    """A recorded run. `stderr` is the program's own: the recorder's lines are in `said`."""

    said: str
    path: Path
    program: Path
    arguments: tuple[str, ...]

    @cached_property
    def reel(self) -> Reel:
        return open_reel(self.path)

    @cached_property
    def bare(self) -> Ran:
        """The same program, run without the recorder."""
        return _run([sys.executable, str(self.program), *self.arguments], self.program.parent)

    @property
    def ran(self) -> Ran:
        """What the program did, to compare with `bare`."""
        return Ran(self.stdout, self.stderr, self.exit)


Record = Callable[..., Recorded]


def _run(command: Sequence[str], folder: Path) -> Ran:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE_S, check=False, env=environment
    )
    return Ran(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def recorded(tmp_path: Path) -> Record:
    """`recorded(source, *arguments, options=())`: record a program whose text is given."""

    def record(source: str, *arguments: str, options: Sequence[str] = ()) -> Recorded:
        program = tmp_path / f"program_{len(list(tmp_path.glob('program_*.py')))}.py"
        program.write_text(textwrap.dedent(source))
        reel = program.with_suffix(".reel")
        command = [sys.executable, "-m", "ipcreel", "record", "-o", str(reel), *options]
        ran = _run([*command, "--", sys.executable, str(program), *arguments], tmp_path)
        lines = ran.stderr.splitlines(keepends=True)
        said = "".join(line for line in lines if line.startswith("ipcreel: "))
        stderr = "".join(line for line in lines if not line.startswith("ipcreel: "))
        print(f"exit {ran.exit}\n{ran.stderr}")  # shown where a test fails
        return Recorded(ran.stdout, stderr, ran.exit, said, reel, program, arguments)

    return record
