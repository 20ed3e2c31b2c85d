"""What a kilowatt-hour costs after a tick.

    P(t) = γ·P(t−1) + Σ αᵢ·fᵢ(t) + Σ βᵢ·uᵢ(t),   never below the floor

The internal factors f are the temperature and the balance of supply and demand; the external ones u are the levels of
war and of fuel shortage. Everything here is arithmetic: it can be done again by anyone who has seen the inputs.
"""

from dataclasses import dataclass

COMFORT_C = 30.0
COLD_SPAN_C = 20.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The weights of the formula; prices are in €/kWh."""

    gamma: float = 0.75
    alpha_temperature: float = 0.05
    alpha_balance: float = 0.02
    beta_war: float = 0.06
    beta_fuel_shortage: float = 0.04
    floor: float = 0.01


@dataclass(frozen=True, slots=True)
class Terms:
    """What each term adds to the price, in €/kWh."""

    carried: float
    temperature: float
    balance: float
    war: float
    fuel_shortage: float

    def total(self) -> float:
        return self.carried + self.temperature + self.balance + self.war + self.fuel_shortage


@dataclass(frozen=True, slots=True)
class Quote:
    """A price with its reasons: `price` is the sum of the terms, or the floor where the sum lies below it."""

    price: float
    terms: Terms
    floor: float

    @property
    def floored(self) -> bool:
        return self.terms.total() < self.floor


def temperature_factor(temperature_c: float) -> float:
    """1 at 10 °C, rising by one every 20 °C of cold, 0 from 30 °C on."""
    return max(0.0, (COMFORT_C - temperature_c) / COLD_SPAN_C)


def balance_factor(supply_kwh: float, demand_kwh: float) -> float:
    """From −1, where homes only sold, to +1, where they only bought; 0 where nobody traded."""
    traded_kwh = supply_kwh + demand_kwh
    return (demand_kwh - supply_kwh) / traded_kwh if traded_kwh else 0.0


def next_quote(
    previous: float,
    temperature_c: float,
    supply_kwh: float,
    demand_kwh: float,
    war_level: float,
    fuel_shortage_level: float,
    coefficients: Coefficients,
) -> Quote:
    """The price that follows `previous`.

    Args:
        previous: P(t−1) in €/kWh.
        supply_kwh: what homes sold to the market in this tick.
        demand_kwh: what homes bought from it.
        war_level, fuel_shortage_level: events, faded (see `events.next_level`).
    """
    terms = Terms(
        carried=coefficients.gamma * previous,
        temperature=coefficients.alpha_temperature * temperature_factor(temperature_c),
        balance=coefficients.alpha_balance * balance_factor(supply_kwh, demand_kwh),
        war=coefficients.beta_war * war_level,
        fuel_shortage=coefficients.beta_fuel_shortage * fuel_shortage_level,
    )
    return Quote(price=max(coefficients.floor, terms.total()), terms=terms, floor=coefficients.floor)
