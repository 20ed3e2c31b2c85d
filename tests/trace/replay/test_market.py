"""Every process of the market replays, with each of its bugs and without one, however its processes are started."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipcreel.reel import Reel
from ipcreel.replay.every import replay_all
from tests.trace.findings.test_zoo import HANGS, HANGS_S, METHODS, filling_its_queue, record

TICKS = {"leak": 3, "lost-signal": 120}
HANGING = {bug: 3 * HANGS_S for bug, _, _ in HANGS}  # spawned processes take long to start on a busy machine
OTHERS = ("none", "early-phase", "torn-read", "orphan-offer", "lost-signal", "double-take", "leak")


@pytest.fixture(autouse=True)
def cleaned() -> Iterator[None]:
    """What the market leaves behind, with a bug that leaves something behind and where it was ended."""
    yield
    subprocess.run([sys.executable, "-m", "energymarket", "clean"], capture_output=True, timeout=60, check=True)


def run_of(folder: Path, bug: str, method: str) -> Reel:
    """A recorded run of the market with a bug of its zoo."""
    if bug == "full-queue":
        arguments = [*filling_its_queue(folder, 24), "--start-method", method]
        return record(folder, *arguments, duration_s=3 * HANGS_S)
    ticks = str(200 if bug in HANGING else TICKS.get(bug, 40))
    arguments = ["--homes", "5", "--ticks", ticks, "--bug", bug, "--start-method", method]
    return record(folder, *arguments, duration_s=HANGING.get(bug))


@pytest.mark.soak
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bug", [*OTHERS, *HANGING, "full-queue"])
def test_every_process_of_the_market_replays(tmp_path: Path, bug: str, method: str) -> None:
    reel = run_of(tmp_path, bug, method)
    endings = {outcome.name: outcome.ending for outcome in replay_all(reel)}
    assert len(endings) > 5, "the market and its homes"
    bad = {name: ending for name, ending in endings.items() if ending.divergence or ending.differs or ending.refused}
    assert bad == {}
