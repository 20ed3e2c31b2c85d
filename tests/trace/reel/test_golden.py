"""A reel that an earlier version made can be read as long as this project lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel


@pytest.fixture
def reel() -> Reel:
    """A parent that sends three messages to its child, gets a signal from itself, and asks a queue that is gone."""
    return open_reel(Path(__file__).with_name("golden") / "version-1.reel")


def names(reel: Reel) -> list[str]:
    return [reel.operations[code]["name"] for code in reel.op.tolist()]


def test_version_1_is_read(reel: Reel) -> None:
    assert [process["how"] for process in reel.processes] == ["exec", "fork"]
    assert reel.processes[1]["parent"] == 0
    sends = [row for row, name in enumerate(names(reel)) if name == "sysv.queue.send"]
    assert [reel.payload(row) for row in sends] == [b"message 0", b"message 1", b"message 2"]
    assert [int(reel.a[row]) for row in sends] == [1, 2, 3]
    assert reel.sites[int(reel.site[sends[0]])][1] == 12


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
