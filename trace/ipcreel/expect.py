"""What a test expects of a reel: assertions whose failures show the events that break them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import each_once
from ipcreel.analysis.lateness import find_depths
from ipcreel.analysis.order import concurrent, happens_before
from ipcreel.reel.describe import describe, text_of
from ipcreel.reel.error import ReelError
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
        ReelError: a name that the reel does not know, with those that it does; a pattern that is none.
    """
    __tracebackhide__ = True
    found = _selected(reel, Selection(wanted.process, None, wanted.operation, wanted.object))
    if wanted.payload is None:
        return found
    pattern = _compiled(wanted.payload)
    return np.array([row for row in found.tolist() if pattern.search(text_of(reel, row))], np.int64)


def _selected(reel: Reel, selection: Selection) -> Rows:
    __tracebackhide__ = True
    try:
        return select(reel, selection)
    except ReelError as error:
        raise ReelError(str(error)) from None  # from here: whose line it is stands in the test, not in the library


def _compiled(pattern: str) -> re.Pattern[str]:
    __tracebackhide__ = True
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ReelError(f"{pattern!r} is no regular expression: {error}.") from None


def _listed(reel: Reel, found: Sequence[int] | Rows) -> str:
    lines = [f"    {describe(reel, int(row))}" for row in found[:_SHOWN]]
    return "\n".join(lines + ([f"    and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []))


def _followed_by(reel: Reel, found: Sequence[int] | Rows) -> str:
    """The end of a sentence, with the events that it is about below it, where there are any."""
    return f":\n{_listed(reel, found)}" if len(found) else "."


def assert_count(
    reel: Reel, wanted: Pick, exactly: int | None = None, at_least: int | None = None, at_most: int | None = None
) -> None:
    """So many events, and no more or fewer.

    Raises:
        TypeError: it is not said how many.
    """
    __tracebackhide__ = True
    limits = {"exactly": exactly, "at least": at_least, "at most": at_most}
    asked = ", ".join(f"{word} {limit}" for word, limit in limits.items() if limit is not None)
    if not asked:
        raise TypeError("assert_count needs exactly=, at_least= or at_most=")
    found = rows(reel, wanted)
    count = len(found)
    if (
        (exactly is not None and count != exactly)
        or (at_least is not None and count < at_least)
        or (at_most is not None and count > at_most)
    ):
        raise AssertionError(f"{wanted}: expected {asked}, found {count}{_followed_by(reel, found)}")


def assert_never(reel: Reel, wanted: Pick) -> None:
    """No such event."""
    __tracebackhide__ = True
    assert_count(reel, wanted, exactly=0)


def assert_eventually(reel: Reel, wanted: Pick) -> None:
    """At least one such event, which returned."""
    __tracebackhide__ = True
    found = rows(reel, wanted)
    if not len(found[~(reel.pending | reel.raised)[found]]):
        what = "none of them returned" if len(found) else "there is no such event"
        raise AssertionError(f"{wanted}: {what}{_followed_by(reel, found)}")


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
    known = set(each_once(reel.object[_selected(reel, Selection(object=queue))]).tolist())
    depths = [depth for depth in find_depths(reel.events, reel.flows) if depth.object in known]
    if not depths:
        raise AssertionError(f"{queue}: no message went through it, so there is nothing to measure")
    for depth in depths:
        if depth.most > at_most:
            place = int(np.argmax(depth.messages))
            at = (int(depth.at_ns[place]) - reel.begin_ns) / 1e9
            name = reel.objects[depth.object][3]
            raise AssertionError(
                f"{name}: at most {at_most} messages expected, {depth.most} at {at:.6f} s, with\n"
                + _listed(reel, depth.row[place : place + 1])
            )


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

    Raises:
        ReelError: the pattern is none, or has no group.
    """
    __tracebackhide__ = True
    pattern = _compiled(round_pattern)
    if not pattern.groups:
        raise ReelError(f"{round_pattern!r} has no group: put what is the number of the round in brackets.")
    steps: dict[tuple[int, int], list[int]] = {}
    for number, phase in enumerate(phases):
        for row in _some(reel, phase).tolist():
            found = pattern.search(text_of(reel, row))
            if found:
                steps.setdefault((int(found[1]), number), []).append(row)
    if not steps:
        raise AssertionError(f"{round_pattern}: in no payload of these phases, so there is no round to compare")
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
