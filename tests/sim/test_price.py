import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymarket.price import Coefficients, Quote, balance_factor, next_quote, temperature_factor

AMOUNTS = st.floats(0, 1e6)


def quote(previous: float = 0.2, temperature_c: float = 10.0, supply_kwh: float = 0.0, demand_kwh: float = 0.0,
          war: float = 0.0, fuel: float = 0.0, **weights: float) -> Quote:  # fmt: skip
    return next_quote(previous, temperature_c, supply_kwh, demand_kwh, war, fuel, Coefficients(**weights))


def test_without_events_at_ten_degrees_and_in_balance_the_default_price_stays():
    assert quote(0.2, supply_kwh=1.0, demand_kwh=1.0).price == pytest.approx(0.2)


def test_the_price_is_the_formula():
    made = quote(0.3, -10.0, 1.0, 3.0, war=2.0, fuel=1.0)
    assert made.price == pytest.approx(0.75 * 0.3 + 0.05 * 2.0 + 0.02 * 0.5 + 0.06 * 2.0 + 0.04 * 1.0)


@given(AMOUNTS, st.floats(-60, 60), AMOUNTS, AMOUNTS, st.floats(0, 10), st.floats(0, 10))
def test_the_price_is_the_sum_of_its_terms_or_the_floor(previous, temperature_c, supply, demand, war, fuel):
    made = quote(previous, temperature_c, supply, demand, war, fuel)
    assert made.price == (made.floor if made.floored else made.terms.total())
    assert made.price >= made.floor


def test_the_price_never_falls_below_the_floor():
    made = quote(0.0, 40.0, supply_kwh=5.0, floor=0.05)
    assert made.floored
    assert made.price == 0.05


@given(st.floats(-60, 60), st.floats(-60, 60))
def test_colder_is_never_cheaper(one_c, other_c):
    colder, warmer = sorted((one_c, other_c))
    assert temperature_factor(colder) >= temperature_factor(warmer)


@given(AMOUNTS, AMOUNTS)
def test_the_balance_lies_between_only_sales_and_only_purchases(supply, demand):
    assert -1.0 <= balance_factor(supply, demand) <= 1.0


def test_nobody_trading_is_balance():
    assert balance_factor(0.0, 0.0) == 0.0
