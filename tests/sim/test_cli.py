import tomllib

import pytest

from energymarket.bugs import ZOO


def test_config_prints_all_settings_as_toml(market):
    assert set(tomllib.loads(market.run("config").stdout)) == {"run", "price", "weather", "homes", "events"}


def test_a_setting_of_the_command_wins_over_the_file(market):
    path = market.folder / "market.toml"
    path.write_text("[run]\nhomes = 2\nticks = 3\n[price]\ngamma = 0.5\n")
    ticks = market.ticks("--config", str(path), "--ticks", "1", "--gamma", "0.0")
    assert [len(tick["homes"]) for tick in ticks] == [2]
    assert ticks[0]["carried"] == 0.0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--homes", "0"], "energymarket: run.homes is 0; allowed: from 1 to 20000\n"),
        (["--gamma", "1"], "energymarket: price.gamma is 1.0; allowed: from 0.0 to 0.999\n"),
        (["--config", "none.toml"], "energymarket: none.toml: [Errno 2] No such file or directory"),
        (["--start-method", "thread"], "'thread' is not one of 'fork', 'spawn', 'forkserver'"),
        (["--bug", "none-such"], ZOO[0].bug.value),
        (["--homes", "many"], "'many' is not a valid integer"),
    ],
)
def test_a_bad_value_is_one_clear_line_and_exit_code_2(market, arguments, reason):
    ended = market.run("run", *arguments)
    assert ended.returncode == 2
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_help_names_the_commands(market):
    shown = market.run("--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in ("run", "config", "bugs", "clean"))
