"""How deep events lie in one another, and which waits were longest: against going through them one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ipcreel.analysis.spans import nesting
from ipcreel.analysis.waits import last_of_longest

Numbers = st.integers(0, 12)


@given(st.lists(st.tuples(st.integers(0, 2), Numbers, Numbers), max_size=30))
def test_an_event_lies_in_those_that_have_not_ended_when_it_begins(drawn: list[tuple[int, int, int]]) -> None:
    spans = sorted((lane, begin, begin + length) for lane, begin, length in drawn)
    lane, begin, end = (np.array(column, np.int64) for column in (zip(*spans, strict=True) if spans else ([], [], [])))
    expected: dict[tuple[int, int, int], list[int]] = {}
    for number in {one[0] for one in spans}:
        open_: list[int] = []
        for one in sorted((one for one in spans if one[0] == number), key=lambda one: (one[1], -one[2])):
            while open_ and open_[-1] <= one[1]:
                open_.pop()
            expected.setdefault(one, []).append(len(open_))
            open_.append(one[2])
    found: dict[tuple[int, int, int], list[int]] = {}
    for one, depth in zip(spans, nesting(lane, begin, end).tolist(), strict=True):
        found.setdefault(one, []).append(depth)
    assert {one: sorted(depths) for one, depths in found.items()} == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=30))
def test_the_longest_wait_of_a_group_is_the_last_of_those_that_took_as_long(waits: list[tuple[int, int]]) -> None:
    group, took = (np.array([wait[side] for wait in waits], np.int64) for side in (0, 1))
    found = last_of_longest(group, took, 5)
    for number in {wait[0] for wait in waits}:
        longest = max(wait[1] for wait in waits if wait[0] == number)
        assert found[number] == max(place for place, wait in enumerate(waits) if wait == (number, longest))
