"""What a timeline shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from reelview.flows import FlowIndex, Flows
from reelview.spans import Spans
from reelview.timeline.markers import Markers


@dataclass(frozen=True, slots=True)
class Track:
    """A process: its name, the track of its parent or -1, and its lanes."""

    name: str
    parent: int
    lanes: tuple[int, ...]


def _number(event: int) -> str:
    return f"event {event}"


@dataclass(frozen=True, slots=True, eq=False)
class TimelineData:
    """All that a timeline draws.

    zero_ns: the moment that the axis calls 0.
    markers: signals, where they were delivered; console: what was written to it.
    tick_ns: when each tick of a recorded simulation began; empty where there is none.
    kind_names: what each colour means.
    label: the text inside of an event's span; its first word alone where that is all that fits.
    describe: what an event is, in a few lines, for hovering; say: the same in one line.
    """

    tracks: tuple[Track, ...]
    lane_names: tuple[str, ...]
    spans: Spans
    flows: FlowIndex = field(default_factory=lambda: FlowIndex(Flows.none(), 0))
    markers: Markers = field(default_factory=Markers.none)
    tick_ns: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    kind_names: tuple[str, ...] = ()
    label: Callable[[int], str] = _number
    describe: Callable[[int], str] = _number
    say: Callable[[int], str] = _number
    console: Markers = field(default_factory=Markers.none)

    @property
    def zero_ns(self) -> int:
        return self.spans.first_ns

    def depth_of(self, event: int) -> int:
        """How deep the span of an event is nested in its lane."""
        span = self.span_of_event(event)
        return 0 if span is None else int(self.spans.row_depth[self.spans.row_of(span)])

    def waited_ns(self, event: int) -> int:
        """How long an event was blocked."""
        span = self.span_of_event(event)
        return 0 if span is None else int(self.spans.blocked_until_ns[span] - self.spans.begin_ns[span])

    def only(self, rows: NDArray[np.int64]) -> TimelineData:
        """Some events, and the flows and markers between them; tracks and lanes stay."""
        flows = self.flows.flows
        kept = np.isin(flows.from_event, rows) & np.isin(flows.to_event, rows)
        return replace(
            self,
            spans=self.spans.only_events(rows),
            flows=FlowIndex(flows.only(kept), len(self.lane_names)),
            markers=self.markers.only(rows),
            console=self.console.only(rows),
        )

    def span_of_event(self, event: int) -> int | None:
        found = np.flatnonzero(self.spans.event == event)
        return int(found[0]) if len(found) else None
