"""Axes are labelled in round numbers that a person reads at a glance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelview.raster.window import Window
from reelview.ticks import duration_label, tick_at, tick_axis, time_axis
from reelview.timeline.axis import CURSOR_PX, beside_cursor

HOUR = 3_600 * 10**9


@pytest.mark.parametrize(
    ("ns", "label"),
    [
        (0, "0 ns"),
        (950, "950 ns"),
        (1_000, "1 µs"),
        (1_250_000, "1.25 ms"),
        (12_345_678, "12.3 ms"),
        (3_200_000_000, "3.2 s"),
        (125_000_000_000, "2 min 05 s"),
        (120_000_000_000, "2 min"),
        (HOUR + 180 * 10**9, "1 h 03 min"),
        (-1_500, "−1.5 µs"),
    ],
)
def test_a_duration_has_three_digits_and_the_unit_that_fits(ns, label):
    assert duration_label(ns) == label


def test_marks_near_the_begin_count_from_it():
    axis = time_axis(Window(HOUR, HOUR + 10**9, 1000), HOUR)
    assert axis.anchor == ""
    assert axis.labels[:4] == ["0 ms", "100 ms", "200 ms", "300 ms"]


def test_marks_far_from_the_begin_and_near_to_each_other_count_from_a_round_moment():
    axis = time_axis(Window(HOUR + 32_123_456_000, HOUR + 32_123_466_000, 1000), HOUR)
    assert axis.anchor == "32.123 s"
    assert axis.labels[0] == "+456 µs"
    assert axis.at_ns[0] == HOUR + 32_123_456_000


def test_long_runs_are_marked_in_minutes_and_hours():
    assert time_axis(Window(0, 10 * 60 * 10**9, 900), 0).labels[:3] == ["0 s", "1 min", "2 min"]
    assert "1 h 00 min" in time_axis(Window(0, 3 * HOUR, 900), 0).labels


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.integers(50, 4000))
def test_marks_are_in_the_window_never_crowded_and_labelled_apart(begin, length, width):
    window = Window(begin, begin + length, width)
    axis = time_axis(window, 0)
    assert all(window.begin_ns <= at <= window.end_ns for at in axis.at_ns)
    assert len(axis.at_ns) <= width / 90 + 2
    assert len(set(axis.labels)) == len(axis.labels)


def test_the_second_axis_numbers_ticks_and_leaves_room():
    tick_ns = np.arange(1000, dtype=np.int64) * 10**6
    at_ns, labels = tick_axis(tick_ns, Window(0, 10**9, 1000))
    assert labels[:3] == ["0", "50", "100"]
    assert at_ns[1] == 50 * 10**6
    assert tick_axis(tick_ns, Window(10**10, 10**10 + 5, 100)) == ([], [])
    assert tick_axis(tick_ns, Window(999, 10**6 + 1, 100))[1] == ["1"]
    assert tick_axis(np.zeros(0, np.int64), Window(0, 5, 100)) == ([], [])


def test_a_moment_is_in_the_tick_that_began_last():
    tick_ns = np.array([10, 20, 30], np.int64)
    assert [tick_at(tick_ns, at_ns) for at_ns in (9, 10, 29, 30, 99)] == [-1, 0, 1, 2, 2]


@pytest.mark.parametrize("cursor_px", range(80, 140))
def test_the_handle_of_the_cursor_covers_no_number(cursor_px):
    left = beside_cursor(100, 14, cursor_px)
    assert left == 100 or left > cursor_px
    assert not left - CURSOR_PX < cursor_px < left + 14 + CURSOR_PX
