"""Recorded runs as tests: `record`, `assert_same_behaviour` and `assert_replays`, for pytest."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ipcreel.reel import Reel

_FAILED = pytest.StashKey[bool]()
_REELS = pytest.StashKey["list[Reel]"]()

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
    """Remember of each test whether it failed, for the end of its fixtures."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Record]:
    """`record("energymarket run --homes 3")`: run a program, recorded, and get its reel.

    `exit_code` is what the program must end with, None where it does not matter; `options` are those of
    `ipcreel record`; `timeout_s` is how long it may take. The reels of a test that fails are kept.
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
        recorder = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(path), *options, "--", *words]
        # What is installed beside this interpreter is meant, activated or not.
        search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        done = subprocess.run(
            recorder, cwd=cwd or tmp_path, env={**os.environ, "PATH": search}, capture_output=True, text=True,
            timeout=timeout_s, check=False,
        )  # fmt: skip
        if path.exists():
            reels.append(open_reel(path))
        if not path.exists() or (exit_code is not None and done.returncode != exit_code):
            said = f"\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            pytest.fail(
                f"{shlex.join(words)}: expected exit code {exit_code}, got {done.returncode}{said}", pytrace=False
            )
        return reels[-1]

    yield run
    if request.node.stash.get(_FAILED, False):
        _keep(request, reels)


def _keep(request: pytest.FixtureRequest, reels: list[Reel]) -> None:
    folder = request.config.rootpath / request.config.getoption("--reel-artifacts")
    name = re.sub(r"[^\w.-]+", "-", request.node.nodeid).strip("-")
    (folder / name).mkdir(parents=True, exist_ok=True)
    for reel in reels:
        shutil.copy(reel.path, folder / name / reel.path.name)


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
