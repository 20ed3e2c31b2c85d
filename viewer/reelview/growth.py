"""A session whose run has grown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel
from reelview.loading import Opened
from reelview.session import Session
from reelview.timeline.widget import Timeline

_CHOSEN = ("view", "selection", "cursor", "order", "marks", "highlight", "layers", "history")


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """More of a run than was shown.

    Attributes:
        rows: for each row of the reel before, its row in this one.
    """

    opened: Opened
    rows: NDArray[np.int64]


def session_of(growth: Growth) -> Session:
    """The session of the run alone, at its end."""
    session = Session.of_opened(growth.opened)
    session.cursor.move_to(session.data.spans.last_ns)
    return session


def grow(session: Session, growth: Growth, timeline: Timeline) -> Session:
    """The session of the longer run, as the timeline shows it from here on.

    What a person chose is kept in the same objects, and means the same events as before.
    """
    made, reel = session_of(growth), session.reel
    assert reel is not None, "a recording in progress is read as a reel"
    assert made.reel is not None, "as is more of it"
    session.selection.renumber(growth.rows)
    session.highlight.renumber(growth.rows)
    session.history.renumber(growth.rows)
    session.playback.take_moments(made.playback)
    chosen = {name: getattr(session, name) for name in _CHOSEN}
    longer = replace(made, playback=session.playback, **chosen)
    timeline.show_more(longer.data, longer.raster)
    tracks, lanes = moved(reel, made.reel)
    longer.order.set_tracks(longer.data.tracks, tracks, lanes)
    longer.layers.renumber(growth.rows, np.array(lanes, np.int64))
    extent_ns = longer.data.spans.first_ns, longer.data.spans.last_ns
    longer.view.set_extent(*extent_ns)
    longer.cursor.set_extent(*extent_ns)
    return longer


def moved(before: Reel, now: Reel) -> tuple[list[int], list[int]]:
    """The number that each process, and each lane, of a reel has in a longer one."""
    tapes = {process["tape"]: row for row, process in enumerate(now.processes)}
    processes = [tapes[process["tape"]] for process in before.processes]
    lanes = {(lane[0], lane[1]): number for number, lane in enumerate(now.lanes)}
    return processes, [lanes[processes[process], number] for process, number, *_ in before.lanes]
