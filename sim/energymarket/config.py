"""The settings of a run, with what is allowed for each."""

from dataclasses import dataclass, field, fields

from energymarket.climate import Climate
from energymarket.events import Outside
from energymarket.price import Coefficients
from energymarket.profile import Homes

START_METHODS = ("fork", "spawn", "forkserver")

Number = int | float
Setting = int | float | str


class SettingError(Exception):
    """A setting that is unknown, or has a value that is not allowed."""


@dataclass(frozen=True, slots=True)
class Run:
    """How large, how long and how fast."""

    homes: int = 5
    ticks: int = 0
    tick_seconds: float = 1.0
    seed: int = 7
    max_transactions: int = 4
    workers: int = 8
    port: int = 0
    queue_bytes: int = 0
    start_method: str = "fork"


@dataclass(frozen=True, slots=True)
class Price(Coefficients):
    """The weights of the formula, and the price before the first tick."""

    start: float = 0.2


@dataclass(frozen=True, slots=True)
class Config:
    run: Run = field(default_factory=Run)
    price: Price = field(default_factory=Price)
    weather: Climate = field(default_factory=Climate)
    homes: Homes = field(default_factory=Homes)
    events: Outside = field(default_factory=Outside)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The smallest and largest value of a number, and what it means."""

    lowest: Number
    highest: Number
    meaning: str

    def __str__(self) -> str:
        return f"from {self.lowest} to {self.highest}"


ALLOWED: dict[str, dict[str, Allowed]] = {
    "run": {
        "homes": Allowed(1, 20_000, "how many homes, each a process"),
        "ticks": Allowed(0, 10**9, "how many ticks; 0: until interrupted"),
        "tick_seconds": Allowed(0.0, 3600.0, "how long a tick lasts at least"),
        "seed": Allowed(0, 2**63 - 1, "what weather, profiles, policies and events are drawn from"),
        "max_transactions": Allowed(1, 1000, "how many transactions the market does at a time"),
        "workers": Allowed(1, 1000, "how many threads the market has for them"),
        "queue_bytes": Allowed(0, 2**31 - 1, "how many bytes the homes' queue holds; 0: what the kernel gives"),
        "port": Allowed(0, 65535, "the market's TCP port on 127.0.0.1; 0: any free one"),
    },
    "price": {
        "gamma": Allowed(0.0, 0.999, "γ: how much of the last price stays"),
        "alpha_temperature": Allowed(
            -100.0, 100.0, "α of the temperature, €/kWh: factor 1 at 10 °C, +1 every 20 °C less"
        ),
        "alpha_balance": Allowed(
            -100.0, 100.0, "α of the balance, €/kWh: factor from −1 (only sales) to 1 (only purchases)"
        ),
        "beta_war": Allowed(-100.0, 100.0, "β of war, €/kWh for each event that has not faded"),
        "beta_fuel_shortage": Allowed(-100.0, 100.0, "β of fuel shortage, €/kWh for each event that has not faded"),
        "floor": Allowed(0.0, 1000.0, "the price is never below this, €/kWh"),
        "start": Allowed(0.0, 1000.0, "the price before the first tick, €/kWh"),
    },
    "weather": {
        "mean_c": Allowed(-50.0, 50.0, "the mean of a year, °C"),
        "amplitude_c": Allowed(0.0, 50.0, "half the difference of summer and winter, °C"),
        "year_ticks": Allowed(1, 10**6, "how many ticks a year has; it starts at its coldest"),
        "noise_c": Allowed(0.0, 50.0, "the deviation of the noise of one tick, °C"),
        "noise_memory": Allowed(0.0, 0.99, "how much of the noise stays for the next tick"),
    },
    "homes": {
        "production_low_kwh": Allowed(0.0, 1000.0, "the least a home makes in a tick, on average"),
        "production_high_kwh": Allowed(0.0, 1000.0, "the most"),
        "consumption_low_kwh": Allowed(0.0, 1000.0, "the least a home uses in a tick, on average, without heating"),
        "consumption_high_kwh": Allowed(0.0, 1000.0, "the most"),
        "heating_kwh_per_c": Allowed(0.0, 100.0, "what heating takes for each degree below comfort"),
        "comfort_c": Allowed(-50.0, 50.0, "no heating from this temperature on, °C"),
    },
    "events": {
        "war_probability": Allowed(0.0, 1.0, "how likely a war is in a tick"),
        "fuel_shortage_probability": Allowed(0.0, 1.0, "how likely a fuel shortage is in a tick"),
        "double_probability": Allowed(0.0, 1.0, "how likely an event strikes twice in its tick"),
        "fading": Allowed(0.0, 0.99, "what is left of an event's effect a tick later"),
    },
}
START_METHOD_MEANING = f"how processes are started: {', '.join(START_METHODS)}"


def checked(section: str, name: str, value: object) -> Setting:
    """The value of one setting, in its own type.

    Raises:
        SettingError: the setting is unknown, or the value is not allowed; the message says what is.
    """
    if section == "run" and name == "start_method":
        if value not in START_METHODS:
            raise SettingError(f"run.start_method is {value!r}; allowed: {', '.join(START_METHODS)}")
        return str(value)
    allowed = ALLOWED.get(section, {}).get(name)
    if allowed is None:
        known = ", ".join(ALLOWED.get(section, ALLOWED))
        raise SettingError(f"{section}.{name} is not a setting; known here: {known}")
    wants_integer = isinstance(allowed.lowest, int)
    right_type = isinstance(value, int) if wants_integer else isinstance(value, int | float)
    if not right_type or isinstance(value, bool):
        kind = "a whole number" if wants_integer else "a number"
        raise SettingError(f"{section}.{name} is {value!r}; expected {kind} {allowed}")
    assert isinstance(value, int | float)
    if not allowed.lowest <= value <= allowed.highest:
        raise SettingError(f"{section}.{name} is {value!r}; allowed: {allowed}")
    return value if wants_integer else float(value)


def config_from(sections: dict[str, dict[str, object]]) -> Config:
    """Defaults, changed by what the sections say.

    Raises:
        SettingError: a section, a setting or a value is not allowed.
    """
    made: dict[str, object] = {}
    types = {"run": Run, "price": Price, "weather": Climate, "homes": Homes, "events": Outside}
    for section, values in sections.items():
        if section not in types or not isinstance(values, dict):
            raise SettingError(f"[{section}] is not a section; known: {', '.join(types)}")
        made[section] = types[section](**{name: checked(section, name, value) for name, value in values.items()})
    config = Config(**made)  # type: ignore[arg-type]
    _check_ranges(config)
    return config


def _check_ranges(config: Config) -> None:
    homes = config.homes
    for low, high in (("production_low_kwh", "production_high_kwh"), ("consumption_low_kwh", "consumption_high_kwh")):
        if getattr(homes, low) > getattr(homes, high):
            raise SettingError(
                f"homes.{low} is {getattr(homes, low)}; allowed: at most homes.{high}, which is {getattr(homes, high)}"
            )


def setting_names(section: str) -> list[str]:
    """The settings of a section, in the order in which they are shown."""
    return [each.name for each in fields(getattr(Config(), section))]
