"""Moments of a reel, as they are written on a command line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ipcreel.reel import ReelError
from ipcreel.reel.moments import moment_ns, window_ns

BEGIN = 1_000_000_000_000
TICKS = (BEGIN + 100_000_000, BEGIN + 200_000_000, BEGIN + 350_000_000)


def reel_with(*ticks: int) -> Any:
    return SimpleNamespace(
        path=Path("a.reel"), begin_ns=BEGIN, end_ns=BEGIN + 5_000_000_000, ticks=np.array(ticks, np.int64)
    )


@pytest.mark.parametrize(
    ("text", "after_ns"),
    [
        ("1.5s", 1_500_000_000),
        ("20ms", 20_000_000),
        ("300us", 300_000),
        ("3.2", 3_200_000_000),
        ("0s", 0),
        ("tick 2", 350_000_000),
        ("tick2", 350_000_000),
        ("Tick 0", 100_000_000),
        ("1t", 200_000_000),
        ("tick 1 + 5ms", 205_000_000),
        ("1t+5ms", 205_000_000),
        ("1s+20ms", 1_020_000_000),
        ("+50ms", 50_000_000),
    ],
)
def test_a_moment_is_a_time_after_the_begin_or_a_tick_or_later(text: str, after_ns: int) -> None:
    assert moment_ns(reel_with(*TICKS), text) == BEGIN + after_ns


def test_a_window_may_end_some_time_after_it_began() -> None:
    begin, end = window_ns(reel_with(*TICKS), "tick 1", "+50ms")
    assert (begin, end - begin) == (TICKS[1], 50_000_000)


def test_a_window_that_is_left_open_is_the_whole_reel() -> None:
    assert window_ns(reel_with(), None, None) == (BEGIN, BEGIN + 5_000_000_000)


@pytest.mark.parametrize("text", ["", "soon", "tick", "ten t", "tick 1 +", "inf s", "infs", "nans", "1s + + 2s"])
def test_what_is_no_moment_is_answered_with_those_that_there_are(text: str) -> None:
    with pytest.raises(ReelError, match=r"no moment of a reel\. Those are: 1\.5s, 20ms, 'tick 12'"):
        moment_ns(reel_with(*TICKS), text)


def test_a_tick_that_is_not_there_is_answered_with_the_last_one() -> None:
    with pytest.raises(ReelError, match=r"there is no tick 3: the last one is 2\."):
        moment_ns(reel_with(*TICKS), "tick 3")


def test_a_reel_without_ticks_says_so() -> None:
    with pytest.raises(ReelError, match=r"it has no ticks.*Give a time"):
        moment_ns(reel_with(), "12t")


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ReelError, match=r"--from 2s is after --to tick 1\."):
        window_ns(reel_with(*TICKS), "2s", "tick 1")
