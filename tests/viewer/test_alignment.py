"""Moments of one run and of another, put beside each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelview.alignment import align

NONE = np.zeros(0, np.int64)
MOMENTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).map(lambda found: np.array(sorted(found), np.int64))


def test_ticks_stand_under_ticks_and_time_is_stretched_between_them():
    alignment = align(0, 1000, np.array([0, 100, 200]), np.array([1000, 1050, 1250]))
    assert [alignment.to_other(at) for at in (0, 50, 100, 150, 200)] == [1000, 1025, 1050, 1150, 1250]
    assert [alignment.to_one(at) for at in (1000, 1025, 1050, 1150, 1250)] == [0, 50, 100, 150, 200]


def test_outside_of_the_ticks_that_both_have_time_runs_alike():
    alignment = align(0, 1000, np.array([10, 20, 30]), np.array([1010, 1040]))
    assert [alignment.to_other(at) for at in (-5, 0, 20, 25)] == [995, 1000, 1040, 1045]


def test_runs_without_ticks_are_aligned_by_their_begins():
    alignment = align(500, 90, NONE, np.array([95, 99]))
    assert (alignment.to_other(520), alignment.to_one(110)) == (110, 520)


@given(MOMENTS, MOMENTS, st.integers(0, 10**12), st.integers(0, 10**12))
def test_later_is_never_mapped_to_earlier(one, other, at, after):
    alignment = align(int(one[0]), int(other[0]), one, other)
    low, high = sorted((at, after))
    assert alignment.to_other(low) <= alignment.to_other(high)
    assert alignment.to_one(low) <= alignment.to_one(high)
