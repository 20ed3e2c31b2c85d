"""Spans keep what they were given, in rows where none overlaps another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelview.depth import depths
from reelview.spans import arrange

intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=40).map(sorted)


def spans_of(*drawn: tuple[int, int, int], lanes: int = 2):
    """Spans from (lane, begin, end), which stand in order of begin."""
    lane, begin, end = (np.array(column, np.int64) for column in zip(*drawn, strict=True))
    return arrange(lane, begin, end, np.zeros(len(drawn), np.uint8), lanes=lanes)


def overlap_most(begin: np.ndarray, end: np.ndarray) -> int:
    return max(int(((begin <= at) & (end > at)).sum()) for at in range(0, 100))


@given(intervals)
def test_no_two_spans_of_a_depth_overlap_and_no_more_rows_are_used_than_spans_overlap_at_once(drawn):
    begin = np.array([begin for begin, _ in drawn], np.int64)
    end = begin + np.array([length for _, length in drawn], np.int64)
    level = depths(begin, end)
    for depth in np.unique(level):
        mine = level == depth
        assert (begin[mine][1:] >= end[mine][:-1]).all()
    longest = end > begin
    if longest.all() and len(level):
        assert level.max() + 1 == overlap_most(begin, end)


def test_spans_nested_in_another_stand_a_row_deeper():
    assert depths(np.array([0, 2, 3, 20]), np.array([10, 8, 4, 30])).tolist() == [0, 1, 2, 0]


def test_spans_that_overlap_without_being_nested_share_two_rows():
    begin = np.arange(10) * 10
    assert depths(begin, begin + 15).tolist() == [0, 1] * 5


def test_lanes_become_rows_and_a_span_remembers_its_event():
    spans = spans_of((1, 0, 5), (0, 1, 2), (1, 2, 3), (1, 6, 9))
    assert spans.row_lane.tolist() == [0, 1, 1]
    assert spans.row_depth.tolist() == [0, 0, 1]
    assert spans.event.tolist() == [1, 0, 3, 2]
    assert [spans.row_of(span) for span in range(4)] == [0, 1, 1, 2]


@given(intervals, st.integers(-5, 100), st.integers(1, 40))
def test_the_visible_slice_holds_exactly_the_spans_that_intersect_the_range(drawn, begin_ns, length):
    columns = [(number % 3, begin, begin + length) for number, (begin, length) in enumerate(drawn)]
    if not columns:
        return
    spans = spans_of(*columns, lanes=3)
    start, stop = spans.visible(np.arange(spans.rows), begin_ns, begin_ns + length)
    for row in range(spans.rows):
        for span in range(spans.offset[row], spans.offset[row + 1]):
            meets = spans.begin_ns[span] < begin_ns + length and spans.end_ns[span] > begin_ns
            assert (start[row] <= span < stop[row]) == meets


def test_a_moment_finds_its_span_or_the_nearest_within_reach():
    spans = spans_of((0, 0, 10), (0, 20, 21), (0, 30, 40), lanes=1)
    assert spans.at(0, 5) == 0
    assert spans.at(0, 9) == 0
    assert spans.at(0, 10) is None
    assert spans.at(0, 18, within_ns=3) == 1
    assert spans.at(0, 25, within_ns=4) is None
    assert spans.at(0, 10**12) is None


def test_some_of_the_spans_keep_the_rows():
    spans = spans_of((0, 0, 10), (1, 5, 7), (0, 20, 21))
    kept = spans.only(spans.begin_ns >= 5)
    assert kept.offset.tolist() == [0, 1, 2]
    assert kept.begin_ns.tolist() == [20, 5]


def test_a_reel_without_events_has_lanes_and_an_extent():
    none = np.zeros(0, np.int64)
    spans = arrange(none, none, none, none.astype(np.uint8), lanes=3)
    assert spans.rows == 3
    assert spans.last_ns > spans.first_ns
    assert spans.at(1, 0) is None


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0, 5], [0, 1], [1, 2]), "expected lanes 0 to 1"),
        (([0, 0], [3, 1], [4, 5]), "sorted by begin"),
        (([0, 0], [0, 7], [1, 2]), "span 1 ends before it begins"),
        (([0, 0], [0, 1], [4]), "expected equal"),
    ],
)
def test_columns_that_contradict_each_other_are_refused(columns, message):
    lane, begin, end = (np.array(column, np.int64) for column in columns)
    with pytest.raises(ValueError, match=message):
        arrange(lane, begin, end, np.zeros(2, np.uint8), lanes=2)
