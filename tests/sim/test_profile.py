from hypothesis import given
from hypothesis import strategies as st

from energymarket.profile import Homes, Household, Policy, policy_of, profiles

SEEDS = st.integers(0, 2**63 - 1)


@given(SEEDS)
def test_the_same_seed_makes_the_same_homes(seed):
    assert list(profiles(seed, 20, Homes())) == list(profiles(seed, 20, Homes()))


@given(SEEDS)
def test_the_same_seed_and_temperatures_make_the_same_life(seed):
    def life() -> list[int]:
        household = Household(seed, 3, Homes())
        return [household.next_needs(temperature_c).delta_ukwh for temperature_c in (-5.0, 0.0, 25.0)]

    assert life() == life()


@given(SEEDS)
def test_three_homes_have_all_three_policies(seed):
    assert {policy_of(seed, home) for home in range(3)} == set(Policy)


@given(SEEDS, st.integers(0, 50))
def test_a_home_does_not_change_when_there_are_more(seed, home):
    assert list(profiles(seed, home + 1, Homes()))[home] == list(profiles(seed, home + 30, Homes()))[home]


@given(SEEDS, st.floats(-40, 18), st.floats(0.5, 20))
def test_a_colder_home_uses_more(seed, temperature_c, colder_c):
    warm, cold = Household(seed, 0, Homes()), Household(seed, 0, Homes())
    needs_warm, needs_cold = warm.next_needs(temperature_c), cold.next_needs(temperature_c - colder_c)
    assert needs_cold.consumed_ukwh > needs_warm.consumed_ukwh
    assert needs_cold.produced_ukwh == needs_warm.produced_ukwh


def test_only_who_sells_everything_offers_nothing():
    assert [policy for policy in Policy if not policy.offers] == [Policy.SELL_ONLY]
