"""Rings of lanes that wait for each other's locks."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.state.waiting import wait_for


def find_deadlocks(run: Run) -> list[Finding]:
    """A ring in the wait-for graph at the moment when the run was asked to end, or ended by itself."""
    graph = wait_for(run.events, run.asked_to_end_ns)
    waits = {wait.lane: wait for wait in graph.waits}
    found = []
    for ring in graph.cycles:
        rows = tuple(waits[lane].event for lane in ring)
        parts = [
            f"{run.lane_names[lane]} waits for {run.object_name(row)}, held by {run.lane_names[waits[lane].holders[0]]}"
            for lane, row in zip(ring, rows, strict=True)
        ]
        begun = int(np.max(run.events.begin_ns[list(rows)]))
        order = (
            "They take the same locks in opposite orders." if len(ring) == 2 else "Their orders of locks form a ring."
        )
        found.append(Finding("deadlock", begun, rows, "; ".join(parts) + ".", order))
    return found
