"""What each home makes and uses, which depends on the seed, the home and the temperature alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from energymarket.energy import ukwh_from_kwh


class Policy(Enum):
    """What a home does with its surplus."""

    GIVE_ONLY = "GIVE_ONLY"
    SELL_ONLY = "SELL_ONLY"
    SELL_IF_NONE = "SELL_IF_NONE"

    @property
    def offers(self) -> bool:
        return self is not Policy.SELL_ONLY


@dataclass(frozen=True, slots=True)
class Homes:
    """The ranges that homes are drawn from, in kWh a tick."""

    production_low_kwh: float = 0.0
    production_high_kwh: float = 6.0
    consumption_low_kwh: float = 1.0
    consumption_high_kwh: float = 3.0
    heating_kwh_per_c: float = 0.08
    comfort_c: float = 18.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One home: its means, and how much it heats for each degree below comfort."""

    policy: Policy
    production_kwh: float
    consumption_kwh: float
    heating_kwh_per_c: float
    comfort_c: float


@dataclass(frozen=True, slots=True)
class Needs:
    """What one home made and used in one tick, in micro-kWh."""

    produced_ukwh: int
    consumed_ukwh: int

    @property
    def delta_ukwh(self) -> int:
        return self.produced_ukwh - self.consumed_ukwh


def policy_of(seed: int, home: int) -> Policy:
    """Policies are dealt like cards, three homes at a time, so that a few homes already show all three."""
    hand, place = divmod(home, len(Policy))
    cards = list(Policy)
    random.Random(f"{seed}:policies:{hand}").shuffle(cards)
    return cards[place]


def profile_of(seed: int, home: int, homes: Homes) -> Profile:
    chance = random.Random(f"{seed}:profile:{home}")
    return Profile(
        policy=policy_of(seed, home),
        production_kwh=chance.uniform(homes.production_low_kwh, homes.production_high_kwh),
        consumption_kwh=chance.uniform(homes.consumption_low_kwh, homes.consumption_high_kwh),
        heating_kwh_per_c=homes.heating_kwh_per_c * chance.uniform(0.5, 1.5),
        comfort_c=homes.comfort_c,
    )


class Household:
    """A home's life tick by tick: the same seed and temperatures give the same needs."""

    def __init__(self, seed: int, home: int, homes: Homes) -> None:
        self.profile = profile_of(seed, home, homes)
        self._chance = random.Random(f"{seed}:life:{home}")

    def next_needs(self, temperature_c: float) -> Needs:
        profile = self.profile
        produced_kwh = profile.production_kwh * self._chance.uniform(0.4, 1.6)
        cold_c = max(0.0, profile.comfort_c - temperature_c)
        consumed_kwh = profile.consumption_kwh * self._chance.uniform(0.7, 1.3) + profile.heating_kwh_per_c * cold_c
        return Needs(ukwh_from_kwh(produced_kwh), ukwh_from_kwh(consumed_kwh))


def profiles(seed: int, count: int, homes: Homes) -> Iterator[Profile]:
    """The first `count` homes, in order."""
    return (profile_of(seed, home, homes) for home in range(count))
