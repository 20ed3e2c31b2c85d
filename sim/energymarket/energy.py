"""Amounts of energy are whole micro-kilowatt-hours, so that no sum of them depends on its order."""

UKWH_PER_KWH = 1_000_000


def ukwh_from_kwh(kwh: float) -> int:
    """The nearest whole number of micro-kWh."""
    return round(kwh * UKWH_PER_KWH)


def kwh_from_ukwh(ukwh: int) -> float:
    return ukwh / UKWH_PER_KWH


def kwh_text(ukwh: int) -> str:
    """An amount as it stands in messages: kWh with all six decimals (`1.250000`)."""
    sign = "-" if ukwh < 0 else ""
    whole, rest = divmod(abs(ukwh), UKWH_PER_KWH)
    return f"{sign}{whole}.{rest:06d}"


def ukwh_from_text(text: str) -> int:
    """Reads back what `kwh_text` wrote.

    Raises:
        ValueError: the text is not a number with exactly six decimals.
    """
    unsigned = text.removeprefix("-")
    whole, dot, rest = unsigned.partition(".")
    if not dot or len(rest) != 6 or not (whole + rest).isascii() or not (whole + rest).isdigit() or not whole:
        raise ValueError(f"{text!r} is not an amount; expected kWh with six decimals, like 1.250000")
    ukwh = int(whole) * UKWH_PER_KWH + int(rest)
    return -ukwh if text.startswith("-") else ukwh
