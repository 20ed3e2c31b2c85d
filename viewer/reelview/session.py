"""One reel in the viewer: its data, and the state that all panels share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ipcreel.analysis.order import cone
from ipcreel.analysis.state import States
from ipcreel.reel import Reel
from reelview.answers import Answers
from reelview.lens import Lens
from reelview.lens.chain import past_of
from reelview.lens.find import find_lens, ticks_of
from reelview.loading import Opened
from reelview.opening import timeline_of
from reelview.panels.run_page import RunFacts, facts_of
from reelview.playback import Playback
from reelview.raster.choose import Raster
from reelview.synchronization import Synchronization, synchronization_of
from reelview.timeline.critical import PathColumns
from reelview.timeline.cursor import Cursor
from reelview.timeline.data import TimelineData
from reelview.timeline.highlight import Highlight
from reelview.timeline.history import History
from reelview.timeline.lane_order import LaneOrder
from reelview.timeline.layers import Layers
from reelview.timeline.marks import Marks
from reelview.timeline.selection import Selection
from reelview.timeline.view_range import ViewRange
from reelview.usage import Usage

FINDINGS, SYNCHRONIZATION, RUN = "findings", "synchronization", "run"
"""The names of what is worked out of a whole reel."""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """Panels receive what they need of this, read it, and ask it for changes."""

    reel: Reel | None
    data: TimelineData
    raster: Raster
    view: ViewRange
    selection: Selection
    cursor: Cursor
    order: LaneOrder
    marks: Marks
    playback: Playback
    highlight: Highlight
    layers: Layers
    history: History
    answers: Answers
    lens: Lens | None = None
    lens_trouble: str = ""
    states: States | None = None
    usage: Usage | None = None

    @classmethod
    def of_reel(cls, reel: Reel) -> Session:
        lens, trouble = find_lens(reel)
        tick_ns, tick_trouble = ticks_of(reel, lens)
        data = replace(timeline_of(reel), tick_ns=tick_ns)
        return cls.of_data(data, reel, lens, "; ".join(filter(None, (trouble, tick_trouble))))

    @classmethod
    def of_opened(cls, opened: Opened) -> Session:
        """A session over what was worked out beside the user interface; nothing here takes long."""
        made = cls.of_data(opened.data, opened.reel, opened.lens, opened.lens_trouble, opened.raster)
        return replace(made, states=opened.states, usage=opened.usage)

    @classmethod
    def of_data(
        cls,
        data: TimelineData,
        reel: Reel | None = None,
        lens: Lens | None = None,
        lens_trouble: str = "",
        raster: Raster | None = None,
    ) -> Session:
        """A session over plain columns; what asks the reel itself is then absent."""
        first_ns, last_ns = data.spans.first_ns, data.spans.last_ns
        cursor = Cursor(first_ns, last_ns)
        playback = Playback(
            cursor,
            time.monotonic_ns,
            event_ns=np.sort(data.spans.begin_ns) if reel is None else reel.begin,
            flow_ns=data.flows.ends_ns,
            tick_ns=data.tick_ns,
        )
        view, order = ViewRange(first_ns, last_ns), LaneOrder(data.tracks)
        tasks: dict[str, Callable[[], object]] = {}
        if reel is not None:
            tasks = {
                RUN: lambda: facts_of(reel),
                SYNCHRONIZATION: lambda: synchronization_of(reel),
                FINDINGS: lambda: reel.findings,
            }
        selection = Selection()
        shown = (view, selection, cursor, order, Marks(), playback, Highlight(), Layers())
        history = History(view, cursor, selection)
        return cls(reel, data, raster or Raster(data.spans), *shown, history, Answers(tasks), lens, lens_trouble)

    def go_to_event(self, event: int) -> None:
        """Selects an event, and moves the cursor and the view so that it is seen."""
        span = self.data.span_of_event(event)
        with self.history.step():
            self.selection.select_event(event)
            if span is not None:
                begin_ns, end_ns = int(self.data.spans.begin_ns[span]), int(self.data.spans.end_ns[span])
                self.cursor.move_to(begin_ns)
                if end_ns <= self.view.begin_ns or begin_ns >= self.view.end_ns:
                    self.view.centre(begin_ns)

    def go_to(self, at_ns: int) -> None:
        """Moves the cursor, and the view so that it is seen."""
        with self.history.step():
            self.cursor.move_to(at_ns)
            self.view.reveal(at_ns)

    def show_cone(self, event: int, since_ns: int | None = None) -> None:
        """Lets stand out what happened before an event, from a moment on; without one, what happened after it too."""
        if self.reel is None:
            return
        order = self.reel.order
        if since_ns is None:
            rows = np.concatenate((cone(order, event, after=False), cone(order, event, after=True), [event]))
            what = f"past and future of event {event}"
        else:
            rows = past_of(self.reel, event, since_ns)
            what = f"what led to event {event}"
        with self.history.step():
            if since_ns is not None:
                self.view.show_around(since_ns, int(self.reel.end[event]))
            self.selection.select_event(event)
        self.highlight.highlight(rows, what)

    @property
    def synchronization(self) -> Synchronization | None:
        """None while it is worked out."""
        found: Synchronization | None = self.answers.get(SYNCHRONIZATION)
        return found

    @property
    def facts(self) -> RunFacts | None:
        """Of the run as a whole; None while they are worked out."""
        found: RunFacts | None = self.answers.get(RUN)
        return found

    @property
    def findings(self) -> tuple[str, ...]:
        """The codes of what is wrong with the run; none while it is looked for."""
        found = self.answers.get(FINDINGS) or ()
        return tuple(each.code for each in found)

    def toggle_path(self) -> None:
        """Draws the critical path on the timeline, or no longer."""
        found = self.synchronization
        if self.layers.path is not None or found is None or self.reel is None:
            self.layers.show_path(None)
        else:
            self.layers.show_path(PathColumns.of_steps(found.path, self.reel.lane))

    def toggle_curves(self) -> None:
        """Draws the curves of synchronization under the timeline, or no longer."""
        found = self.synchronization
        self.layers.show_curves(() if self.layers.curves or found is None else found.curves)

    def follow(self, target: str) -> None:
        """Goes where a link of a panel leads: `event:12`, `cone:12`, `cone:12:since`, `time:5`."""
        kind, *numbers = target.split(":")
        values = [int(number) for number in numbers]
        if kind == "event":
            self.go_to_event(*values)
        elif kind == "cone":
            self.show_cone(*values)
        elif kind == "time":
            self.go_to(*values)
