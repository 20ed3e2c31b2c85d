"""The temperature of each tick, from the seed alone."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Climate:
    """A yearly curve with noise that lasts a few ticks; a year starts at its coldest tick."""

    mean_c: float = 11.0
    amplitude_c: float = 10.0
    year_ticks: int = 52
    noise_c: float = 2.0
    noise_memory: float = 0.6


def seasonal_c(tick: int, climate: Climate) -> float:
    return climate.mean_c - climate.amplitude_c * math.cos(2 * math.pi * tick / climate.year_ticks)


def temperatures_c(seed: int, climate: Climate) -> Iterator[float]:
    """The temperatures of ticks 1, 2, 3, … without an end."""
    chance = random.Random(f"{seed}:weather")
    drift_c = 0.0
    tick = 0
    while True:
        tick += 1
        drift_c = climate.noise_memory * drift_c + chance.gauss(0.0, climate.noise_c)
        yield round(seasonal_c(tick, climate) + drift_c, 3)
