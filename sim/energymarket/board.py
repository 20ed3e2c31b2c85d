"""The price board: what the market publishes after each tick, in a shared array of doubles.

The board is a `multiprocessing.Array("d", len(FIELDS))`, read and written under its own lock. `FIELDS` is the order.
A board without a tear satisfies `is_whole`: its price is the sum of its terms, or its floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from energymarket.price import Quote, Terms

FIELDS = (
    "tick",
    "price",
    "previous_price",
    "carried",
    "temperature",
    "balance",
    "war",
    "fuel_shortage",
    "floor",
    "temperature_c",
    "supply_kwh",
    "demand_kwh",
    "war_level",
    "fuel_shortage_level",
    "wars",
    "fuel_shortages",
)
LENGTH = len(FIELDS)
WHOLE = ("tick", "wars", "fuel_shortages")


@dataclass(frozen=True, slots=True)
class Board:
    """One state of the board: the terms add up to the price of `tick`, the rest is what they were made from."""

    tick: int
    price: float
    previous_price: float
    carried: float
    temperature: float
    balance: float
    war: float
    fuel_shortage: float
    floor: float
    temperature_c: float
    supply_kwh: float
    demand_kwh: float
    war_level: float
    fuel_shortage_level: float
    wars: int
    fuel_shortages: int

    @property
    def terms(self) -> Terms:
        return Terms(self.carried, self.temperature, self.balance, self.war, self.fuel_shortage)

    @property
    def quote(self) -> Quote:
        return Quote(self.price, self.terms, self.floor)


def encode_board(board: Board) -> list[float]:
    return [float(getattr(board, name)) for name in FIELDS]


def decode_board(values: Sequence[float]) -> Board:
    """Reads the array's doubles.

    Raises:
        ValueError: it has not as many as the board has fields.
    """
    if len(values) != LENGTH:
        raise ValueError(f"{len(values)} numbers are not a price board; expected {LENGTH}")
    named: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    return Board(**{**named, **{name: int(named[name]) for name in WHOLE}})


def is_whole(values: Sequence[float]) -> bool:
    """Whether the price is the sum of the terms, or the floor: not so in the middle of a write."""
    _, price, _, carried, temperature, balance, war, fuel_shortage, floor, *_ = values
    return price == max(floor, carried + temperature + balance + war + fuel_shortage)


def first_board(price: float, floor: float) -> Board:
    """The board before the first tick: a price that fell from the sky."""
    price = max(price, floor)
    return Board(
        tick=0, price=price, previous_price=price, carried=price, temperature=0.0, balance=0.0, war=0.0,
        fuel_shortage=0.0, floor=floor, temperature_c=0.0, supply_kwh=0.0, demand_kwh=0.0, war_level=0.0,
        fuel_shortage_level=0.0, wars=0, fuel_shortages=0,
    )  # fmt: skip
