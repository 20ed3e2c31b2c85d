"""What belongs together, against going through it one by one."""

from __future__ import annotations

from itertools import accumulate, groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ipcreel.analysis.keys import along_runs, each_once, first_places, rank_in_runs, run_starts


@given(st.lists(st.integers(0, 40) | st.integers(0, 1 << 40), max_size=30))
def test_rows_are_there_once_and_ascending(rows: list[int]) -> None:
    assert each_once(np.array(rows, np.int64)).tolist() == sorted(set(rows))


@given(st.lists(st.integers(0, 3), max_size=20))
def test_a_run_is_what_lies_between_two_different_neighbours(values: list[int]) -> None:
    column = np.array(values, np.int64)
    runs = [list(run) for _, run in groupby(values)]
    starts = run_starts(column)
    assert starts.tolist() == [0, *accumulate(map(len, runs))][: len(runs)]
    assert along_runs(starts, starts, len(values)).tolist() == [
        start for start, run in zip(starts.tolist(), runs, strict=True) for _ in run
    ]
    assert rank_in_runs(column).tolist() == [place for run in runs for place in range(len(run))]


@given(st.lists(st.integers(0, 6), max_size=20))
def test_a_number_stands_first_where_none_is_before_it(values: list[int]) -> None:
    expected = [values.index(number) if number in values else -1 for number in range(max(values, default=-1) + 1)]
    assert first_places(np.array(values, np.int64)).tolist() == expected
