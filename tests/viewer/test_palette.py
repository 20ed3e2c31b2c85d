"""Colours tell kinds apart for everybody, and text on them can be read."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from reelview.kinds import KIND_NAMES
from reelview.raster.palette import DARK, LIGHT, contrast, mix, text_on

VISIONS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def oklab(colour: int, vision: str) -> np.ndarray:
    """Oklab (Ottosson 2020) of a colour as one sees it."""
    channels = np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISIONS[vision]) @ linear, 0, 1)
    cones = np.array(
        [[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.6806995, 0.10739696], [0.08830246, 0.28171884, 0.6299787]]
    )
    lab = np.array(
        [
            [0.21045426, 0.79361779, -0.00407205],
            [1.9779985, -2.42859221, 0.45059371],
            [0.0259040371, 0.78277177, -0.80867577],
        ]
    )
    return lab @ np.cbrt(cones @ seen)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_kinds_differ_by_four_just_noticeable_differences(theme, vision):
    colours = [oklab(colour, vision) for colour in (*theme.kinds, theme.urgent)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(colours, 2)) > 0.085


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("waits", ["socket", "lock", "semaphore", "waiting"])
def test_a_process_looks_like_none_of_the_waits_under_it(theme, waits):
    """Hatching far away is the mean of its two colours."""
    process, waiting = (theme.kinds[KIND_NAMES.index(name)] for name in ("process", waits))
    hatching = mix(waiting, mix(waiting, theme.lane, 0.38), 0.5)
    assert np.linalg.norm(oklab(process, "normal") - oklab(hatching, "normal")) > 0.15


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_can_be_read(theme):
    for surface in (theme.background, theme.lane, theme.header):
        assert contrast(theme.text, surface) > 7
        assert min(contrast(colour, surface) for colour in (theme.faint_text, theme.link, theme.bad)) > 4.5
    assert contrast(theme.link, theme.chosen) > 4.5
    for colour in theme.kinds:
        assert contrast(text_on(colour), colour) > 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_faintest_span_stands_out_from_an_empty_lane(theme):
    for kind in range(12):
        assert theme.shades[kind << 4 | 1] != theme.shades[kind << 4]
        assert contrast(int(theme.shades[kind << 4 | 15]) & 0xFFFFFF, theme.lane) > 1.9


def test_mixing_is_by_channel():
    assert mix(0xFF0000, 0x0000FF, 0.5) == 0x800080
