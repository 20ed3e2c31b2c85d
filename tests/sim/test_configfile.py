import pytest

from energymarket.config import ALLOWED, Config, SettingError, config_from, setting_names
from energymarket.configfile import as_toml, read_sections


def test_the_printed_defaults_are_the_defaults(tmp_path):
    path = tmp_path / "market.toml"
    path.write_text(as_toml(Config()), encoding="utf-8")
    assert config_from(read_sections(path)) == Config()


def test_every_setting_is_printed_under_a_comment():
    lines = as_toml(Config()).splitlines()
    for section in ALLOWED:
        for name in setting_names(section):
            place = next(i for i, line in enumerate(lines) if line.startswith(f"{name} = "))
            assert lines[place - 1].startswith("# ")


@pytest.mark.parametrize("content", [b"[run\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(tmp_path, content):
    path = tmp_path / "market.toml"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=r"market\.toml: "):
        read_sections(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingError, match="No such file"):
        read_sections(tmp_path / "market.toml")
