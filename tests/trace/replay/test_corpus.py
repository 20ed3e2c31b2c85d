"""The programs of tests/programs replay: the same output to the letter, from every process, and no divergence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipcreel.reel import open_reel
from ipcreel.replay.every import replay_all
from tests.trace.test_transparency import Needs, programs, run

# What does not replay, by the reason: see "Limits" in docs/replay.md.
OUT_OF_REACH: dict[str, frozenset[str]] = {}
SHORT = frozenset(
    ("multiprocessing_queues", "nested_handlers", "nonblocking_sockets", "pipe_and_fork", "thread_tools", "pickles")
)
"""Those that the suite has time for, of all kinds."""


@pytest.mark.soak
@pytest.mark.parametrize(("program", "needs", "arguments"), programs())
def test_a_program_replays_to_the_letter(program: Path, needs: Needs, arguments: list[str], tmp_path: Path) -> None:
    check(program, needs, arguments, tmp_path)


def check(program: Path, needs: Needs, arguments: list[str], folder: Path) -> None:
    """Record a program, and replay each of its processes."""
    interpreter = [sys.executable, *needs.flags] if program.suffix == ".py" else ["/bin/sh"]
    reel = folder / "run.reel"
    ipcreel = [sys.executable, "-I", "-m", "ipcreel", "record", "--quiet", "-o", str(reel), "--"]
    run([*ipcreel, *interpreter, str(program), *arguments], needs, folder / "home")
    recorded = open_reel(reel)
    for outcome in replay_all(recorded):
        assert (outcome.name, outcome.ending.divergence, outcome.ending.differs) == (outcome.name, "", "")
