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


def test_frames_of_which_each_third_takes_too_long_are_as_many_as_wanted(qtbot):
    """A repeating timer of Qt's leaves one out each time: 40 in the time of these 60."""
    pace, drawn = Pace(), []

    def draw() -> None:
        drawn.append(time.monotonic_ns())
        if len(drawn) % 3 == 0:
            while time.monotonic_ns() < drawn[-1] + FRAME_NS * 5 // 4:
                pass

    pace.due.connect(draw)
    began_ns = time.monotonic_ns()
    pace.start()
    qtbot.waitUntil(lambda: len(drawn) >= 30, timeout=20_000)
    pace.stop()
    late_ns = [at_ns - began_ns - (number + 1) * FRAME_NS for number, at_ns in enumerate(drawn)]
    assert min(late_ns) > -2_000_000, "none comes before it is due"
    if max(b - a for a, b in zip(drawn, drawn[1:], strict=False)) < 4 * FRAME_NS:  # the machine let it
        assert late_ns[-1] < 2 * FRAME_NS


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
