"""What moves keeps its frames, whatever one of them takes."""

from __future__ import annotations

import time

import pytest

from reelview.timeline.pace import FRAME_NS, Pace, next_due


def test_a_frame_that_came_late_does_not_put_off_the_next():
    assert next_due(100 * FRAME_NS, 100 * FRAME_NS) == 101 * FRAME_NS
    assert next_due(100 * FRAME_NS, 100 * FRAME_NS + FRAME_NS // 2) == 101 * FRAME_NS


def test_a_frame_that_was_missed_is_made_up_for():
    now_ns = 102 * FRAME_NS
    drawn = [next_due(100 * FRAME_NS, now_ns)]
    while drawn[-1] <= now_ns:
        drawn.append(next_due(drawn[-1], now_ns))
    assert drawn == [101 * FRAME_NS, 102 * FRAME_NS, 103 * FRAME_NS]


def test_after_a_halt_no_more_than_a_few_frames_are_made_up_for():
    now_ns = 200 * FRAME_NS
    assert now_ns - 5 * FRAME_NS < next_due(100 * FRAME_NS, now_ns) < now_ns


def test_frames_of_which_each_third_takes_too_long_are_as_many_as_wanted():
    """A repeating timer of Qt's leaves one out each time."""
    now_ns = due_ns = 0
    for number in range(60):
        now_ns = max(now_ns, due_ns) + (FRAME_NS * 5 // 4 if number % 3 == 0 else FRAME_NS // 4)
        due_ns = next_due(due_ns, now_ns)
    assert due_ns == 60 * FRAME_NS


def test_frames_come_one_after_another_and_none_before_it_is_due(qtbot):
    pace, drawn_ns = Pace(), []
    pace.due.connect(lambda: drawn_ns.append(time.monotonic_ns()))
    began_ns = time.monotonic_ns()
    pace.start()
    qtbot.waitUntil(lambda: len(drawn_ns) >= 10, timeout=20_000)
    pace.stop()
    assert min(at_ns - began_ns - number * FRAME_NS for number, at_ns in enumerate(drawn_ns, 1)) >= 0


def test_what_hears_of_a_frame_may_stop_the_next(qtbot):
    pace, drawn = Pace(), []
    pace.due.connect(lambda: drawn.append(pace.stop()))
    pace.start()
    qtbot.waitUntil(lambda: bool(drawn))
    assert not pace.is_active


@pytest.mark.parametrize("late", [0, 3, 7])
def test_the_frames_of_a_steady_clock_stand_on_one_grid(late):
    due_ns, now_ns = 0, 0
    for _ in range(50):
        now_ns = due_ns + late * 1_000_000
        due_ns = next_due(due_ns, now_ns)
    assert due_ns == 50 * FRAME_NS
