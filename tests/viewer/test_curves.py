"""Curves on the timeline's own axis."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.curves import Values, nearest_event, stack_strips, step_line
from reelview.lens import Curve, Parts
from reelview.panels.parts import steps
from reelview.raster.window import Window


def curve(*pairs: tuple[int, float], group: str = "g", name: str = "c") -> Curve:
    at_ns = np.array([at for at, _ in pairs], np.int64)
    return Curve(name, "", at_ns, np.array([value for _, value in pairs]), np.arange(len(pairs)) + 100, group)


def test_curves_of_a_group_share_a_strip_and_its_scale():
    strips = stack_strips((curve((0, 1.0)), curve((0, 8.0)), curve((0, -2.0), group="h")), 100)
    assert [len(strip.curves) for strip in strips] == [2, 1]
    assert strips[0].high >= 8.0
    assert strips[1].low <= -2.0
    assert strips[0].y_px + strips[0].height_px <= strips[1].y_px


def test_a_value_holds_until_the_next():
    one = curve((10, 1.0), (20, 3.0))
    (strip,) = stack_strips((one,), 50)
    x, y = step_line(one, strip, Window(0, 40, 40))
    assert x.tolist() == [10, 20, 20, 40]
    assert y[0] == y[1] != y[2] == y[3]


def test_the_values_of_a_moment_say_whether_they_are_others_than_before():
    values = Values([curve((10, 1.0), (20, 3.0)), curve((20, 3.0), (25, 3.0))])
    seen = [(values.move_to(at), values.all) for at in (9, 10, 19, 20, 24, 25, 26, 19)]
    assert [changed for changed, _ in seen] == [False, True, False, True, False, False, False, True]
    assert [found for _, found in seen] == [
        (None, None), (1.0, None), (1.0, None), (3.0, 3.0), (3.0, 3.0), (3.0, 3.0), (3.0, 3.0), (1.0, None)
    ]  # fmt: skip


def test_the_value_from_before_the_window_is_drawn_into_it():
    one = curve((10, 1.0), (20, 3.0))
    (strip,) = stack_strips((one,), 50)
    x, _ = step_line(one, strip, Window(12, 18, 60))
    assert x[0] < 0
    assert x[-1] >= 60


def test_where_many_values_share_a_pixel_the_extremes_are_seen():
    at_ns = np.arange(100_000, dtype=np.int64)
    value = np.zeros(100_000)
    value[50_321] = 7.0
    one = Curve("c", "", at_ns, value, at_ns, "g")
    (strip,) = stack_strips((one,), 100)
    x, y = step_line(one, strip, Window(0, 100_000, 100))
    assert len(x) <= 500
    assert y.min() == pytest.approx(float(strip.y_of(np.array([7.0]))[0]))


def test_a_click_near_a_step_finds_the_event_that_made_it():
    (strip,) = stack_strips((curve((10, 1.0), (20, 3.0)),), 50)
    assert nearest_event(strip, 21, within_ns=2) == 101
    assert nearest_event(strip, 15, within_ns=2) is None


def test_parts_stand_on_top_of_one_another_and_one_that_takes_away_falls():
    found, zero = steps(Parts("P", "", "€", (("a", 3.0, ""), ("b", -1.0, ""), ("c", 2.0, "")), 4.0))
    assert zero == 0.0
    assert [(step.begin, step.end, step.falls) for step in found] == [
        (0, 0.75, False),
        (0.5, 0.75, True),
        (0.5, 1, False),
    ]


def test_parts_below_nothing_stand_left_of_zero():
    found, zero = steps(Parts("P", "", "€", (("a", -1.0, ""), ("b", 2.0, "")), 1.0))
    assert zero == 0.5
    assert (found[0].begin, found[0].end) == (0.0, 0.5)
