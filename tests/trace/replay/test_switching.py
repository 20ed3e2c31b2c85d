"""How long a thread of a replay goes on before another one is let in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ipcreel.replay import switching
from ipcreel.replay.watch import Watch


@pytest.fixture
def intervals(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the interpreter was told, the last one last; the program has half a millisecond."""
    told: list[float] = []
    monkeypatch.setattr(switching, "_plain_set", told.append)
    monkeypatch.setattr(switching, "_of_program_s", 0.0005)
    return told


def test_threads_that_compute_and_do_no_operation_are_let_in_as_they_were(
    intervals: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading: Any = SimpleNamespace(replayed=1, standing=SimpleNamespace(is_done=False, ended=True))
    watch = Watch(reading)
    monkeypatch.setattr(watch, "_all_sleep", lambda: False)
    watch.look()
    long_s = intervals[-1]
    watch.look()
    assert intervals[-1] == 0.0005 < long_s
    reading.replayed = 2
    watch.look()
    assert intervals[-1] == long_s
