"""What is different between two runs of a program, compared as partial orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.deeds import Behaviour, Deed, Deeds
from ipcreel.analysis.keys import dense, first_places, rank_in_runs, sort_stably

Before = Callable[[int, int], bool]
Rows = NDArray[np.int64]


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


class Pairs(Sequence[tuple[Deed, Deed]]):
    """Pairs of deeds, put into words where they are asked for.

    Args:
        one, other: the runs.
        places: (n, 2) those of the deeds.
    """

    def __init__(self, one: Behaviour, other: Behaviour, places: Rows) -> None:
        self._one, self._other, self._places = one, other, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> tuple[Deed, Deed]: ...

    @overload
    def __getitem__(self, number: slice) -> list[tuple[Deed, Deed]]: ...

    def __getitem__(self, number: int | slice) -> tuple[Deed, Deed] | list[tuple[Deed, Deed]]:
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        one, other = self._places[number].tolist()
        return self._one.deed(one), self._other.deed(other)


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
    payloads: Pairs

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
    runs = _Runs(one, other)
    sides = {role: (one.of(role), other.of(role)) for role in sorted({*one.roles, *other.roles})}
    partings = [found for role, both in sides.items() if (found := runs.parting(role, *both))]
    counts = [changed for parting in partings for changed in runs.counts(parting.role, *sides[parting.role])]
    carried = [runs.carried_otherwise(*sides[parting.role]) for parting in partings]
    places = np.concatenate([np.empty((0, 2), np.int64), *carried])
    return Difference(_in_causal_order(partings, one_before, other_before), counts, Pairs(one, other, places))


class _Runs:
    """Two runs under common numbers: most deeds are compared without a word being read."""

    def __init__(self, one: Behaviour, other: Behaviour) -> None:
        self._one, self._other = one, other
        self._objects, objects = _jointly(one.objects, other.objects)
        self._operations, operations = _jointly(one.operations, other.operations)
        _, names = _jointly(one.names, other.names)
        self._what = tuple(
            op.astype(np.int64) * len(self._objects) + on
            for op, on in ((one.op, one.on), (operations[other.op], objects[other.on]))
        )
        self._whose = one.cause, np.append(names, -1)[other.cause]

    def parting(self, role: str, left: Deeds, right: Deeds) -> Parting | None:
        shared = min(len(left), len(right))
        here, there = slice(left.low, left.low + shared), slice(right.low, right.low + shared)
        apart = self._what[0][here] != self._what[1][there]
        apart |= self._whose[0][here] != self._whose[1][there]
        apart |= self._one.cause_number[here] != self._other.cause_number[there]
        place = int(np.argmax(apart)) if apart.any() else shared
        perhaps = np.flatnonzero(self._one.digest[here][:place] != self._other.digest[there][:place]).tolist()
        place = next((at for at in perhaps if self._carry_otherwise(left.low + at, right.low + at)), place)
        if place == len(left) == len(right):
            return None
        deeds = (side[place] if place < len(side) else None for side in (left, right))
        return Parting(role, place, *deeds)

    def _carry_otherwise(self, one: int, other: int) -> bool:
        return self._one.carried_by(one) != self._other.carried_by(other)

    def counts(self, role: str, left: Deeds, right: Deeds) -> list[Changed]:
        """What one run did more often than the other."""
        width = len(self._objects)
        keys = [what[deeds.low : deeds.high] for what, deeds in zip(self._what, (left, right), strict=True)]
        both = np.concatenate(keys)
        number, _ = dense(both)
        known = both[first_places(number)]
        one, other = (np.bincount(part, minlength=len(known)).tolist() for part in np.split(number, [len(keys[0])]))
        found = [
            Changed(role, self._operations[key // width], self._objects[key % width], here, there)
            for key, here, there in zip(known.tolist(), one, other, strict=True)
            if here != there
        ]
        return sorted(found, key=lambda changed: (changed.operation, changed.on))

    def carried_otherwise(self, left: Deeds, right: Deeds) -> Rows:
        """(n, 2) the first, second, … deed of an operation on an object of each run, carrying other things."""
        keys = [what[deeds.low : deeds.high] for what, deeds in zip(self._what, (left, right), strict=True)]
        orders = [sort_stably(key) for key in keys]
        ranked = [
            key[order] * max(len(left), len(right)) + rank_in_runs(key[order])
            for key, order in zip(keys, orders, strict=True)
        ]
        _, here, there = np.intersect1d(ranked[0], ranked[1], assume_unique=True, return_indices=True)
        one, other = left.low + orders[0][here], right.low + orders[1][there]
        perhaps = self._one.digest[one] != self._other.digest[other]
        pairs = np.stack((one[perhaps], other[perhaps]), axis=1)
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        return pairs[np.array([self._carry_otherwise(*pair) for pair in pairs.tolist()], np.bool_)]


def _jointly(one: list[str], other: list[str]) -> tuple[list[str], Rows]:
    """The names of both, those of the first as they are numbered; (other,) the numbers of the second's."""
    known = {name: number for number, name in enumerate(one)}
    numbers = np.array([known.setdefault(name, len(known)) for name in other], np.int64)
    return list(known), numbers


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
