"""The events of a tape put where they stand in a reel: in C where that was compiled (`c/merging.c`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel import event
from ipcreel.compiled import is_compiled

_MARKERS = event.markers()


def put_events(
    taped: NDArray[np.void],
    place: NDArray[np.int64],
    payload: NDArray[np.int64],
    first_lane: int,
    objects: NDArray[np.uint32],
    sites: NDArray[np.uint32],
    into: NDArray[np.void],
) -> None:
    """Put the events of one tape into a reel.

    Args:
        taped: (n,) event.tape_dtype().
        place: (n,) the row of each in the reel.
        payload: (n,) where its payload lies in the reel, 0 for none.
        first_lane: the number in the reel of the tape's first lane.
        objects, sites: `objects[number on the tape] == number in the reel`, at least one of each.
        into: event.dtype(), all events of the reel.
    """
    if is_compiled:
        rows, room = taped.view(np.uint8), into.view(np.uint8)
        core.put_events(rows, place, payload, first_lane, objects, sites, _MARKERS, room)
    else:
        put_in_python(taped, place, payload, first_lane, objects, sites, into)


def put_in_python(
    taped: NDArray[np.void],
    place: NDArray[np.int64],
    payload: NDArray[np.int64],
    first_lane: int,
    objects: NDArray[np.uint32],
    sites: NDArray[np.uint32],
    into: NDArray[np.void],
) -> None:
    """The same, by numpy."""
    events = event.from_tape(taped)
    events["lane"] += first_lane
    events["object"] = objects[np.minimum(taped["object"], len(objects) - 1)]
    events["site"] = sites[np.minimum(taped["site"], len(sites) - 1)]
    events["payload"] = payload
    rows = into.view(np.uint8).reshape(-1, event.SIZE)
    rows[place] = events.view(np.uint8).reshape(-1, event.SIZE)


if is_compiled:
    from ipcreel import core
