"""A tick: five phases that every process goes through, none of them early."""

import sys
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import count

import sysv_ipc

from energymarket.lifeline import begin_child
from energymarket.primitives import TickBarrier

ADRIFT = 3  # the exit code of a child that lost the others


class Phase(Enum):
    """In order: between any two stands the barrier."""

    WEATHER = "weather"
    COMPUTE = "compute"
    SHARE = "share"
    TRADE = "trade"
    PRICE = "price"


class Actor:
    """A process's part in each phase; by default it has none."""

    def __init__(self, barrier: TickBarrier) -> None:
        self.barrier = barrier

    def weather(self, tick: int) -> None:
        """The temperature moves, events happen; main shows the last tick."""

    def compute(self, tick: int) -> None:
        """Homes learn what they make and use."""

    def share(self, tick: int) -> None:
        """Homes offer what is too much, and take what they lack."""

    def trade(self, tick: int) -> None:
        """Homes sell and buy what is left."""

    def price(self, tick: int) -> None:
        """The market makes the price."""

    def leave(self, phase: Phase, tick: int) -> None:
        """Goes on to the next phase, with all others."""
        self.barrier.wait()

    def live(self, ticks: int) -> None:
        """Takes part from the first tick to the last; for ever where `ticks` is 0."""
        parts = (
            (Phase.WEATHER, self.weather),
            (Phase.COMPUTE, self.compute),
            (Phase.SHARE, self.share),
            (Phase.TRADE, self.trade),
            (Phase.PRICE, self.price),
        )
        self.barrier.wait()
        for tick in numbered(ticks):
            for phase, part in parts:
                part(tick)
                self.leave(phase, tick)


def numbered(ticks: int) -> Iterator[int]:
    """1, 2, 3, … up to `ticks`, or without an end where it is 0."""
    return iter(range(1, ticks + 1)) if ticks else count(1)


def run_child(part: Callable[[], None]) -> None:
    """What a child does, from its first step to its exit.

    Where the run's objects vanish, or the market hangs up, something has happened that main knows more about: the
    child leaves without a word.
    """
    begin_child()
    try:
        part()
    except (sysv_ipc.ExistentialError, ConnectionError):
        sys.exit(ADRIFT)
