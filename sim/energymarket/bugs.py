"""The zoo: real concurrency mistakes, each a small variation at the one place that names it."""

from dataclasses import dataclass
from enum import Enum


class Bug(Enum):
    """`grep 'Bug\\.'` finds the place of each."""

    NONE = "none"
    LOCK_ORDER = "lock-order"
    LOST_WAKEUP = "lost-wakeup"
    EARLY_PHASE = "early-phase"
    TORN_READ = "torn-read"
    FULL_QUEUE = "full-queue"
    ORPHAN_OFFER = "orphan-offer"
    LOST_SIGNAL = "lost-signal"
    DOUBLE_TAKE = "double-take"
    LEAK = "leak"


@dataclass(frozen=True, slots=True)
class Species:
    """`place` is the module that holds the variation."""

    bug: Bug
    symptom: str
    cause: str
    place: str


ZOO = (
    Species(
        Bug.LOCK_ORDER,
        "The run hangs in the trade phase: homes wait for replies that never come.",
        "A sale locks the books and then the journal, a purchase the journal and then the books.",
        "energymarket.books",
    ),
    Species(
        Bug.LOST_WAKEUP,
        "The run hangs in the trade phase, though the books are open.",
        "A trader looks whether the books are open before it holds their lock, and waits for an opening that has been.",
        "energymarket.books",
    ),
    Species(
        Bug.EARLY_PHASE,
        "Homes buy from the market while their neighbours' offers find no taker.",
        "A home in need does not wait for the offers to be complete: it trades while others still share.",
        "energymarket.home",
    ),
    Species(
        Bug.TORN_READ,
        "Now and then a home reads a price that is not the sum of its terms.",
        "The price board is read without its lock while the market writes it.",
        "energymarket.home",
    ),
    Species(
        Bug.FULL_QUEUE,
        "With many homes the run hangs in the sharing; with few it does not.",
        "Nobody takes an offer before all have offered, and the kernel's queue does not hold so many.",
        "energymarket.sharing",
    ),
    Species(
        Bug.ORPHAN_OFFER,
        "Offers are left in the queue at the end of a tick and taken in a later one; a run with many homes hangs.",
        "A home that only gives does not take back what nobody wanted.",
        "energymarket.home",
    ),
    Species(
        Bug.LOST_SIGNAL,
        "Two events in quick succession are counted once.",
        "External raises the second before the market has acknowledged the first; pending signals coalesce.",
        "energymarket.external",
    ),
    Species(
        Bug.DOUBLE_TAKE,
        "Energy is not conserved: homes take more than was offered.",
        "A home that takes part of an offer puts the whole of it back.",
        "energymarket.sharing",
    ),
    Species(
        Bug.LEAK,
        "A run that ended well leaves a queue behind (`ipcs -q`, `energymarket clean`).",
        "The queue of the counters is forgotten in the cleaning up.",
        "energymarket.ipc",
    ),
)
