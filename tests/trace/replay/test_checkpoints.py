"""Where a checkpoint can be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipcreel.replay import checkpoints
from ipcreel.replay.checkpoints import Checkpoints


@pytest.mark.parametrize(("is_watched", "threads", "made"), [(False, 1, 1), (False, 2, 0), (True, 1, 0)])
def test_one_is_made_where_there_is_no_other_thread_nor_one_that_is_about_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_watched: bool, threads: int, made: int
) -> None:
    waiting: list[Checkpoints] = []
    monkeypatch.setattr(checkpoints, "_frames", lambda: dict.fromkeys(range(threads)))
    mine = Checkpoints(str(tmp_path), lambda row: True, lambda row: None, lambda: is_watched)
    monkeypatch.setattr(mine, "_make", lambda: waiting.append(mine))
    mine.consider()
    assert len(waiting) == made
