"""A reel that an earlier version made can be read as long as this project lives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipcreel.reel import Reel, open_reel
from ipcreel.tape import reel_file, upgrade

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture
def reel() -> Reel:
    """A parent that sends three messages to its child, gets a signal from itself, and asks a queue that is gone."""
    return open_reel(GOLDEN / "version-1.reel")


def names(reel: Reel) -> list[str]:
    return [reel.operations[code]["name"] for code in reel.op.tolist()]


def test_version_1_is_read(reel: Reel) -> None:
    assert [process["how"] for process in reel.processes] == ["exec", "fork"]
    assert reel.processes[1]["parent"] == 0
    sends = [row for row, name in enumerate(names(reel)) if name == "sysv.queue.send"]
    assert [reel.payload(row) for row in sends] == [b"message 0", b"message 1", b"message 2"]
    assert [int(reel.a[row]) for row in sends] == [1, 2, 3]
    assert reel.sites[int(reel.site[sends[0]])][1] == 12


def test_an_older_reel_is_brought_into_the_form_of_the_newest_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def say_where(definitions: dict[str, Any]) -> dict[str, Any]:
        return {**definitions, "run": {**definitions["run"], "host": "unknown"}}

    def say_it_longer(definitions: dict[str, Any]) -> dict[str, Any]:
        return {**definitions, "run": {**definitions["run"], "host": definitions["run"]["host"] + " host"}}

    monkeypatch.setattr(reel_file, "VERSION", 3)
    monkeypatch.setattr(upgrade, "UPGRADERS", {1: say_where, 2: say_it_longer})
    assert open_reel(GOLDEN / "version-1.reel").run["host"] == "unknown host"


def test_every_version_before_the_newest_has_its_upgrader_and_its_golden_reel() -> None:
    versions = range(1, reel_file.VERSION)
    assert sorted(upgrade.UPGRADERS) == list(versions)
    assert sorted(GOLDEN.glob("version-*.reel")) == sorted(
        GOLDEN / f"version-{version}.reel" for version in range(1, reel_file.VERSION + 1)
    )


def test_version_1_keeps_outcomes(reel: Reel) -> None:
    last = max(row for row, name in enumerate(names(reel)) if name == "sysv.queue.receive")
    assert reel.raised[last]
    assert reel.payload(last)["raised"] == "sysv_ipc.ExistentialError"
    assert reel.pending[names(reel).index("process.exit")]


def test_version_1_is_understood(reel: Reel) -> None:
    pairs = zip(reel.flows.cause.tolist(), reel.flows.effect.tolist(), strict=True)
    found = {(names(reel)[cause], names(reel)[effect]) for cause, effect in pairs}
    assert ("sysv.queue.send", "sysv.queue.receive") in found
    assert ("signal.kill", "signal.delivered") in found
    assert reel.findings == []
