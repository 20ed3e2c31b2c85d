"""Colours that keep their difference for the colour-blind, on light and on dark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from reelview.raster.frame import LEVELS
from reelview.spans import KINDS

_FADED = 0.22


@dataclass(frozen=True)
class Theme:
    """Colours as 0xRRGGBB. The kinds were found by search: the smallest difference of any two, or of one and `urgent`,
    in Oklab under normal vision and the three dichromacies (Machado, Oliveira, Fernandes 2009), is made greatest.

    Of text are `text`, `faint_text`, `bad` (what is wrong) and `link`, the last on `chosen` too, where it leads to what
    is selected.
    """

    name: str
    background: int
    lane: int
    header: int
    line: int
    text: int
    faint_text: int
    accent: int
    urgent: int
    bad: int
    link: int
    chosen: int
    arrow: int
    kinds: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.kinds) == KINDS, f"{len(self.kinds)} colours; expected {KINDS}"

    @cached_property
    def shades(self) -> NDArray[np.uint32]:
        """(256,) the colour of each `Frame.shade`: the emptier, the nearer to the lane's."""
        return self._table(0.38, 1.0)

    @cached_property
    def hatched_shades(self) -> NDArray[np.uint32]:
        """(512,) the other colour of the hatching: that of `shades`, and from 256 on that of what is blocked, paler."""
        return np.concatenate((self.shades, self._table(0.22, 0.38)))

    @cached_property
    def solids(self) -> NDArray[np.uint32]:
        """(16,) the colour of each kind."""
        return np.array([self.shades[kind << 4 | LEVELS] for kind in range(16)], np.uint32)

    @cached_property
    def inks(self) -> tuple[int, ...]:
        """The colour of text on each kind."""
        return tuple(text_on(kind) for kind in self.kinds)

    def _table(self, faintest: float, strongest: float) -> NDArray[np.uint32]:
        table = np.full((16, LEVELS + 1), opaque(self.lane), np.uint32)
        for kind, colour in enumerate(self.kinds):
            for level in range(1, LEVELS + 1):
                share = faintest + (strongest - faintest) * level / LEVELS
                table[kind, level] = opaque(mix(colour, self.lane, share))
        return table.ravel()


def mix(colour: int, other: int, share: float) -> int:
    """`share` of one colour and the rest of another."""
    channels = ((colour >> at & 255, other >> at & 255, at) for at in (16, 8, 0))
    return sum(round(a * share + b * (1 - share)) << at for a, b, at in channels)


def opaque(colour: int) -> int:
    """0xAARRGGBB of 0xRRGGBB."""
    return colour | 0xFF000000


def luminance(colour: int) -> float:
    """Relative luminance (WCAG 2.2), 0 to 1."""
    linear = []
    for at in (16, 8, 0):
        value = (colour >> at & 255) / 255
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: int, other: int) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    bright, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_on(colour: int) -> int:
    """Black or white, whichever reads better on a colour."""
    return 0x000000 if contrast(colour, 0x000000) >= contrast(colour, 0xFFFFFF) else 0xFFFFFF


@lru_cache
def faded(theme: Theme) -> Theme:
    """The same, with kinds and what is urgent near to the lane's colour."""
    kinds = tuple(mix(kind, theme.lane, _FADED) for kind in theme.kinds)
    return replace(theme, kinds=kinds, urgent=mix(theme.urgent, theme.lane, _FADED))


DARK = Theme(
    name="dark",
    background=0x16181C,
    lane=0x1E2126,
    header=0x272B31,
    line=0x3A4048,
    text=0xE6E8EB,
    faint_text=0xA3ABB5,
    accent=0xFFFFFF,
    urgent=0xFF2828,
    bad=0xFF6B6B,
    link=0x7FB2FF,
    chosen=0x34445C,
    arrow=0xD8DEE6,
    kinds=(
        0xAA99FF,
        0xDDAA22,
        0x77CC88,
        0x55AA88,
        0x6655AA,
        0x668855,
        0xFFDD66,
        0xAA77CC,
        0xBBEEBB,
        0x55FFFF,
        0xCCBBFF,
        0x885566,
    ),
)

LIGHT = Theme(
    name="light",
    background=0xF4F5F7,
    lane=0xFFFFFF,
    header=0xE9ECF0,
    line=0xC9CED6,
    text=0x16181C,
    faint_text=0x565E69,
    accent=0x000000,
    urgent=0xDC0000,
    bad=0xC80000,
    link=0x0B57D0,
    chosen=0xCFE0FA,
    arrow=0x2B3038,
    kinds=(
        0x7766BB,
        0xDDAA22,
        0x009988,
        0x117722,
        0x9988CC,
        0x554499,
        0xBB8844,
        0x885577,
        0x55BB99,
        0x224455,
        0xAAAAFF,
        0x663300,
    ),
)
