"""What a lens gives to the viewer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A quantity over time, drawn under the timeline on its own axis: each value holds from its moment to the next.

    at_ns: (n,) CLOCK_MONOTONIC, ascending; `value` (n,).
    event: (n,) the events that made the values, so that a click on one leads there.
    group: curves of one group share a strip, and its scale.
    colour: the place of its colour among those of the kinds.
    bars: drawn as bars instead of steps: what happened, rather than what held.
    """

    name: str
    unit: str
    at_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    event: NDArray[np.int64]
    group: str
    colour: int = 0
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """A number as the sum of its parts.

    parts: name, value and how the value came about, each.
    floor: the least that the total may be; None where there is none.
    """

    title: str
    formula: str
    unit: str
    parts: tuple[tuple[str, float, str], ...]
    total: float
    floor: float | None = None


def _no_parts(at_ns: int) -> Parts | None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """A reel as its program means it.

    title: of the panel.
    tick_ns: when each step of the program's own time began, ascending; the first is step 0. Empty where it has none.
    curves: what is drawn under the timeline.
    page: a moment → the panel's text as the HTML that Qt knows. A link to `event:12` selects event 12, one to
        `cone:12` shows its past on the timeline, one to `time:5` moves the cursor.
    table: the panel's data for export: a name a column, and a row a step.
    parts: a moment → the number that holds there, split into its parts; None where there is none.
    """

    title: str
    tick_ns: NDArray[np.int64]
    curves: tuple[Curve, ...]
    page: Callable[[int], str]
    table: Callable[[], tuple[tuple[str, ...], list[tuple[Any, ...]]]]
    parts: Callable[[int], Parts | None] = _no_parts
