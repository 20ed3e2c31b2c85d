"""At the cursor one sees who works, who waits, and what is under way."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.flows import Flows
from reelview.spans import arrange
from reelview.timeline.data import Track
from reelview.timeline.lane_order import LaneOrder
from reelview.timeline.layout import arrange_lines
from reelview.timeline.pulse import Light, Lines, lights, under_way

SPANS = arrange(
    np.array([0, 0, 1]),
    np.array([100, 120, 300], np.int64),
    np.array([200, 140, 400], np.int64),
    np.array([3, 5, 7], np.uint8),
    lanes=2,
    blocked_until_ns=np.array([100, 130, 300], np.int64),
)
LAYOUT = arrange_lines(LaneOrder([Track("a", -1, (0,)), Track("b", -1, (1,))]), ("", ""), SPANS)


@pytest.mark.parametrize(
    ("at_ns", "expected"),
    [
        (50, []),
        (110, [Light(0, 3, False)]),
        (125, [Light(0, 5, True)]),
        (135, [Light(0, 5, False)]),
        (150, [Light(0, 3, False)]),
        (350, [Light(1, 7, False)]),
    ],
)
def test_a_light_shows_the_innermost_operation_and_whether_it_waits(at_ns, expected):
    assert lights(SPANS, Lines.of(LAYOUT, [0, 1]), at_ns) == expected


def test_what_is_under_way_is_so_far_on_its_way():
    lane, event = np.zeros(3, np.int32), np.zeros(3, np.uint32)
    flows = Flows(np.array([0, 10, 20], np.int64), np.array([100, 15, 40], np.int64), lane, lane, event, event)
    found, share = under_way(flows, 25)
    assert found.tolist() == [0, 2]
    assert share.tolist() == [0.25, 0.25]
    assert len(under_way(flows, 100)[0]) == 0
