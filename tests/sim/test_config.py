from dataclasses import fields

import pytest

from energymarket.config import ALLOWED, Config, SettingError, config_from, setting_names


def test_nothing_said_is_the_defaults():
    assert config_from({}) == Config()


def test_what_is_said_changes_only_that():
    config = config_from({"run": {"homes": 9}, "price": {"gamma": 0.5}})
    assert (config.run.homes, config.price.gamma) == (9, 0.5)
    assert config.weather == Config().weather


def test_a_whole_number_will_do_for_a_fraction():
    assert config_from({"run": {"tick_seconds": 2}}).run.tick_seconds == 2.0


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"run": {"homes": 0}}, "run.homes is 0; allowed: from 1 to 20000"),
        ({"run": {"homes": 2.5}}, "run.homes is 2.5; expected a whole number from 1 to 20000"),
        ({"run": {"homes": True}}, "run.homes is True; expected a whole number"),
        ({"run": {"seed": "x"}}, "run.seed is 'x'; expected a whole number"),
        ({"run": {"start_method": "thread"}}, "run.start_method is 'thread'; allowed: fork, spawn, forkserver"),
        ({"price": {"gamma": 1.0}}, "price.gamma is 1.0; allowed: from 0.0 to 0.999"),
        ({"price": {"gamma": float("nan")}}, "price.gamma is nan; allowed: from 0.0 to 0.999"),
        ({"price": {"gama": 0.5}}, "price.gama is not a setting; known here: gamma,"),
        ({"prize": {}}, r"\[prize\] is not a section; known: run, price, weather, homes, events"),
        ({"homes": {"production_low_kwh": 9.0}}, "homes.production_low_kwh is 9.0; allowed: at most"),
    ],
)
def test_a_bad_setting_is_named_with_what_is_allowed(sections, reason):
    with pytest.raises(SettingError, match=reason):
        config_from(sections)


def test_every_setting_has_a_range_and_every_default_lies_in_it():
    for section in fields(Config):
        values = getattr(Config(), section.name)
        for name in setting_names(section.name):
            if (section.name, name) != ("run", "start_method"):
                allowed = ALLOWED[section.name][name]
                assert allowed.lowest <= getattr(values, name) <= allowed.highest
