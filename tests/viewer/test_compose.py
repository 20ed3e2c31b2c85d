"""An image shows of each pixel the kind that takes most of it, the rarest kind in it, and an urgent span's mark."""

from __future__ import annotations

import numpy as np

from reelview.raster.compose import Rows, compose, rarest_kinds
from reelview.raster.frame import BLOCKED_BIT, URGENT_BIT, Frame
from reelview.raster.palette import DARK, opaque

RAREST = rarest_kinds(np.array([100, 50, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]))


def image(shade: list[int], mask: list[int], height: int = 20) -> np.ndarray:
    frame = Frame(np.array([shade], np.uint8), np.array([mask], np.uint16))
    return compose(frame, Rows(np.array([2]), np.array([height]), height + 4), DARK, RAREST)


def test_a_row_stands_where_it_is_put_and_around_it_is_background():
    drawn = image([0x0F], [1])
    assert (drawn[[0, 1, 22, 23], 0] == opaque(DARK.background)).all()
    assert (drawn[2:22, 0] == opaque(DARK.kinds[0])).all()


def test_the_rarest_kind_of_a_pixel_stands_at_the_bottom():
    drawn = image([0x0F], [0b111])
    assert drawn[10, 0] == opaque(DARK.kinds[0])
    assert drawn[21, 0] == opaque(DARK.kinds[2])


def test_an_urgent_span_is_marked_on_top_and_in_a_low_row_over_all_of_it():
    assert image([0x0F], [1 | URGENT_BIT])[2, 0] == opaque(DARK.urgent)
    assert (image([0x0F], [1 | URGENT_BIT], height=3)[2:5, 0] == opaque(DARK.urgent)).all()


def test_what_is_blocked_is_hatched_aslant():
    drawn = image([0x0F] * 8, [1 | int(BLOCKED_BIT)] * 8)
    assert len(np.unique(drawn[9:13])) == 2
    np.testing.assert_array_equal(drawn[10, :-1], drawn[9, 1:])
    assert len(np.unique(image([0x0F] * 8, [1] * 8)[9:13])) == 1


def test_a_row_that_reaches_out_of_the_image_is_cut():
    frame = Frame(np.full((2, 1), 0x0F, np.uint8), np.ones((2, 1), np.uint16))
    drawn = compose(frame, Rows(np.array([-5, 15]), np.array([10, 30]), 20), DARK, RAREST)
    assert drawn.shape == (20, 1)
    assert (drawn[:5] == drawn[0]).all()
    assert (drawn[15:] == drawn[0]).all()
