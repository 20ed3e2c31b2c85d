"""`ipcreel minimize`: what is left of a run still shows the finding, and is as it was recorded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

import ipcreel
from ipcreel.reel import Reel, open_reel
from tests.trace.conftest import Record

LOCKED = """
    import multiprocessing
    def take(one, other, held, both, queue):
        with one:
            both.wait()
            held.release()
            with other: pass
    def talk(both, queue):
        for number in range(20): queue.put(number)
    def listen(both, queue):
        for _ in range(20): queue.get()
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        first, second, both = context.Lock(), context.Lock(), context.Barrier(2)
        queue, held = context.SimpleQueue(), context.Semaphore(0)
        def start(name, work, *given):
            process = context.Process(target=work, args=(*given, both, queue), name=name, daemon=True)
            process.start()
            return process
        bystanders = start("talker", talk), start("listener", listen)
        stuck = start("left", take, first, second, held), start("right", take, second, first, held)
        for process in bystanders: process.join()
        held.acquire()
        held.acquire()
        stuck[0].join(1)  # by now they hang, and are ended
"""


def minimize(reel: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command("minimize", str(reel), *arguments)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-m", "ipcreel", *arguments]
    return subprocess.run(done, capture_output=True, text=True, timeout=60, check=False)


def sites_of(reel: Reel) -> list[tuple[str, list[tuple[str, int]]]]:
    """The findings, by kind and the lines that prove them."""
    return [
        (finding.code, [tuple(reel.sites[int(reel.site[row])][:2]) for row in finding.events])
        for finding in reel.findings
    ]


def test_of_a_deadlock_the_two_are_left_who_wait_for_each_other(recorded: Record, tmp_path: Path) -> None:
    ran = recorded(LOCKED)
    done = minimize(ran.path, "--code", "deadlock", "-o", str(tmp_path / "small.reel"))
    assert done.returncode == 0, done.stderr
    way = f"; to replay them also {ran.program.name}, up to their forks\n"
    small = open_reel(tmp_path / "small.reel")
    parent, *stuck = (small.process_name(row) for row in range(len(small.processes)))  # in the order of their begins
    assert (parent, {*stuck}) == (ran.program.name, {"left", "right"})
    assert f"2 of 5 processes: {', '.join(stuck)}{way}" in done.stdout
    assert small.damage == []
    assert [found for found in sites_of(small) if found[0] == "deadlock"] == [
        found for found in sites_of(ran.reel) if found[0] == "deadlock"
    ]
    info = command("info", str(small.path))
    assert (
        "a part of a run, made by `ipcreel minimize`: 2 processes and all that came later are left out" in info.stdout
    )
    assert "not recorded" not in info.stdout
    replayed = command("replay", str(small.path), "--all")
    assert replayed.stdout.endswith("3 processes, 0 of them diverged\n")
    assert replayed.stdout.count("never returned") == 2, "the two stand where they hung"


def test_every_event_that_is_kept_is_as_it_was_recorded(recorded: Record, tmp_path: Path) -> None:
    whole = recorded(LOCKED).reel
    finding = next(finding for finding in whole.findings if finding.code == "deadlock")
    made = ipcreel.minimize(whole, finding, tmp_path / "small.reel")
    small = open_reel(tmp_path / "small.reel")
    assert len(small) == len(made.rows) < len(whole)
    for column in ("begin_ns", "end_ns", "op", "object", "site", "a", "b"):
        assert np.array_equal(small.raw[column], whole.raw[column][made.rows]), column
    assert [small.payload(row) for row in range(len(small))] == [whole.payload(row) for row in made.rows.tolist()]
    lanes = [small.lane_name(lane) for lane in small.lane.tolist()]
    assert lanes == [whole.lane_name(lane) for lane in whole.lane[made.rows].tolist()]
    assert small.end_ns == made.until_ns <= whole.end_ns


def test_where_there_is_no_such_finding_nothing_is_written(recorded: Record, tmp_path: Path) -> None:
    ran = recorded("print(1)")
    output = tmp_path / "small.reel"
    clean = minimize(ran.path, "-o", str(output))
    assert (clean.returncode, clean.stdout) == (1, "nothing found\n")
    kind = minimize(ran.path, "--code", "deadlock", "-o", str(output))
    assert (kind.returncode, kind.stdout) == (1, "nothing found of the kind deadlock\n")
    assert not output.exists()
    itself = minimize(ran.path, "--force", "-o", str(ran.path))
    assert itself.returncode == 2
    assert "exists. Name another with -o" in itself.stderr
