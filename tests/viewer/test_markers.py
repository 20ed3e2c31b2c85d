"""Signals and console lines are seen at every zoom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reelview.opening import timeline_of
from reelview.raster.window import Window
from reelview.session import Session
from reelview.timeline.hover import under
from reelview.timeline.layout import arrange_lines
from reelview.timeline.markers import APART_PX, Markers, marked_at, place_markers
from reelview.timeline.widget import Timeline

LENGTH_NS = 10**9
WIDTH_PX = 800


def some_markers(count: int = 5_000) -> Markers:
    chance = np.random.default_rng(5)
    at_ns = chance.integers(0, LENGTH_NS, count)
    return Markers.of(at_ns, chance.integers(0, 3, count), np.arange(count), 4)


@pytest.mark.parametrize("share", [1, 7, 400, 100_000, 10**8])
def test_every_marker_of_a_window_is_in_what_is_drawn(share):
    markers = some_markers()
    begin_ns = int(markers.at_ns[17]) - LENGTH_NS // share // 2
    window = Window(begin_ns, begin_ns + max(LENGTH_NS // share, 10), WIDTH_PX)
    placed = place_markers(markers, window, [0, 1, 2, 3])
    inside = (markers.at_ns >= window.begin_ns) & (markers.at_ns < window.end_ns)
    assert inside.any()
    assert placed.count.sum() == inside.sum()
    x_px = window.x_px(markers.at_ns[inside])
    nearest = np.abs(x_px[:, None] - placed.x_px[None, :]).min(axis=1)
    assert nearest.max() <= APART_PX + 1
    assert len(placed.count) <= 3 * (WIDTH_PX / APART_PX + 2)


def test_moving_the_view_does_not_regroup_markers():
    markers = some_markers()
    groups = [
        {
            (int(first), int(count))
            for first, count, x in zip(placed.first, placed.count, placed.x_px, strict=True)
            if 100 < x < 600
        }
        for begin_ns in (0, 3_000_000)
        for placed in [place_markers(markers, Window(begin_ns, begin_ns + LENGTH_NS // 4, WIDTH_PX), [0])]
    ]
    assert len(groups[0] & groups[1]) > 50
    assert len(groups[0] ^ groups[1]) <= 4


def test_lanes_that_are_not_asked_for_have_no_markers():
    markers = some_markers()
    placed = place_markers(markers, Window(0, LENGTH_NS, WIDTH_PX), [1])
    assert set(placed.lane.tolist()) == {1}
    assert placed.count.sum() == (markers.lane == 1).sum()
    assert len(place_markers(Markers.none(), Window(0, LENGTH_NS, WIDTH_PX), [0, 1]).count) == 0


def test_the_marker_at_a_place_gives_all_its_events_in_order_of_time():
    markers = Markers.of(np.array([500, 100, 101]), np.array([0, 0, 0]), np.array([9, 7, 8]), 1)
    window = Window(0, 1000, 100)
    assert marked_at(markers, window, [0], 11, 5) == [7, 8]
    assert marked_at(markers, window, [0], 49, 5) == [9]
    assert marked_at(markers, window, [0], 30, 5) == []


def test_console_lines_are_markers_that_say_what_was_written(meeting):
    session = Session.of_reel(meeting)
    data, order = session.data, session.order
    assert len(data.console.at_ns) == 15
    layout = arrange_lines(order, data.lane_names, data.spans)
    window = Window(session.view.begin_ns, session.view.end_ns, WIDTH_PX)
    lane = int(data.console.lane[0])
    y_px = layout.y_px(int(layout.line_of_lane[lane]), 0) + 3
    x_px = window.x_px(int(data.console.at_ns[0]))
    hover = under(data, layout, window, x_px=x_px, y_px=y_px, scroll_px=0)
    assert set(hover.marked) <= set(data.console.event.tolist())
    assert "did turn 0" in hover.text(data, layout)
    close = Window(int(data.console.at_ns[0]) - 500, int(data.console.at_ns[0]) + 500, WIDTH_PX)
    one = under(data, layout, close, x_px=WIDTH_PX / 2, y_px=y_px, scroll_px=0)
    assert one.marked == (int(data.console.event[0]),)
    assert "did turn 0" in one.text(data, layout)
    assert "console.write" in one.text(data, layout)


def test_thousands_of_signals_are_red_at_every_zoom(reel_without_market, qtbot):
    data = timeline_of(reel_without_market)
    first_ns, last_ns = data.spans.first_ns, data.spans.last_ns
    at_ns = np.linspace(first_ns, last_ns - 1, 20_000).astype(np.int64)
    many = Markers.of(at_ns, np.zeros(20_000, np.int64), np.arange(20_000), len(data.lane_names))
    session = Session.of_data(replace(data, markers=many))
    models = {name: getattr(session, name) for name in ("view", "selection", "cursor", "order", "marks")}
    timeline = Timeline(session.data, session.raster, **models)
    qtbot.addWidget(timeline)
    timeline.resize(900, 300)
    timeline.show()
    for length_ns in (last_ns - first_ns, (last_ns - first_ns) // 50, (last_ns - first_ns) // 5_000):
        session.view.show(int(at_ns[9_000]) - length_ns // 2, int(at_ns[9_000]) + length_ns // 2)
        image = timeline.grab().toImage()
        area = timeline.picture_area
        line = int(timeline.layout_.line_of_lane[0])
        y = area.top() + timeline.layout_.y_px(line, timeline.scroll_px) + 1
        red = [x for x in range(area.left(), area.right()) if image.pixel(x, y) & 0xFFFFFF == timeline.theme.urgent]
        assert red
