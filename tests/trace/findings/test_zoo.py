"""Every bug of the zoo is found by the name of its kind and at the line that is to blame; a clean run has none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel

HANGS_S = 8.0  # after which a run that hangs is ended
METHODS = ("fork", "spawn", "forkserver")
MARKET = [sys.executable, "-m", "energymarket", "run", "--tick-seconds", "0", "--seed", "7", "--output", "quiet"]


def record(folder: Path, *arguments: str, duration_s: float | None = None) -> Reel:
    reel = folder / "market.reel"
    ending = [] if duration_s is None else ["--duration", str(duration_s)]
    command = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(reel), *ending, "--", *MARKET, *arguments]
    subprocess.run(command, capture_output=True, timeout=600, check=False)
    return open_reel(reel)


def blamed(reel: Reel, code: str) -> set[str]:
    """The file and function of the events that prove a finding of this kind."""
    rows = [row for finding in reel.findings if finding.code == code for row in finding.events]
    sites = [reel.sites[int(reel.site[row])] for row in rows]
    return {f"{Path(site[0]).name} {site[2]}" for site in sites}


def assert_blamed(reel: Reel, code: str, place: str) -> None:
    """That there is a finding of this kind, and an event of a function among its proof."""
    assert place in blamed(reel, code), (reel.findings, blamed(reel, code), reel.run)


@pytest.fixture
def cleaned() -> Iterator[None]:
    """What the market leaves behind with the bug that leaves something behind."""
    yield
    subprocess.run([sys.executable, "-m", "energymarket", "clean"], capture_output=True, timeout=60, check=True)


@pytest.mark.parametrize("method", METHODS)
def test_a_clean_run_has_no_finding(tmp_path: Path, method: str) -> None:
    reel = record(tmp_path, "--homes", "5", "--ticks", "10", "--start-method", method)
    assert reel.run["status"] == 0
    assert reel.findings == []


HANGS = [
    ("lock-order", "deadlock", "books.py Books._book_backwards"),
    ("lost-wakeup", "lost-wakeup", "books.py Books._wait_opened"),
]


def assert_hang_is_blamed(folder: Path, arguments: list[str], code: str, place: str, patience: list[int]) -> None:
    """The same of a run that hangs: a busy machine takes long to come to it, a run that is given longer does."""
    for times in patience:
        (folder / str(times)).mkdir()
        reel = record(folder / str(times), "--ticks", "200", *arguments, duration_s=times * HANGS_S)
        if place in blamed(reel, code):
            break
    assert_blamed(reel, code, place)


@pytest.mark.parametrize(("bug", "code", "place"), HANGS)
def test_a_run_that_hangs_says_why(tmp_path: Path, bug: str, code: str, place: str) -> None:
    assert_hang_is_blamed(tmp_path, ["--homes", "5", "--bug", bug], code, place, [1, 5])


ENDS_BADLY = [
    ("early-phase", "phase-violation", "client.py MarketClient._ask"),
    ("torn-read", "data-race", "home.py Home._read_board"),
    ("orphan-offer", "stale-offer", "sharing.py Sharing._next_offer"),
    ("lost-signal", "signals-merged", "external.py External._raise"),
    ("double-take", "double-take", "sharing.py Sharing._send"),
]


def of_a_run_that_ends_badly(folder: Path, bug: str, homes: int, method: str = "fork") -> Reel:
    ticks = "120" if bug == "lost-signal" else "40"  # whether two signals meet is up to the scheduler, tick by tick
    return record(folder, "--homes", str(homes), "--ticks", ticks, "--bug", bug, "--start-method", method)


@pytest.mark.parametrize(
    ("bug", "code", "place"), [*ENDS_BADLY, ("orphan-offer", "message-never-received", "sharing.py Sharing._send")]
)
def test_a_run_that_ends_badly_says_why(tmp_path: Path, bug: str, code: str, place: str) -> None:
    assert_blamed(of_a_run_that_ends_badly(tmp_path, bug, 5), code, place)


@pytest.mark.usefixtures("cleaned")
def test_what_a_run_leaves_behind_is_named(tmp_path: Path) -> None:
    assert_blamed(record(tmp_path, "--homes", "3", "--ticks", "3", "--bug", "leak"), "leak", "ipc.py _make")


def filling_its_queue(folder: Path, homes: int) -> list[str]:
    """The arguments of a market whose homes all offer, into a queue that holds the offers of a third of them."""
    config = folder / "market.toml"
    run = f"[run]\nqueue_bytes = {max(16 * homes, 64)}\n"
    config.write_text(run + "[homes]\nproduction_low_kwh = 3.0\n[weather]\nmean_c = 20.0\n")
    return ["--homes", str(homes), "--bug", "full-queue", "--config", str(config)]


def test_a_queue_that_all_fill_before_anyone_takes_is_named(tmp_path: Path) -> None:
    assert_hang_is_blamed(tmp_path, filling_its_queue(tmp_path, 24), "queue-full", "sharing.py Sharing._send", [1, 5])


@pytest.mark.soak
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("homes", [5, 20, 100])
class TestUnderEachStartMethod:
    """Offers that nobody took back are all taken in later ticks with twenty homes, and none is left at the end."""

    @pytest.mark.parametrize(("bug", "code", "place"), HANGS)
    def test_a_run_that_hangs_says_why(
        self, tmp_path: Path, bug: str, code: str, place: str, homes: int, method: str
    ) -> None:
        arguments = ["--homes", str(homes), "--bug", bug, "--start-method", method]
        assert_hang_is_blamed(tmp_path, arguments, code, place, [3, 15])

    @pytest.mark.parametrize(("bug", "code", "place"), ENDS_BADLY)
    def test_a_run_that_ends_badly_says_why(
        self, tmp_path: Path, bug: str, code: str, place: str, homes: int, method: str
    ) -> None:
        assert_blamed(of_a_run_that_ends_badly(tmp_path, bug, homes, method), code, place)

    @pytest.mark.usefixtures("cleaned")
    def test_what_a_run_leaves_behind_is_named(self, tmp_path: Path, homes: int, method: str) -> None:
        arguments = ["--homes", str(homes), "--ticks", "3", "--bug", "leak", "--start-method", method]
        assert_blamed(record(tmp_path, *arguments), "leak", "ipc.py _make")

    def test_a_queue_that_all_fill_is_named(self, tmp_path: Path, homes: int, method: str) -> None:
        arguments = [*filling_its_queue(tmp_path, homes), "--start-method", method]
        assert_hang_is_blamed(tmp_path, arguments, "queue-full", "sharing.py Sharing._send", [3, 15])


@pytest.mark.soak
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [7, 11, 23])
@pytest.mark.parametrize(("homes", "ticks"), [(5, 50), (100, 5)])
def test_a_clean_run_has_no_finding_with_any_seed(
    tmp_path: Path, homes: int, ticks: int, seed: int, method: str
) -> None:
    arguments = ["--homes", str(homes), "--ticks", str(ticks), "--seed", str(seed), "--start-method", method]
    reel = record(tmp_path, *arguments)
    assert reel.run["status"] == 0
    assert reel.findings == []
