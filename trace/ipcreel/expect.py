"""What a test expects of a reel: assertions whose failures show the events that break them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.lateness import find_depths
from ipcreel.analysis.order import concurrent, happens_before
from ipcreel.reel.describe import describe, text_of
from ipcreel.reel.model import Reel
from ipcreel.reel.select import Selection, select

Rows = NDArray[np.int64]

_SHOWN = 5


@dataclass(frozen=True)
class Pick:
    """A choice of events; what is None does not restrict it. Names may hold * and ?.

    Attributes:
        operation, process, object: as `ipcreel events` takes them.
        payload: a regular expression that is found somewhere in the payload's text.
    """

    operation: str | None = None
    process: str | None = None
    object: str | None = None
    payload: str | None = None

    def __str__(self) -> str:
        parts = [f"{name} {value}" for name, value in vars(self).items() if value is not None]
        return ", ".join(parts) or "any event"


def pick(
    operation: str | None = None, process: str | None = None, object: str | None = None, payload: str | None = None
) -> Pick:
    """Which events are meant."""
    return Pick(operation, process, object, payload)


def rows(reel: Reel, wanted: Pick) -> Rows:
    """The events that are meant, ascending.

    Raises:
        ReelError: a name that the reel does not know, with those that it does.
    """
    found = select(reel, Selection(wanted.process, None, wanted.operation, wanted.object))
    if wanted.payload is None:
        return found
    return np.array([row for row in found.tolist() if re.search(wanted.payload, text_of(reel, row))], np.int64)


def _listed(reel: Reel, found: Sequence[int] | Rows) -> str:
    lines = [f"    {describe(reel, int(row))}" for row in found[:_SHOWN]]
    return "\n".join(lines + ([f"    and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []))


def assert_count(
    reel: Reel, wanted: Pick, exactly: int | None = None, at_least: int | None = None, at_most: int | None = None
) -> None:
    """So many events, and no more or fewer."""
    __tracebackhide__ = True
    found = rows(reel, wanted)
    low = exactly if exactly is not None else at_least if at_least is not None else 0
    high = exactly if exactly is not None else at_most
    if len(found) < low or (high is not None and len(found) > high):
        asked = f"exactly {low}" if low == high else f"at least {low}" + ("" if high is None else f", at most {high}")
        raise AssertionError(f"{wanted}: expected {asked}, found {len(found)}:\n{_listed(reel, found)}")


def assert_never(reel: Reel, wanted: Pick) -> None:
    """No such event."""
    __tracebackhide__ = True
    assert_count(reel, wanted, exactly=0)


def assert_eventually(reel: Reel, wanted: Pick) -> None:
    """At least one such event, which returned."""
    __tracebackhide__ = True
    found = rows(reel, wanted)
    if not len(found[~(reel.pending | reel.raised)[found]]):
        raise AssertionError(f"{wanted}: it never came to an end:\n{_listed(reel, found)}")


def assert_happens_before(reel: Reel, one: Pick, other: Pick) -> None:
    """Every event of one choice happens before every event of the other, not just earlier by the clock."""
    __tracebackhide__ = True
    _assert_before(reel, _some(reel, one), _some(reel, other), f"{one}\n  before {other}")


def assert_concurrent(reel: Reel, one: Pick, other: Pick) -> None:
    """No event of one choice happens before one of the other, nor after it."""
    __tracebackhide__ = True
    for first in _some(reel, one).tolist():
        for second in _some(reel, other).tolist():
            if not concurrent(reel.order, first, second):
                earlier = first if happens_before(reel.order, first, second) else second
                raise AssertionError(
                    f"{one}\n  concurrent with {other}: event {earlier} happens before the other:\n"
                    + _listed(reel, [first, second])
                )


def assert_depth(reel: Reel, queue: str, at_most: int) -> None:
    """Never more messages than that in a queue; names may hold * and ?."""
    __tracebackhide__ = True
    known = set(np.unique(reel.object[select(reel, Selection(object=queue))]).tolist())
    for depth in find_depths(reel.events):
        if depth.object in known and depth.most > at_most:
            at = (int(depth.at_ns[int(np.argmax(depth.messages))]) - reel.begin_ns) / 1e9
            name = reel.objects[depth.object][3]
            raise AssertionError(f"{name}: at most {at_most} messages expected, {depth.most} at {at:.6f} s")


def assert_no_findings(reel: Reel, but: Sequence[str] = ()) -> None:
    """`ipcreel check` finds nothing, except for the codes in `but`."""
    __tracebackhide__ = True
    found = [finding for finding in reel.findings if finding.code not in but]
    if found:
        parts = [f"  {one.code}: {one.what} {one.cause}\n{_listed(reel, one.events)}" for one in found]
        raise AssertionError("nothing wrong expected, found:\n" + "\n".join(parts))


def assert_phases(reel: Reel, phases: Sequence[Pick], round_pattern: str) -> None:
    """In each round all of a phase happens before all of the next, and a whole round before the round after it.

    Args:
        reel: the run.
        phases: what belongs to each phase, in order; a round may lack some of them.
        round_pattern: a regular expression whose first group in an event's payload is the number of its round.
    """
    __tracebackhide__ = True
    steps: dict[tuple[int, int], list[int]] = {}
    for number, phase in enumerate(phases):
        for row in _some(reel, phase).tolist():
            found = re.search(round_pattern, text_of(reel, row))
            if found:
                steps.setdefault((int(found[1]), number), []).append(row)
    order = sorted(steps)
    for earlier, later in pairwise(order):
        what = f"round {earlier[0]}, {phases[earlier[1]]}\n  before round {later[0]}, {phases[later[1]]}"
        _assert_before(reel, np.array(steps[earlier], np.int64), np.array(steps[later], np.int64), what)


def _some(reel: Reel, wanted: Pick) -> Rows:
    __tracebackhide__ = True
    found = rows(reel, wanted)
    if not len(found):
        raise AssertionError(f"{wanted}: there is no such event, so there is nothing to compare")
    return found


def _assert_before(reel: Reel, one: Rows, other: Rows, what: str) -> None:
    __tracebackhide__ = True
    # Within a lane all are in order: the last of one choice and the first of the other decide.
    last = {int(reel.lane[row]): int(row) for row in one}
    first = {int(reel.lane[row]): int(row) for row in other[::-1]}
    for earlier in last.values():
        for later in first.values():
            if not happens_before(reel.order, earlier, later):
                relation = "after" if happens_before(reel.order, later, earlier) else "concurrent"
                raise AssertionError(f"{what}: these are {relation}:\n{_listed(reel, [earlier, later])}")
