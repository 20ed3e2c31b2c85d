from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from energymarket.events import News, Outside, news, next_level


@given(st.integers(0, 2**63 - 1))
def test_the_same_seed_brings_the_same_news(seed):
    assert list(islice(news(seed, Outside()), 100)) == list(islice(news(seed, Outside()), 100))


def test_a_certain_event_that_always_strikes_twice_does():
    outside = Outside(war_probability=1.0, fuel_shortage_probability=0.0, double_probability=1.0)
    assert list(islice(news(7, outside), 3)) == [News(2, 0)] * 3


def test_the_news_of_one_kind_do_not_depend_on_how_likely_the_other_is():
    often = Outside(fuel_shortage_probability=1.0)
    never = Outside(fuel_shortage_probability=0.0)
    assert [each.wars for each in islice(news(7, often), 100)] == [each.wars for each in islice(news(7, never), 100)]


def test_an_event_fades():
    levels = [1.0]
    for _ in range(3):
        levels.append(next_level(levels[-1], 0, Outside(fading=0.5)))
    assert levels == [1.0, 0.5, 0.25, 0.125]


def test_a_new_event_adds_to_what_is_left_of_the_old():
    assert next_level(1.0, 2, Outside(fading=0.5)) == 2.5
