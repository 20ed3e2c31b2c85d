"""What each home did in a tick, in a shared array of integers.

The ledger is a `multiprocessing.Array("q", homes * len(COLUMNS))`: a row a home, in micro-kWh, written under its lock.
The shares are a second array: how many there are, then `giver, taker, micro-kWh` for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = ("produced_ukwh", "consumed_ukwh", "given_ukwh", "taken_ukwh", "unused_ukwh", "sold_ukwh", "bought_ukwh")
WIDTH = len(COLUMNS)
SHARE_WIDTH = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One home's tick.

    A surplus is given to neighbours, sold, or left unused; a need is taken from neighbours, or bought.
    """

    produced_ukwh: int = 0
    consumed_ukwh: int = 0
    given_ukwh: int = 0
    taken_ukwh: int = 0
    unused_ukwh: int = 0
    sold_ukwh: int = 0
    bought_ukwh: int = 0

    @property
    def delta_ukwh(self) -> int:
        return self.produced_ukwh - self.consumed_ukwh


@dataclass(frozen=True, slots=True)
class Share:
    """Energy that went from one home to another."""

    giver: int
    taker: int
    ukwh: int


def row_slice(home: int) -> slice:
    return slice(home * WIDTH, (home + 1) * WIDTH)


def encode_entry(entry: Entry) -> list[int]:
    return [getattr(entry, name) for name in COLUMNS]


def decode_ledger(values: Sequence[int]) -> list[Entry]:
    """All rows, in order of homes."""
    return [Entry(*values[start : start + WIDTH]) for start in range(0, len(values), WIDTH)]


def max_shares(homes: int) -> int:
    """Every share ends an offer or a need, so there are fewer than homes; twice as many leaves room for mistakes."""
    return 2 * homes


def shares_length(homes: int) -> int:
    return 1 + SHARE_WIDTH * max_shares(homes)


def share_slice(place: int) -> slice:
    return slice(1 + place * SHARE_WIDTH, 1 + (place + 1) * SHARE_WIDTH)


def decode_shares(values: Sequence[int]) -> list[Share]:
    """All shares, in the order in which they were noted."""
    held = min(values[0], (len(values) - 1) // SHARE_WIDTH)
    return [Share(*values[share_slice(place)]) for place in range(held)]
