"""Everything that was so at one moment: columns, put into objects where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import run_starts, sort_stably
from ipcreel.analysis.state.waiting import WaitForGraph

Rows = NDArray[np.int64]
Pairs = tuple[Rows, Rows]

NOT_BEGUN, RUNNING, BLOCKED, ENDED = STATES = "not begun", "running", "blocked", "ended"


class LaneState(NamedTuple):
    """What a lane did: `event` is what it was blocked in, or the last that it had done, or None; since when."""

    lane: int
    state: str
    event: int | None
    since_ns: int


class Lock(NamedTuple):
    """A lock or a semaphore: `value` is None for a lock; `holders` and `waiters` are lanes."""

    object: int
    value: int | None
    holders: tuple[int, ...]
    waiters: tuple[int, ...]


class Lanes(Sequence[LaneState]):
    """What every lane did.

    Attributes:
        state: (lanes,) places in `STATES`.
        event: (lanes,) what it was blocked in, or the last that it had done; -1 where there is none.
        since_ns: (lanes,) since when.
    """

    def __init__(self, state: Rows, event: Rows, since_ns: Rows) -> None:
        self.state, self.event, self.since_ns = state, event, since_ns

    def __len__(self) -> int:
        return len(self.state)

    @overload
    def __getitem__(self, place: int) -> LaneState: ...

    @overload
    def __getitem__(self, place: slice) -> list[LaneState]: ...

    def __getitem__(self, place: int | slice) -> LaneState | list[LaneState]:
        lanes = range(len(self))[place]
        if isinstance(lanes, range):
            return list(self._some(lanes))
        return next(self._some(range(lanes, lanes + 1)))

    def __iter__(self) -> Iterator[LaneState]:
        return self._some(range(len(self)))

    def _some(self, lanes: range) -> Iterator[LaneState]:
        part = slice(lanes.start, lanes.stop, lanes.step)
        names = map(STATES.__getitem__, self.state[part].tolist())
        events = (row if row >= 0 else None for row in self.event[part].tolist())
        return map(LaneState, lanes, names, events, self.since_ns[part].tolist())


class Moment:
    """What was so at one moment.

    Attributes:
        at_ns: CLOCK_MONOTONIC.
        lanes: what each lane did.
        graph: who was blocked on what, held by whom.

    Args:
        messages, held, waited: (objects, sends), (objects, lanes), (objects, lanes), each in order within an object.
        semaphores, under_way, written: (objects, values), (objects, bytes), (objects, rows), each object once.
    """

    def __init__(
        self, at_ns: int, lanes: Lanes, graph: WaitForGraph, messages: Pairs, semaphores: Pairs, held: Pairs,
        waited: Pairs, under_way: Pairs, written: Pairs,
    ) -> None:  # fmt: skip
        self.at_ns, self.lanes, self.graph = at_ns, lanes, graph
        self._messages, self._semaphores, self._held, self._waited = messages, semaphores, held, waited
        self._under_way, self._written = under_way, written

    @cached_property
    def queues(self) -> dict[int, tuple[int, ...]]:
        """Object → the rows of the sends of its messages, in the order in which they were sent."""
        return grouped(*self._messages)

    @cached_property
    def locks(self) -> tuple[Lock, ...]:
        """Semaphores that have been seen, and locks that are held or waited for."""
        values, holders, waiters = _each(self._semaphores), grouped(*self._held), grouped(*self._waited)
        return tuple(
            Lock(object_, values.get(object_), holders.get(object_, ()), waiters.get(object_, ()))
            for object_ in sorted({*values, *holders, *waiters})
        )

    @cached_property
    def connections(self) -> dict[int, int]:
        """End that sent, or pipe → bytes under way."""
        return _each(self._under_way)

    @cached_property
    def values(self) -> dict[int, int]:
        """Shared object → the row that wrote it last."""
        return _each(self._written)


def grouped(keys: Rows, values: Rows) -> dict[int, tuple[int, ...]]:
    """Key → its values, in their order."""
    order = sort_stably(keys)
    keys, values = keys[order], values[order]
    starts = run_starts(keys)
    listed, bounds = values.tolist(), [*starts.tolist(), len(keys)]
    return {
        key: tuple(listed[low:high]) for key, low, high in zip(keys[starts].tolist(), bounds, bounds[1:], strict=False)
    }


def _each(pairs: Pairs) -> dict[int, int]:
    keys, values = pairs
    return dict(zip(keys.tolist(), values.tolist(), strict=True))
