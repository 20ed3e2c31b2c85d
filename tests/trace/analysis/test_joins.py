"""Causes and effects are joined as they truly belonged together, or the pair says that it is not sure."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ipcreel.analysis.joins import AMBIGUOUS, EXACT, Ends, Joined, join_by_count, join_by_range, join_by_rank


@dataclass
class Truth:
    """A channel run step by step: what was done, and which effect took what from which cause."""

    causes: list[tuple[int, int, int, int]] = field(default_factory=list)  # key, begin, end, content
    effects: list[tuple[int, int, int, int]] = field(default_factory=list)
    pairs: set[tuple[int, int]] = field(default_factory=set)


def ends(rows: list[tuple[int, int, int, int]], first_row: int, with_content: bool = True) -> Ends:
    table = np.array(rows, np.int64).reshape(-1, 4)
    content = table[:, 3] if with_content else None
    return Ends(np.arange(first_row, first_row + len(table)), table[:, 0], table[:, 1], table[:, 2], content)


def pairs(joined: Joined, certainty: int | None = None) -> set[tuple[int, int]]:
    chosen = np.ones(len(joined.cause), bool) if certainty is None else joined.certainty == certainty
    return set(zip(joined.cause[chosen].tolist(), joined.effect[chosen].tolist(), strict=True))


@st.composite
def channels(draw: st.DrawFn) -> Truth:
    """A first-in-first-out queue a key, with operations whose moment lies somewhere inside their interval."""
    truth = Truth()
    steps = draw(
        st.lists(
            st.tuples(st.integers(0, 1), st.booleans(), st.integers(0, 3), st.integers(0, 30), st.integers(0, 30)),
            max_size=25,
        )
    )
    inside: dict[int, list[int]] = {}
    for moment, (key, puts, content, before, after) in enumerate(steps):
        at = (moment + 1) * 10
        interval = (key, at - before, at + after)
        if puts:
            inside.setdefault(key, []).append(len(truth.causes))
            truth.causes.append((*interval, content))
        elif inside.get(key):
            cause = inside[key].pop(0)
            truth.pairs.add((cause, len(truth.effects)))
            truth.effects.append((*interval, truth.causes[cause][3]))
    return truth


@given(channels())
def test_no_exact_pair_of_a_queue_is_wrong(truth: Truth) -> None:
    joined = join_by_rank(ends(truth.causes, 0), ends(truth.effects, 1000))
    true_pairs = {(cause, 1000 + effect) for cause, effect in truth.pairs}
    assert pairs(joined, EXACT) <= true_pairs


@given(channels())
def test_every_end_of_a_queue_is_joined_or_left(truth: Truth) -> None:
    joined = join_by_rank(ends(truth.causes, 0), ends(truth.effects, 1000))
    assert sorted([*joined.cause.tolist(), *joined.cause_left.tolist()]) == list(range(len(truth.causes)))
    assert sorted([*joined.effect.tolist(), *joined.effect_left.tolist()]) == list(
        range(1000, 1000 + len(truth.effects))
    )


def test_sends_that_do_not_overlap_are_exact() -> None:
    joined = join_by_rank(
        ends([(1, 0, 1, 7), (1, 2, 3, 7), (2, 0, 9, 7)], 0), ends([(1, 5, 6, 7), (1, 7, 8, 7), (2, 4, 11, 7)], 10)
    )
    assert pairs(joined, EXACT) == {(0, 10), (1, 11), (2, 12)}


def test_where_sends_overlap_the_content_decides() -> None:
    joined = join_by_rank(ends([(1, 0, 10, 100), (1, 5, 12, 200)], 0), ends([(1, 20, 21, 200), (1, 22, 23, 100)], 10))
    assert pairs(joined, EXACT) == {(0, 11), (1, 10)}


def test_where_contents_are_equal_too_the_pair_is_ambiguous() -> None:
    joined = join_by_rank(ends([(1, 0, 10, 5), (1, 5, 12, 5)], 0), ends([(1, 20, 21, 5), (1, 22, 23, 5)], 10))
    assert pairs(joined, AMBIGUOUS) == {(0, 10), (1, 11)}


def test_a_message_never_received_is_left() -> None:
    joined = join_by_rank(ends([(1, 0, 1, 5), (1, 2, 3, 6)], 0), ends([(1, 5, 6, 5)], 10))
    assert joined.cause_left.tolist() == [1]


def test_a_message_that_was_in_the_queue_before_shifts_nobody_else() -> None:
    joined = join_by_rank(ends([(1, 10, 11, 5)], 0), ends([(1, 2, 3, 9), (1, 20, 21, 5)], 10))
    assert pairs(joined) == {(0, 11)}
    assert joined.effect_left.tolist() == [10]


@given(st.lists(st.integers(0, 5), max_size=20), st.lists(st.integers(0, 7), max_size=30), st.data())
def test_bytes_of_a_stream_belong_to_the_sends_that_held_them(
    sent: list[int], received: list[int], data: st.DataObject
) -> None:
    owner = [row for row, size in enumerate(sent) for _ in range(size)]
    expected, at, got = set(), 0, []
    for number, size in enumerate(received):
        piece = owner[at : at + size]
        at += len(piece)
        got.append(len(piece))
        expected |= {(row, 1000 + number) for row in piece}
    out = ends([(1, 2 * n, 2 * n + 1, 0) for n in range(len(sent))], 0, False)
    into = ends([(1, 1000 + 2 * n, 1001 + 2 * n, 0) for n in range(len(received))], 1000, False)
    joined = join_by_range(out, into, np.array(sent, np.int64), np.array(got, np.int64))
    assert pairs(joined) == expected
    assert set(joined.certainty.tolist()) <= {EXACT}


def test_two_streams_do_not_share_bytes() -> None:
    out = ends([(1, 0, 1, 0), (2, 0, 1, 0)], 0, False)
    into = ends([(2, 2, 3, 0), (1, 4, 5, 0)], 10, False)
    joined = join_by_range(out, into, np.array([4, 4]), np.array([4, 4]))
    assert pairs(joined) == {(0, 11), (1, 10)}


def test_an_acquire_belongs_to_the_release_that_let_it_through() -> None:
    releases = ends([(1, 10, 11, 0), (1, 20, 21, 0)], 0, False)
    acquires = ends([(1, 0, 1, 0), (1, 2, 12, 0), (1, 13, 22, 0)], 10, False)
    joined = join_by_count(releases, acquires, {1: 1})
    assert pairs(joined) == {(0, 11), (1, 12)}
    assert joined.effect_left.tolist() == [10]


@given(st.integers(0, 3), st.lists(st.booleans(), max_size=30))
def test_the_count_of_a_semaphore_tells_which_release_an_acquire_needed(initial: int, steps: list[bool]) -> None:
    value, released, waiting = initial, [], []
    taken: list[tuple[int, int, int, int]] = []
    expected: set[tuple[int, int]] = set()
    releases: list[tuple[int, int, int, int]] = []
    used = 0
    for moment, is_release in enumerate(steps):
        at = moment * 10
        if is_release:
            releases.append((1, at, at + 1, 0))
            if waiting:
                begin = waiting.pop(0)
                taken.append((1, begin, at + 2, 0))
                used += 1
            else:
                value += 1
            released.append(at)
        elif value:
            value -= 1
            taken.append((1, at, at + 1, 0))
            used += 1
        else:
            waiting.append(at)
    for number in range(used):
        if number >= initial:
            expected.add((number - initial, 1000 + number))
    joined = join_by_count(ends(releases, 0, False), ends(taken, 1000, False), {1: initial})
    assert pairs(joined) == expected


def test_nothing_joins_nothing() -> None:
    none = ends([], 0)
    assert pairs(join_by_rank(none, none)) == set()
    assert pairs(join_by_range(none, none, none.row, none.row)) == set()
    assert pairs(join_by_count(none, none, {})) == set()
