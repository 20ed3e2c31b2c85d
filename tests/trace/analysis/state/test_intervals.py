"""What lasts from one moment to another, and numbers that change, asked for by moment."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.running import Latest, running

moments = st.integers(0, 60)


@given(st.lists(st.tuples(moments, moments), max_size=40), moments)
def test_those_hold_that_have_begun_and_not_ended(pairs, at_ns):
    begin, end = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
    intervals = Intervals(begin, end, number=np.arange(len(pairs)))
    found = intervals["number"][intervals.at(at_ns)].tolist()
    assert sorted(found) == [n for n, (low, high) in enumerate(pairs) if low <= at_ns < high]


def test_checkpoints_forget_nothing_that_began_long_before():
    generator = np.random.default_rng(3)
    begin = np.sort(generator.integers(0, 10**6, 20_000))
    end = begin + generator.choice([3, 400, 600_000], 20_000)
    intervals = Intervals(begin, end)
    for at_ns in [0, 1, 499_999, *begin[[0, 2047, 2048, 2049, 4096, 19_999]].tolist(), 10**6, 2 * 10**6]:
        assert intervals.at(at_ns).tolist() == np.flatnonzero((begin <= at_ns) & (end > at_ns)).tolist()


def test_a_moment_among_two_million_intervals_is_found_well_under_a_millisecond():
    begin = np.arange(2_000_000) * 10
    intervals = Intervals(begin, begin + 25)
    intervals.at(0)
    began = time.perf_counter()
    for at_ns in range(0, 20_000_000, 100_000):
        assert len(intervals.at(at_ns)) <= 3
    assert (time.perf_counter() - began) / 200 < 0.001


@given(st.lists(st.tuples(st.integers(0, 3), moments, st.integers(-3, 3)), max_size=40), moments)
def test_a_running_number_is_the_sum_of_the_changes_up_to_a_moment(changes, at_ns):
    sums = running(*(np.array([change[n] for change in changes], np.int64) for n in range(3)))
    expected = {key: sum(by for of, when, by in changes if of == key and when <= at_ns) for key, _, _ in changes}
    assert dict(zip(sums.keys.tolist(), sums.all_at(at_ns).tolist(), strict=True)) == expected


@pytest.mark.parametrize(("at_ns", "row"), [(4, -1), (5, 70), (8, 70), (9, 71), (100, 71)])
def test_the_latest_row_of_a_key_is_that_of_the_last_moment(at_ns, row):
    latest = Latest(np.array([1, 2, 1]), np.array([5, 6, 9]), np.array([70, 80, 71]))
    assert latest.keys.tolist() == [1, 2]
    assert latest.all_at(at_ns).tolist() == [row, 80 if at_ns >= 6 else -1]


def test_across_checkpoints_the_latest_row_is_still_the_latest():
    generator = np.random.default_rng(5)
    key, at_ns = generator.integers(0, 40, 9_000), generator.integers(0, 2_000, 9_000)
    latest = Latest(key, at_ns, np.arange(9_000))
    for moment in (-1, 0, 227, 228, 455, 1_000, 1_999, 5_000):
        earlier = np.flatnonzero(at_ns <= moment)
        earlier = earlier[np.argsort(at_ns[earlier], kind="stable")]
        expected = dict(zip(key[earlier].tolist(), earlier.tolist(), strict=True))
        assert latest.all_at(moment).tolist() == [expected.get(each, -1) for each in range(40)]
