"""One reel in the viewer: its data, and the state that all panels share."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ipcreel.reel import Reel
from reelview.opening import timeline_of
from reelview.playback import Playback
from reelview.raster.choose import Raster
from reelview.timeline.cursor import Cursor
from reelview.timeline.data import TimelineData
from reelview.timeline.lane_order import LaneOrder
from reelview.timeline.marks import Marks
from reelview.timeline.selection import Selection
from reelview.timeline.view_range import ViewRange


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

    @classmethod
    def of_reel(cls, reel: Reel) -> Session:
        return cls.of_data(timeline_of(reel), reel)

    @classmethod
    def of_data(cls, data: TimelineData, reel: Reel | None = None) -> Session:
        """A session over plain columns; what asks the reel itself is then absent."""
        first_ns, last_ns = data.spans.first_ns, data.spans.last_ns
        cursor = Cursor(first_ns, last_ns)
        playback = Playback(
            cursor,
            time.monotonic_ns,
            event_ns=np.sort(data.spans.begin_ns),
            flow_ns=np.sort(data.flows.flows.end_ns),
            tick_ns=data.tick_ns,
        )
        view, order = ViewRange(first_ns, last_ns), LaneOrder(data.tracks)
        return cls(reel, data, Raster(data.spans), view, Selection(), cursor, order, Marks(), playback)
