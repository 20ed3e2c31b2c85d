"""A write to shared memory and the reads that saw it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest
from ipcreel.analysis.joins import AMBIGUOUS, EXACT, Joined, concatenate
from ipcreel.analysis.keys import number_keys, rank_in_runs

Rows = NDArray[np.int64]

_VALUES = (("mp.value.set", "mp.value.set_unlocked"), ("mp.value.get", "mp.value.get_unlocked"))
_ARRAYS = (("mp.array.set", "mp.array.set_unlocked"), ("mp.array.get", "mp.array.get_unlocked"))
_FIELDS = (
    ("mp.structure.set", "mp.structure.set_unlocked"),
    ("mp.structure.get", "mp.structure.get_unlocked"),
)
_ITEMS = (("mp.shareable_list.set",), ("mp.shareable_list.get",))
_BLOCKS = (("sysv.memory.write",), ("sysv.memory.read",))


def match(events: Events) -> list[Joined]:
    """Join writes with reads. What was overwritten before anyone read it is no lost message: it is not left over."""
    joined = [_whole(events, *_VALUES), *(_parts(events, *names) for names in (_ARRAYS, _FIELDS, _ITEMS, _BLOCKS))]
    none = np.empty(0, np.int64)
    return [Joined(part.cause, part.effect, part.certainty, none, none) for part in joined]


def _whole(events: Events, writes: tuple[str, ...], reads: tuple[str, ...]) -> Joined:
    out, into = events.rows(*writes), events.rows(*reads)
    joined = join_to_latest(events.ends(out, events.object[out]), events.ends(into, events.object[into]), EXACT)
    return _doubt(events, joined)


def _parts(events: Events, writes: tuple[str, ...], reads: tuple[str, ...]) -> Joined:
    """Of a read of one place its last write; of a read of many the last write of each place, as far as it was one."""
    out, into = events.rows(*writes), events.rows(*reads)
    single = into[events.b[into] == 0]
    out_key, in_key = number_keys((events.object[out], events.a[out]), (events.object[single], events.a[single]))
    joined = [join_to_latest(events.ends(out, out_key), events.ends(single, in_key), EXACT)]
    joined.append(_several(events, out, into[events.b[into] != 0]))
    return _doubt(events, concatenate(joined))


def _several(events: Events, writes: Rows, reads: Rows) -> Joined:
    """Each read with the last write of every place of its object."""
    (place,) = number_keys((events.object[writes], events.a[writes]))
    whose = np.zeros(int(place.max(initial=-1)) + 1, np.int64)
    whose[place] = events.object[writes]
    first = np.searchsorted(whose, events.object[reads], "left")
    count = np.searchsorted(whose, events.object[reads], "right") - first
    read = np.repeat(reads, count)
    places = np.repeat(first, count) + rank_in_runs(read)
    return join_to_latest(events.ends(writes, place), events.ends(read, places), EXACT)


def _doubt(events: Events, joined: Joined) -> Joined:
    """Where the write still went on when the read began, either may have come first."""
    overlap = events.end_ns[joined.cause] > events.begin_ns[joined.effect]
    certainty = np.where(overlap, AMBIGUOUS, joined.certainty).astype(np.uint8)
    return Joined(joined.cause, joined.effect, certainty, joined.cause_left, joined.effect_left)
