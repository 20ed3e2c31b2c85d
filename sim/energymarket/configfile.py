"""Settings as a TOML file."""

import tomllib
from pathlib import Path

from energymarket.config import ALLOWED, START_METHOD_MEANING, Config, SettingError, setting_names


def read_sections(path: Path) -> dict[str, dict[str, object]]:
    """The tables of a TOML file, not yet checked.

    Raises:
        SettingError: the file cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path}: {error}; `energymarket config` prints an example") from None


def as_toml(config: Config) -> str:
    """All settings, each under a comment that says what it is and what is allowed."""
    lines = ["# The settings of `energymarket run --config FILE`; what is left out keeps its default."]
    for section in ALLOWED:
        lines += ["", f"[{section}]"]
        for name in setting_names(section):
            value = getattr(getattr(config, section), name)
            if (section, name) == ("run", "start_method"):
                lines += [f"# {START_METHOD_MEANING}", f'{name} = "{value}"']
            else:
                allowed = ALLOWED[section][name]
                lines += [f"# {allowed.meaning} ({allowed})", f"{name} = {value!r}"]
    return "\n".join(lines) + "\n"
