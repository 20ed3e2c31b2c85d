"""Lanes stand by family, and where a person has put them."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.spans import arrange
from reelview.timeline.data import Track
from reelview.timeline.lane_order import LaneOrder, family_order
from reelview.timeline.layout import Layout, arrange_lines

TRACKS = (Track("market", -1, (0, 1)), Track("home-1", 0, (2,)), Track("weather", -1, (3,)), Track("home-2", 0, (4,)))
NAMES = ("MainThread", "worker", "MainThread", "MainThread", "MainThread")
BEGIN = np.array([0, 1, 2, 3, 4, 5])
SPANS = arrange(
    np.array([0, 0, 1, 2, 3, 4]), BEGIN, BEGIN + np.array([9, 2, 1, 1, 1, 1]), np.zeros(6, np.uint8), lanes=5
)


@pytest.fixture
def order(qapp) -> LaneOrder:
    return LaneOrder(TRACKS)


def lines_of(order: LaneOrder) -> Layout:
    return arrange_lines(order, NAMES, SPANS)


def names(order: LaneOrder) -> list[str]:
    return ["  " * line.indent + line.name for line in lines_of(order).lines]


def test_children_stand_under_their_parents_and_a_track_of_one_lane_has_its_name(order):
    assert names(order) == ["market", "  MainThread", "  worker", "  home-1", "  home-2", "weather"]


def test_a_folded_track_shows_its_lanes_in_one_line(order):
    order.fold(0)
    layout = lines_of(order)
    assert names(order) == ["market", "  home-1", "  home-2", "weather"]
    assert layout.lines[0].rows == ((0, 1, 2),)
    assert layout.line_of_lane.tolist() == [0, 0, 1, 3, 2]


def test_a_pinned_lane_stands_on_top_and_stays_there(order):
    order.pin(2)
    layout = lines_of(order)
    assert layout.lines[0].name == "home-1 MainThread"
    assert layout.y_px(0, 500) == 0
    assert layout.line_of_lane[2] == 0
    order.pin(2)
    assert lines_of(order).pinned_px == 0


def test_hidden_lanes_are_gone_until_they_are_shown(order):
    order.hide([3, 1])
    assert names(order) == ["market", "  home-1", "  home-2"]
    assert lines_of(order).line_of_lane[3] == -1
    order.show()
    assert len(names(order)) == 6
    order.show_only([4])
    assert names(order) == ["  home-2"]


def test_tracks_are_put_where_they_are_wanted(order):
    order.move(2, 0)
    assert names(order)[0] == "weather"
    order.move(2, None)
    assert names(order)[-1] == "weather"


def test_a_run_that_grows_keeps_what_was_arranged(order):
    order.move(2, 0)
    order.set_tracks((*TRACKS, Track("home-3", 0, (5,))), range(len(TRACKS)), range(len(NAMES)))
    assert order.sequence == (2, 0, 1, 3, 4)


def test_nested_rows_stand_below_the_outermost(order):
    layout = lines_of(order)
    strips = layout.strips(0, 1000)
    lane_0 = strips.strip[strips.row == 0][0], strips.strip[strips.row == 1][0]
    assert strips.place.y_px[lane_0[1]] == strips.place.y_px[lane_0[0]] + strips.place.height_px[lane_0[0]]
    assert layout.lines[1].height_px > layout.lines[2].height_px
    for depth in (0, 1):
        strip = lane_0[depth]
        assert layout.depth_px(1, depth, 0) == (strips.place.y_px[strip], strips.place.height_px[strip])


@pytest.mark.parametrize("scroll_px", [0, 17, 60])
@pytest.mark.parametrize("height_px", [30, 75, 1000])
def test_strips_in_view_do_not_overlap_and_keep_off_the_pinned_lanes(order, scroll_px, height_px):
    order.pin(4)
    layout = lines_of(order)
    place = layout.strips(scroll_px, height_px).place
    assert (place.y_px[1:] >= (place.y_px + place.height_px)[:-1]).all()
    assert (place.y_px[1:] >= layout.pinned_px).all()


@pytest.mark.parametrize("room_px", [100, 160, 190, 230, 300, 2_000])
def test_lanes_fill_the_room_that_there_is_but_are_no_lower_than_usual(order, room_px):
    usual = order.lane_px
    order.fit(lines_of(order).lane_px_for(room_px, order.lane_px))
    fitted = order.lane_px
    assert fitted == usual or lines_of(order).height_px <= room_px
    order.fit(lines_of(order).lane_px_for(room_px, order.lane_px))
    assert order.lane_px == fitted, "it is so whatever they were before"
    assert room_px < 200 or fitted > usual


def test_lanes_are_as_high_as_a_person_wants_them_whatever_room_there_is(order):
    order.fit(1_000)
    highest = order.lane_px
    order.grow(-1)
    assert order.lane_px < highest
    order.fit(1_000)
    assert order.lane_px < highest


def test_a_point_finds_its_line(order):
    layout = lines_of(order)
    for number in range(len(layout.lines)):
        assert layout.line_at(layout.y_px(number, 10) + 15, 10) == number
    assert layout.line_at(5_000, 0) is None


def test_families_that_form_a_ring_are_shown_nevertheless():
    assert sorted(family_order((Track("a", 1, ()), Track("b", 0, ()), Track("c", 2, ())))) == [0, 1, 2]
