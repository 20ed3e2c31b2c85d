"""A drag holds to the edge of a span that is no more than five pixels away."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.raster.window import Window
from reelview.snap import snap
from reelview.spans import arrange

SPANS = arrange(
    np.array([0, 1, 0]), np.array([100, 300, 600]), np.array([200, 420, 601]), np.zeros(3, np.uint8), lanes=2
)


@pytest.mark.parametrize(
    ("at_ns", "snapped"), [(103, 100), (195, 200), (206, 206), (305, 300), (424, 420), (250, 250), (0, 0), (599, 600)]
)
def test_edges_within_five_pixels_hold(at_ns, snapped):
    assert snap(SPANS, np.array([0, 1]), Window(0, 1000, 1000), at_ns) == snapped


def test_only_the_rows_given_count():
    assert snap(SPANS, np.array([0]), Window(0, 1000, 1000), 302) == 302
    assert snap(SPANS, np.zeros(0, np.intp), Window(0, 1000, 1000), 302) == 302


def test_reach_is_in_pixels_whatever_the_zoom():
    assert snap(SPANS, np.array([0]), Window(0, 10_000, 1000), 145) == 100
    assert snap(SPANS, np.array([0]), Window(0, 100, 1000), 101) == 101
