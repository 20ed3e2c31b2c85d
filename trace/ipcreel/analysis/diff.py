"""What is different between two runs of a program, compared as partial orders."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ipcreel.analysis.behaviour import Behaviour, Deed

Before = Callable[[int, int], bool]


@dataclass(frozen=True)
class Parting:
    """Where a role stopped to do the same in both runs.

    Attributes:
        role: which.
        place: how many deeds both have in common before it.
        one, other: what it did instead in each run; None where it did nothing more.
    """

    role: str
    place: int
    one: Deed | None
    other: Deed | None


@dataclass(frozen=True)
class Changed:
    """How many deeds there are only in one run.

    Attributes:
        role, operation, on: what was done.
        one, other: how often in each run.
    """

    role: str
    operation: str
    on: str
    one: int
    other: int


@dataclass(frozen=True)
class Difference:
    """What is different between two runs.

    Attributes:
        partings: one for each role that did otherwise; what nothing else led to comes first.
        counts: operations that one run did more often than the other.
        payloads: deeds that carried something else, in pairs: of one run, of the other.
    """

    partings: list[Parting]
    counts: list[Changed]
    payloads: list[tuple[Deed, Deed]]

    @property
    def same(self) -> bool:
        """Whether the runs differ at most in the order of what is independent."""
        return not self.partings


def compare(one: Behaviour, other: Behaviour, one_before: Before, other_before: Before) -> Difference:
    """Compare two runs role by role: between roles no order but that of causes is looked at.

    Args:
        one, other: what was done in each run.
        one_before, other_before: (row, row) → whether the first happens before the second in that run.
    """
    roles = sorted({*one.roles, *other.roles})
    partings = [
        parting for role in roles if (parting := _parting(role, one.roles.get(role, []), other.roles.get(role, [])))
    ]
    counts, payloads = [], []
    for parting in partings:
        left, right = one.roles.get(parting.role, []), other.roles.get(parting.role, [])
        counts += _counts(parting.role, left, right)
        payloads += _payloads(left, right)
    return Difference(_in_causal_order(partings, one_before, other_before), counts, payloads)


def _parting(role: str, left: list[Deed], right: list[Deed]) -> Parting | None:
    texts = [str(deed) for deed in left], [str(deed) for deed in right]
    if texts[0] == texts[1]:
        return None
    place = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(len(left), len(right)))
    return Parting(
        role, place, left[place] if place < len(left) else None, right[place] if place < len(right) else None
    )


def _in_causal_order(partings: list[Parting], one_before: Before, other_before: Before) -> list[Parting]:
    """First the partings that no other parting led to, in either run."""

    def led_to(parting: Parting) -> int:
        return sum(
            (a.one is not None and parting.one is not None and one_before(a.one.row, parting.one.row))
            or (a.other is not None and parting.other is not None and other_before(a.other.row, parting.other.row))
            for a in partings
            if a is not parting
        )

    # What is missing in one run altogether has no moment there: the other run's stands for it.
    rank = {parting.role: led_to(parting) for parting in partings}
    return sorted(partings, key=lambda p: (rank[p.role], min(d.row for d in (p.one, p.other) if d is not None)))


def _counts(role: str, left: list[Deed], right: list[Deed]) -> list[Changed]:
    one, other = (Counter((deed.operation, deed.on) for deed in deeds) for deeds in (left, right))
    return [Changed(role, *key, one[key], other[key]) for key in sorted({*one, *other}) if one[key] != other[key]]


def _payloads(left: list[Deed], right: list[Deed]) -> list[tuple[Deed, Deed]]:
    """Deeds that are the same operation on the same for the same time, and carried something else."""
    return [(one, other) for one, other in _paired(left, right) if one.carried != other.carried]


def _paired(left: list[Deed], right: list[Deed]) -> Iterator[tuple[Deed, Deed]]:
    """The first, second, … deed of an operation on an object, of each run: found in one go over both."""
    waiting: dict[tuple[str, str], deque[Deed]] = defaultdict(deque)
    for deed in right:
        waiting[deed.operation, deed.on].append(deed)
    for deed in left:
        others = waiting.get((deed.operation, deed.on))
        if others:
            yield deed, others.popleft()
