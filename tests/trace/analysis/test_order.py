"""Happens-before is program order and flows, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcreel.analysis.clocks import Clocks
from ipcreel.analysis.order import Order, concurrent, cone, happens_before, make_order

Run = tuple[list[tuple[int, int, int]], list[tuple[int, int]]]


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Lanes of events that do not overlap within a lane, and flows that go forward in time."""
    events: list[tuple[int, int, int]] = []
    for lane in range(draw(st.integers(1, 4))):
        at = 0
        for gap, length in draw(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), max_size=7)):
            events.append((lane, at + gap, at + gap + length))
            at += gap + length
    order = sorted(range(len(events)), key=lambda row: events[row][1])
    events = [events[row] for row in order]
    possible = [
        (one, other)
        for one in range(len(events))
        for other in range(len(events))
        if events[one][0] != events[other][0] and events[one][1] <= events[other][2]
    ]
    flows = draw(st.lists(st.sampled_from(possible), max_size=6, unique=True)) if possible else []
    return events, flows


def order_of(run: Run) -> Order:
    events, flows = run
    table = np.array(events, np.int64).reshape(-1, 3)
    pairs = np.array(flows, np.int64).reshape(-1, 2)
    return make_order(table[:, 0], table[:, 1], table[:, 2], pairs[:, 0], pairs[:, 1], at_once=8)


def reachable(run: Run) -> np.ndarray:
    """(2n, 2n) which moment can be reached from which: a flow leads from the begin of its cause to its effect's end."""
    events, flows = run
    count = len(events)
    reach = np.eye(2 * count, dtype=bool)
    for lane in {event[0] for event in events}:
        rows = [row for row in range(count) if events[row][0] == lane]
        moments = [moment for row in rows for moment in (2 * row, 2 * row + 1)]
        for one, other in pairwise(moments):
            reach[one, other] = True
    for cause, effect in flows:
        reach[2 * cause, 2 * effect + 1] = True
    for middle in range(2 * count):
        reach |= np.outer(reach[:, middle], reach[middle])
    return reach


def brute_force(run: Run) -> np.ndarray:
    """(n, n) whether one happens before the other."""
    events, count, reach = run[0], len(run[0]), reachable(run)
    before = np.zeros((count, count), bool)
    for one in range(count):
        for other in range(count):
            same = events[one][0] == events[other][0]
            before[one, other] = one != other and (
                events[one][2] <= events[other][1] and one < other if same else reach[2 * one, 2 * other + 1]
            )
    return before


@given(runs())
def test_it_is_reachability(run: Run) -> None:
    order, expected = order_of(run), brute_force(run)
    for one in range(len(run[0])):
        for other in range(len(run[0])):
            assert happens_before(order, one, other) == expected[one, other], (one, other)


@given(runs())
def test_a_cone_is_all_that_happens_before_or_after(run: Run) -> None:
    order, before = order_of(run), brute_force(run)
    for row in range(len(run[0])):
        assert cone(order, row, after=True).tolist() == np.flatnonzero(before[row]).tolist()
        assert cone(order, row, after=False).tolist() == np.flatnonzero(before[:, row]).tolist()


@given(runs())
def test_a_vector_clock_tells_what_was_over_before_an_event_began(run: Run) -> None:
    order, reach = order_of(run), reachable(run)
    rows = np.arange(len(run[0]))
    one, other = (side.reshape(-1) for side in np.meshgrid(rows, rows))
    apart = one != other
    found = Clocks(order).before(one[apart], other[apart])
    assert found.tolist() == reach[2 * one[apart] + 1, 2 * other[apart]].tolist()


@pytest.fixture
def handover() -> Order:
    """Lane 0 sends at 10; lane 1 waits from 0 to 11, then works; lane 2 has nothing to do with it."""
    events = [(1, 0, 11), (2, 5, 6), (0, 10, 12), (1, 20, 21), (0, 30, 31)]
    return order_of((events, [(2, 0)]))


def test_a_send_happens_before_the_receive_that_began_earlier(handover: Order) -> None:
    assert happens_before(handover, 2, 0)
    assert happens_before(handover, 2, 3)
    assert not happens_before(handover, 0, 2)


def test_what_no_flow_connects_is_concurrent(handover: Order) -> None:
    assert concurrent(handover, 1, 2)
    assert concurrent(handover, 3, 4)
    assert not concurrent(handover, 2, 3)
