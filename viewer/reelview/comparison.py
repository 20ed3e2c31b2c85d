"""What is different between two reels, as the viewer shows it."""

from __future__ import annotations

from dataclasses import dataclass

from ipcreel.analysis.deeds import Behaviour
from ipcreel.analysis.diff import Difference, Parting, compare
from ipcreel.reel import Reel
from ipcreel.reel.canonical import before, behaviour_of


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two reels, what each role did in them, and where they part."""

    reels: tuple[Reel, Reel]
    done: tuple[Behaviour, Behaviour]
    difference: Difference


def compare_reels(one: Reel, other: Reel) -> Comparison:
    """The comparison of `ipcreel diff`: some seconds for large reels."""
    done = behaviour_of(one), behaviour_of(other)
    return Comparison((one, other), done, compare(*done, before(one), before(other)))


def events_of(parting: Parting) -> tuple[int | None, int | None]:
    """What each run did instead; None where it did nothing more."""
    one, other = parting.one, parting.other
    return None if one is None else one.row, None if other is None else other.row
