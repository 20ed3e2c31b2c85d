"""The recorder's own share is measured, not assumed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ipcreel.record import calibration
from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record, Recorded

BUSY = """
    import threading
    lock = threading.Lock()
    for _ in range({count}):
        lock.locked()
    for _ in range(3_000_000):
        pass
"""


def share(run: Recorded) -> float:
    return float(json.loads(ipcreel("info", str(run.path), "--json").stdout)["own_share"])


def test_what_was_recorded_more_often_took_a_larger_share(recorded: Record) -> None:
    few, many = recorded(BUSY.format(count=10)), recorded(BUSY.format(count=300_000))
    assert 0 < share(few) < share(many) < 1
    assert "ipcreel: the recorder's own share of the processor time: about " in many.said


def test_of_a_run_whose_children_nobody_waited_for_no_share_is_told(recorded: Record) -> None:
    run = recorded("import os, signal; os.fork(); signal.pause()", options=("--duration", "0.3"))
    assert len(run.reel.processes) == 2
    assert "own share" not in run.said


def test_each_process_says_what_it_took_to_start(recorded: Record) -> None:
    run = recorded("import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'])")
    started = [process["facts"]["start_ns"] for process in run.reel.processes]
    assert len(started) == 2
    assert all(1_000_000 < start_ns < run.reel.run["cpu_seconds"] * 1e9 for start_ns in started)


def test_measuring_leaves_nothing_behind(tmp_path: Path) -> None:
    descriptors = set(os.listdir("/proc/self/fd"))
    costs = calibration.measure(tmp_path)
    assert costs is not None
    assert costs.keys() == {"instant", "blocking", "payload", "fork"}
    assert costs["instant"] > 100
    assert os.listdir(tmp_path) == []
    assert set(os.listdir("/proc/self/fd")) == descriptors
    assert calibration.measure(tmp_path) is not None


def test_without_room_for_it_nothing_is_measured(tmp_path: Path) -> None:
    assert calibration.measure(tmp_path / "missing") is None
