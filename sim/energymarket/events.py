"""What happens outside the market, from the seed alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outside:
    """How likely an event is in a tick, how often it strikes twice, what is left of its level a tick later."""

    war_probability: float = 0.08
    fuel_shortage_probability: float = 0.12
    double_probability: float = 0.25
    fading: float = 0.7


@dataclass(frozen=True, slots=True)
class News:
    """How many events of each kind happened in one tick."""

    wars: int
    fuel_shortages: int


def news(seed: int, outside: Outside) -> Iterator[News]:
    """The news of ticks 1, 2, 3, … without an end."""
    chance = random.Random(f"{seed}:external")

    def strikes(probability: float) -> int:
        strike, double = chance.random(), chance.random()
        return (1 + (double < outside.double_probability)) if strike < probability else 0

    while True:
        yield News(strikes(outside.war_probability), strikes(outside.fuel_shortage_probability))


def next_level(level: float, new_events: int, outside: Outside) -> float:
    """What is left of older events, and the new ones."""
    return level * outside.fading + new_events
