"""Programs that hang, recorded until they do and then interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel

DEADLINE_S = 60
QUIET_LOOKS = 4
LOOK_S = 0.005

Interrupted = Callable[[str], Reel]


@pytest.fixture
def interrupted(tmp_path: Path) -> Interrupted:
    """`interrupted(source)`: record a program that prints `hangs`, and interrupt it once all of it sleeps.

    One that prints `spins` is interrupted at once.
    """

    def record(source: str) -> Reel:
        program, reel = tmp_path / "program.py", tmp_path / "run.reel"
        program.write_text(textwrap.dedent(source))
        command = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(reel), "--", sys.executable, str(program)]
        recorder = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert recorder.stdout is not None
        try:
            word = recorder.stdout.readline().strip()
            assert word in (b"hangs", b"spins"), f"it printed {word!r}"
            if word == b"hangs":
                _wait_until_quiet(recorder.pid)
            recorder.send_signal(signal.SIGINT)
            recorder.communicate(timeout=DEADLINE_S)
        finally:
            _end(recorder)
        return open_reel(reel)

    return record


def _end(recorder: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(recorder.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    recorder.wait(DEADLINE_S)


def _wait_until_quiet(session: int) -> None:
    """Until nobody in a session, but for who leads it, has been woken over several looks."""
    give_up = time.monotonic() + DEADLINE_S
    before, looks = None, 0
    while looks < QUIET_LOOKS:
        assert time.monotonic() < give_up, "it does not come to rest"
        now = _sleeps(session)
        looks = looks + 1 if now and now == before else 0
        before = now
        time.sleep(LOOK_S)


def _sleeps(session: int) -> dict[str, str]:
    """Of each thread how often it was switched; empty where one runs."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) != session or stat.parent.name == str(session):
                continue
            for task in stat.parent.glob("task/*/status"):
                lines = dict(line.split(":\t", 1) for line in task.read_text().splitlines() if ":\t" in line)
                if not lines["State"].startswith("S"):
                    return {}
                found[str(task)] = lines["voluntary_ctxt_switches"]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def codes(reel: Reel) -> list[str]:
    """The kinds of what is found."""
    return [finding.code for finding in reel.findings]


def lines(reel: Reel, code: str) -> list[str]:
    """The source lines that the findings of a kind point at first."""
    rows = [finding.events[0] for finding in reel.findings if finding.code == code]
    sites = [reel.sites[int(reel.site[row])] for row in rows]
    return [Path(site[0]).read_text().splitlines()[site[1] - 1].strip() for site in sites]
