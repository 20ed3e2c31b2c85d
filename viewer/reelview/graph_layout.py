"""Where the lanes of a wait-for graph stand."""

from __future__ import annotations

from dataclasses import dataclass

from ipcreel.analysis.state import WaitForGraph

MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class Node:
    """A lane at a column, counted from those that others wait for, and a row."""

    lane: int
    column: int
    row: int
    in_ring: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A lane that waits for another, in an event; `in_ring` where it is part of a deadlock."""

    waiter: int
    holder: int
    event: int
    in_ring: bool


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Nodes with their places, edges between them, how many lanes found no room."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int

    @property
    def columns(self) -> int:
        return max((node.column for node in self.nodes), default=-1) + 1

    @property
    def rows(self) -> int:
        return max((node.row for node in self.nodes), default=-1) + 1


def place_graph(graph: WaitForGraph) -> GraphLayout:
    """Rings and those that wait for nobody in column 0, whoever waits for column n in column n + 1."""
    holders = {wait.lane: wait.holders for wait in graph.waits if wait.holders}
    rings = {lane for ring in graph.cycles for lane in ring}
    ring_edges = {(ring[n], ring[(n + 1) % len(ring)]) for ring in graph.cycles for n in range(len(ring))}
    column = _columns(holders, rings)
    nodes: list[Node] = []
    taken: dict[int, int] = {}
    for lane in sorted(column, key=lambda lane: (column[lane], lane not in rings, lane)):
        row = taken.get(column[lane], 0)
        taken[column[lane]] = row + 1
        if row < MOST_ROWS:
            nodes.append(Node(lane, column[lane], row, lane in rings))
    placed = {node.lane for node in nodes}
    edges = tuple(
        Edge(wait.lane, holder, wait.event, (wait.lane, holder) in ring_edges)
        for wait in graph.waits
        for holder in dict.fromkeys(wait.holders)
        if wait.lane in placed and holder in placed
    )
    return GraphLayout(tuple(nodes), edges, len(column) - len(nodes))


def _columns(holders: dict[int, tuple[int, ...]], rings: set[int]) -> dict[int, int]:
    column = {lane: 0 for held in holders.values() for lane in held if lane not in holders}
    column.update(dict.fromkeys(rings, 0))
    waiting = [lane for lane in holders if lane not in column]
    while waiting:
        ready = [lane for lane in waiting if any(holder in column for holder in holders[lane])]
        if not ready:
            break
        for lane in ready:
            column[lane] = 1 + min(column[holder] for holder in holders[lane] if holder in column)
        waiting = [lane for lane in waiting if lane not in column]
    return column
