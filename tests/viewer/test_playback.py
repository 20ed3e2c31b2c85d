"""Playing moves the cursor as fast as the clock says, and steps go to the next moment."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.playback import FASTEST, SLOWEST, Playback, speed_label
from reelview.timeline.cursor import Cursor


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now_ns = 10**12

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cursor(qapp) -> Cursor:
    return Cursor(1_000, 1_001_000)


@pytest.fixture
def playback(cursor, clock) -> Playback:
    moments = {"event_ns": [1_000, 5_000, 5_000, 9_000], "flow_ns": [7_000], "tick_ns": [1_000, 501_000]}
    return Playback(cursor, clock, **{name: np.array(at, np.int64) for name, at in moments.items()})


@pytest.mark.parametrize("speed", [0.001, 0.5, 1.0, 8.0])
def test_the_cursor_moves_by_the_time_passed_times_the_speed(playback, cursor, clock, speed):
    playback.set_speed(speed)
    playback.play()
    for _ in range(100):
        clock.now_ns += 777
        playback.advance()
    assert cursor.at_ns == pytest.approx(1_000 + 77_700 * speed, abs=1)
    playback.pause()


def test_playing_stops_at_the_end_and_begins_anew_from_there(playback, cursor, clock):
    playback.play()
    clock.now_ns += 10**9
    playback.advance()
    assert cursor.at_ns == 1_001_000
    assert not playback.is_playing
    playback.play()
    assert cursor.at_ns == 1_000
    playback.pause()


def test_time_in_which_it_was_paused_does_not_count(playback, cursor, clock):
    playback.play()
    playback.toggle()
    clock.now_ns += 10**9
    playback.toggle()
    playback.advance()
    assert cursor.at_ns == 1_000
    playback.pause()


@pytest.mark.parametrize(
    ("what", "by", "begin", "end"),
    [
        ("event", 1, 1_000, 5_000),
        ("event", 1, 5_000, 9_000),
        ("event", -1, 9_000, 5_000),
        ("event", -1, 1_000, 1_000),
        ("event", 1, 9_000, 9_000),
        ("flow", 1, 2_000, 7_000),
        ("tick", 1, 2_000, 501_000),
        ("tick", -1, 2_000, 1_000),
    ],
)
def test_a_step_goes_to_the_next_moment_of_its_kind_and_stays_where_there_is_none(
    playback, cursor, what, by, begin, end
):
    cursor.move_to(begin)
    playback.step(what, by)
    assert cursor.at_ns == end


def test_a_step_pauses(playback):
    playback.play()
    playback.step("event", 1)
    assert not playback.is_playing


def test_speed_doubles_and_halves_within_its_bounds(playback):
    playback.faster()
    assert playback.speed == 2
    for _ in range(40):
        playback.slower()
    assert playback.speed == SLOWEST
    for _ in range(40):
        playback.faster()
    assert playback.speed == FASTEST
    assert speed_label(0.25) == "0.25×"


def test_a_change_of_speed_counts_from_then_on(playback, cursor, clock):
    playback.play()
    clock.now_ns += 1_000
    playback.set_speed(100)
    clock.now_ns += 10
    playback.advance()
    assert cursor.at_ns == 1_000 + 1_000 + 1_000
    playback.pause()


def test_the_timer_moves_the_cursor_while_it_plays(playback, cursor, clock, qtbot):
    playback.play()
    clock.now_ns += 5_000
    qtbot.waitUntil(lambda: cursor.at_ns == 6_000)
    playback.pause()
