"""A reel is somebody else's: however it is damaged, reading it neither crashes nor hangs nor eats the memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SMALL = (HERE / "golden" / "version-1.reel",)
SEED = 1_000_000


def read_damaged(folder: Path, seed: int, cases: int, deadline_s: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "fuzzing.py"), str(seed), str(cases), *map(str, SMALL)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=deadline_s, check=False)


def test_damaged_reels_are_read_or_refused_in_one_line(tmp_path: Path) -> None:
    done = read_damaged(tmp_path, SEED, 100, 150)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "100 cases, 0 failed\n"


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_hundred_thousand_damaged_reels_are_read_or_refused(tmp_path: Path) -> None:
    done = read_damaged(tmp_path, SEED, 100_000, 7000)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
