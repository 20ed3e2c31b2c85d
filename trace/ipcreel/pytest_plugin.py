"""Recorded runs as tests: `record`, `assert_same_behaviour` and `assert_replays`, for pytest."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ipcreel.reel import Reel

_REELS = pytest.StashKey["list[Reel]"]()

_TO_END_S = 60.0  # for a program to end after it was asked to, and for its reel to be written

Record = Callable[..., "Reel"]
Compare = Callable[..., None]
Replay = Callable[..., None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("ipcreel", "recorded runs")
    group.addoption("--update-behaviour", action="store_true", help="write the golden files of behaviour anew")
    group.addoption(
        "--reel-artifacts", default="artifacts", metavar="FOLDER", help="reels of failed tests are kept here"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the reels of a test that failed, and say where they are."""
    report = yield
    reels = item.stash.get(_REELS, [])
    if report.failed and reels:
        kept = "\n".join(f"ipcreel view {os.path.relpath(path)}" for path in _keep(item, reels))
        report.sections.append(("recorded runs, kept", kept))
    return report


@pytest.fixture
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Record:
    """`record("energymarket run --homes 3")`: run a program, recorded, and get its reel.

    `exit_code` is what the program must end with, None where it does not matter; `options` are those of
    `ipcreel record`. A program that still runs after `timeout_s` is ended, and the test fails with what hung. The reels
    of a test that fails are kept.
    """
    reels: list[Reel] = []
    request.node.stash[_REELS] = reels

    def run(
        command: str | Sequence[str],
        *,
        exit_code: int | None = 0,
        options: Sequence[str] = (),
        timeout_s: float = 120,
        cwd: Path | None = None,
    ) -> Reel:
        from ipcreel.reel import open_reel

        words = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
        path = tmp_path / f"{len(reels)}.reel"
        begun = time.monotonic()
        done = _recorded(words, path, ["--duration", str(timeout_s), *options], timeout_s, cwd or tmp_path)
        is_over = time.monotonic() - begun >= timeout_s
        if path.exists():
            reels.append(open_reel(path))
            if is_over and "--duration" not in options and reels[-1].run.get("asked_to_end_ns"):
                wrong = f"it still ran after {timeout_s:g} s, and was ended.{_found(reels[-1])}"
                pytest.fail(f"{shlex.join(words)}: {wrong}", pytrace=False)
        if not path.exists() or (exit_code is not None and done.returncode != exit_code):
            said = f"\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            pytest.fail(
                f"{shlex.join(words)}: expected exit code {exit_code}, got {done.returncode}{said}", pytrace=False
            )
        return reels[-1]

    return run


def _recorded(
    words: list[str], path: Path, options: Sequence[str], timeout_s: float, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program under the recorder, which ends it when its time is over."""
    recorder = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(path), *options, "--", *words]
    # What is installed beside this interpreter is meant, activated or not.
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        recorder, cwd=cwd, env={**os.environ, "PATH": search}, capture_output=True, text=True,
        timeout=timeout_s + _TO_END_S, check=False,
    )  # fmt: skip


def _found(reel: Reel) -> str:
    """What `ipcreel check` says of a run, in lines below another one."""
    found = [f"\n  {one.code}: {one.what} {one.cause}" for one in reel.findings]
    return " `ipcreel check` finds:" + "".join(found) if found else " `ipcreel check` finds nothing."


def _keep(item: pytest.Item, reels: list[Reel]) -> list[Path]:
    name = re.sub(r"[^\w.-]+", "-", item.nodeid).strip("-")
    folder = item.config.rootpath / item.config.getoption("--reel-artifacts") / name
    folder.mkdir(parents=True, exist_ok=True)
    kept = [folder / reel.path.name for reel in reels]
    for reel, path in zip(reels, kept, strict=True):
        path.write_bytes(reel.mapped)  # also where the test has taken its file away
    return kept


@pytest.fixture
def assert_same_behaviour(request: pytest.FixtureRequest) -> Compare:
    """`assert_same_behaviour("golden/market.behaviour")`: the last recorded run did what the golden file says.

    The path is relative to the test's file. Another reel can be given, and a choice of events: `process`, `mechanism`,
    `operation`, `object`, as `ipcreel events` takes them. `--update-behaviour` writes the file.
    """

    def compare(golden: str | Path, reel: Reel | None = None, **selection: str) -> None:
        from ipcreel.reel.canonical import behaviour_of
        from ipcreel.reel.select import Selection

        reels = request.node.stash.get(_REELS, [])
        if reel is None and not reels:
            pytest.fail(f"{golden}: there is no run to compare. Record one first: record('…').", pytrace=False)
        text = behaviour_of(reel or reels[-1], Selection(**selection) if selection else None).text()
        path = request.path.parent / golden
        if request.config.getoption("--update-behaviour"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return
        if not path.exists():
            pytest.fail(f"{golden}: there is no such file. `pytest --update-behaviour` writes it.", pytrace=False)
        expected = path.read_text()
        if text != expected:
            pytest.fail(_difference(str(golden), expected, text), pytrace=False)

    return compare


def _difference(golden: str, expected: str, found: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), golden, "this run", lineterm="", n=4)
    shown = list(lines)[:80]
    return f"{golden}: the run behaved otherwise. If it should, `pytest --update-behaviour`.\n" + "\n".join(shown)


@pytest.fixture
def assert_replays(request: pytest.FixtureRequest) -> Replay:
    """`assert_replays("hang.reel")`: each process of a recorded run, run again alone, does what its tape has.

    The path of a reel is relative to the test's file; a reel can be given as well, and without one the last recorded
    run is meant. `process` is the name or the pid of the only one to replay. One that hung has to come to the wait that
    it never left.
    """

    def replay(reel: Reel | str | Path | None = None, process: str | None = None) -> None:
        from ipcreel.reel import ReelError, open_reel

        reels = request.node.stash.get(_REELS, [])
        if reel is None and not reels:
            pytest.fail("there is no run to replay. Record one first: record('…').", pytrace=False)
        try:
            if isinstance(reel, (str, Path)):
                reel = open_reel(request.path.parent / reel)
            failures = _diverged(reel or reels[-1], process)
        except ReelError as error:
            pytest.fail(str(error), pytrace=False)
        if failures:
            pytest.fail("\n".join(failures), pytrace=False)

    return replay


def _diverged(reel: Reel, process: str | None) -> list[str]:
    """What replays of processes did that their tapes do not have, in lines."""
    from ipcreel.replay.every import replay_all

    lines = []
    for outcome in replay_all(reel, process):
        if outcome.ending.refused:
            lines.append(outcome.ending.refused)
        elif outcome.ending.diverged is not None:
            lines += outcome.ending.diverged.lines()
        elif outcome.ending.differs:
            lines.append(f"the output of {outcome.name} differs: {outcome.ending.differs}")
    return lines
