"""A replay that makes no progress ends, and one that waits for an answer does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ipcreel.replay.watch import Watch

LOOKS = 2000


class GivenUpError(Exception):
    """The replay ended."""


def reading(is_waiting: bool) -> Any:
    """A replay of which nothing moves, and whose debugger has asked whoever has the reel."""

    def diverge(what: str) -> None:
        raise GivenUpError(what)

    return SimpleNamespace(
        replayed=-1,  # as at its begin: no operation was done
        standing=SimpleNamespace(is_done=False, ended=True, held=0, expecting={}),
        session=SimpleNamespace(asking=SimpleNamespace(is_waiting=is_waiting)),
        turns=SimpleNamespace(expected=None),
        lanes=SimpleNamespace(idents={}),
        script=SimpleNamespace(lane_names={}),
        trial=None,
        has_left=False,
        diverge=diverge,
    )


def look(watch: Watch) -> None:
    for _ in range(LOOKS):
        watch.look()


def test_a_replay_of_which_nothing_moves_is_given_up() -> None:
    watch = Watch(reading(is_waiting=False))
    with pytest.raises(GivenUpError, match="makes no progress"):
        look(watch)


def test_an_answer_about_the_reel_is_waited_for_however_long_it_takes() -> None:
    look(Watch(reading(is_waiting=True)))
