"""What a finding says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.order import Order
from ipcreel.analysis.state.waiting import innermost

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a run.

    Attributes:
        code: stable, for machines: `deadlock`, …
        at_ns: when it showed, CLOCK_MONOTONIC.
        events: rows that prove it; the first is where to look.
        what: what happened, in a sentence.
        cause: the likely cause, in a sentence.
    """

    code: str
    at_ns: int
    events: tuple[int, ...]
    what: str
    cause: str


@dataclass(frozen=True)
class Run:
    """What the checks look at.

    Attributes:
        events: the columns.
        flows: who caused what.
        order: happens-before.
        names: code → name of each operation.
        lane_names: the name of each lane.
        dead_lanes: lane → when its process ended, where it is known to have ended.
        end_ns: the end of the run.
        asked_to_end_ns: when the run was interrupted from outside, or its end: what hangs then, hung.
        was_asked: whether it was interrupted from outside.
        lines: (sites,) a number for each line of the program: one line may call several times.
    """

    events: Events
    flows: Flows
    order: Order
    names: Mapping[int, str]
    lane_names: list[str]
    dead_lanes: Mapping[int, int]
    end_ns: int
    asked_to_end_ns: int
    was_asked: bool = False
    lines: Rows = field(default_factory=lambda: np.empty(0, np.int64))

    @cached_property
    def last_waits(self) -> list[int]:
        """What each lane waited in when the run was asked to end, or ended: rows, ascending."""
        return sorted(innermost(self.events, self.asked_to_end_ns).values())

    def object_name(self, row: int) -> str:
        """The name of what an event is on."""
        return str(self.events.objects[int(self.events.object[row])][3])

    def operation(self, row: int) -> str:
        """The name of an event's operation."""
        return self.names[int(self.events.op[row])]

    def lane_name(self, row: int) -> str:
        """The name of the lane that an event is in."""
        return self.lane_names[int(self.events.lane[row])]
