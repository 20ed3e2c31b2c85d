from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from energymarket.climate import Climate, seasonal_c, temperatures_c


@given(st.integers(0, 2**63 - 1))
def test_the_same_seed_brings_the_same_weather(seed):
    assert list(islice(temperatures_c(seed, Climate()), 60)) == list(islice(temperatures_c(seed, Climate()), 60))


def test_another_seed_brings_other_weather():
    assert list(islice(temperatures_c(1, Climate()), 5)) != list(islice(temperatures_c(2, Climate()), 5))


def test_a_year_is_coldest_at_its_start_and_warmest_in_its_middle():
    climate = Climate(mean_c=11.0, amplitude_c=10.0, year_ticks=52)
    assert (seasonal_c(0, climate), seasonal_c(26, climate), seasonal_c(52, climate)) == (1.0, 21.0, 1.0)


def test_without_noise_the_weather_is_the_season():
    climate = Climate(noise_c=0.0)
    assert list(islice(temperatures_c(7, climate), 10)) == [
        round(seasonal_c(tick, climate), 3) for tick in range(1, 11)
    ]
