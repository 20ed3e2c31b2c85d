"""Where the marks of an axis stand, with their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.raster.window import Window

_UNITS = ((1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s"))
_SECOND, _MINUTE, _HOUR = 10**9, 60 * 10**9, 3_600 * 10**9
_STEPS = (
    *(digit * 10**power for power in range(9) for digit in (1, 2, 5)),
    *(digit * _SECOND for digit in (1, 2, 5, 10, 15, 30)),
    *(digit * _MINUTE for digit in (1, 2, 5, 10, 15, 30)),
    *(digit * _HOUR for digit in (1, 2, 6, 12, 24, 48, 120, 240, 1200, 2400)),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """The marks of a time axis. Labels count from `anchor_ns`, whose own label is `anchor`, empty where that is 0."""

    at_ns: list[int]
    labels: list[str]
    anchor_ns: int
    anchor: str
    step_ns: int


def time_axis(window: Window, zero_ns: int, least_px: int = 90) -> Axis:
    """Marks at round times since `zero_ns`, at least `least_px` apart.

    Far from zero and near to each other marks would all begin with the same ten digits; then they count from the last
    round moment before the window, which the axis states once.
    """
    least_ns = window.pixel_ns * least_px
    step = next((step for step in _STEPS if step >= least_ns), _STEPS[-1])
    unit = next((unit for unit, _ in reversed(_UNITS) if unit <= step), 1)
    begin, end = window.begin_ns - zero_ns, window.end_ns - zero_ns
    anchor = begin // (unit * 1000) * (unit * 1000) if unit < _SECOND else 0
    if begin < 0 or end <= unit * 10_000:
        anchor = 0
    marks = range(-(-begin // step) * step, end + 1, step)
    sign = "+" if anchor else ""
    labels = [sign + duration_label(mark - anchor, step) for mark in marks]
    shown = duration_label(anchor, unit * 1000) if anchor else ""
    return Axis([zero_ns + mark for mark in marks], labels, zero_ns + anchor, shown, step)


def duration_label(ns: int, step_ns: int = 0) -> str:
    """A duration with its unit: 950 ns, 1.25 ms, 3.2 s, 2 min 05 s.

    Args:
        step_ns: the precision wanted; by default three significant digits.
    """
    if ns < 0:
        return "−" + duration_label(-ns, step_ns)
    if ns >= _MINUTE:
        return _clock_label(ns, step_ns)
    size, name = next(((size, name) for size, name in reversed(_UNITS) if ns >= size), _UNITS[0])
    if step_ns and ns == 0:
        size, name = next((size, name) for size, name in reversed(_UNITS) if step_ns >= size)
    if step_ns:
        digits = 0
        while size > step_ns * 10**digits and digits < 9:
            digits += 1
    else:
        digits = 0 if size == 1 else max(0, 3 - len(str(ns // size)))
    text = f"{ns / size:.{digits}f}"
    if not step_ns and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {name}"


def _clock_label(ns: int, step_ns: int) -> str:
    hours, rest = divmod(ns, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    digits = 0
    while step_ns and step_ns * 10**digits < _SECOND and digits < 9:
        digits += 1
    if hours:
        head = f"{hours} h {minutes:02} min"
        return head if step_ns >= _MINUTE or (not step_ns and not rest) else f"{head} {_seconds(rest, digits)}"
    if step_ns >= _MINUTE or (not step_ns and not rest):
        return f"{minutes} min"
    return f"{minutes} min {_seconds(rest, digits)}"


def _seconds(ns: int, digits: int) -> str:
    whole, part = divmod(ns, _SECOND)
    return f"{whole:02}" + (f".{part:09}"[: digits + 1] if digits else "") + " s"


def tick_at(tick_ns: NDArray[np.int64], at_ns: int) -> int:
    """The tick that a moment is in; -1 before the first."""
    return int(tick_ns.searchsorted(np.int64(at_ns), "right")) - 1


def tick_axis(tick_ns: NDArray[np.int64], window: Window, least_px: int = 46) -> tuple[list[int], list[str]]:
    """The marks of the second axis, in ticks of the recorded simulation.

    Args:
        tick_ns: (n,) when tick i began, ascending.

    Returns:
        When the shown ticks began, and their numbers: multiples of 1, 2 or 5 times a power of ten, `least_px` apart.
    """
    low, high = tick_ns.searchsorted([np.int64(window.begin_ns), np.int64(window.end_ns)])
    if low == high:
        return [], []
    tick_px = (int(tick_ns[high - 1]) - int(tick_ns[low])) / window.pixel_ns / max(int(high - low) - 1, 1)
    enough = least_px / max(tick_px, 1e-9)
    step = next(
        (digit * 10**power for power in range(12) for digit in (1, 2, 5) if digit * 10**power >= enough), int(high)
    )
    at_ns: list[int] = []
    numbers: list[str] = []
    for number in range(-(-int(low) // step) * step, int(high), step) or [int(low)]:
        if not at_ns or tick_ns[number] - at_ns[-1] >= least_px * window.pixel_ns:
            at_ns.append(int(tick_ns[number]))
            numbers.append(str(number))
    return at_ns, numbers
