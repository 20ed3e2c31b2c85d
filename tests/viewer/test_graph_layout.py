"""Where the lanes of a wait-for graph stand."""

from __future__ import annotations

from ipcreel.analysis.state import Wait, WaitForGraph
from reelview.graph_layout import MOST_ROWS, place_graph


def column_of(layout) -> dict[int, int]:
    return {node.lane: node.column for node in layout.nodes}


def test_who_waits_stands_one_column_behind_whom_it_waits_for():
    layout = place_graph(WaitForGraph((Wait(1, 10, (2,)), Wait(2, 11, (3,)), Wait(4, 12, (3,))), ()))
    assert column_of(layout) == {3: 0, 2: 1, 4: 1, 1: 2}
    assert {(edge.waiter, edge.holder, edge.event) for edge in layout.edges} == {(1, 2, 10), (2, 3, 11), (4, 3, 12)}
    assert not any(edge.in_ring for edge in layout.edges)


def test_a_ring_stands_in_the_first_column_and_its_edges_are_marked():
    waits = (Wait(1, 10, (2,)), Wait(2, 11, (1,)), Wait(3, 12, (1,)))
    layout = place_graph(WaitForGraph(waits, ((1, 2),)))
    assert column_of(layout) == {1: 0, 2: 0, 3: 1}
    assert {(edge.waiter, edge.holder): edge.in_ring for edge in layout.edges} == {
        (1, 2): True, (2, 1): True, (3, 1): False,
    }  # fmt: skip


def test_who_waits_for_nobody_in_particular_is_not_drawn():
    assert place_graph(WaitForGraph((Wait(1, 10, ()),), ())).nodes == ()


def test_lanes_that_find_no_room_are_counted():
    layout = place_graph(WaitForGraph(tuple(Wait(lane, lane, (0,)) for lane in range(1, 30)), ()))
    assert layout.left_out == 29 - MOST_ROWS
    assert all(edge.waiter in column_of(layout) for edge in layout.edges)
