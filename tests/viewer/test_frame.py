"""What is kept from frame to frame is what would be drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from reelview.flows import FlowIndex, Flows
from reelview.raster.palette import opaque
from reelview.session import Session
from reelview.spans import arrange
from reelview.steady_label import SteadyLabel
from reelview.timeline.data import TimelineData, Track
from reelview.timeline.widget import Timeline
from tests.viewer.test_timeline import MS, ZERO, data_of, widget_of

MOMENTS_MS = (0, 3, 10, 20, 21, 50, 61, 90, 100)


@pytest.fixture
def timeline(qtbot) -> Timeline:
    return widget_of(Session.of_data(data_of()), qtbot)


def drawn(timeline: Timeline) -> QImage:
    return timeline.grab().toImage()


def drawn_anew(timeline: Timeline) -> QImage:
    timeline.update()
    return drawn(timeline)


@pytest.mark.parametrize("hovers", [False, True])
def test_where_only_the_cursor_moved_the_frame_is_as_if_it_were_drawn_anew(timeline, hovers):
    timeline.view.show(ZERO + 5 * MS, ZERO + 95 * MS)
    timeline.selection.select_event(3)
    if hovers:
        area = timeline.picture_area
        timeline.hover_at(QPointF(area.left() + 150, area.top() + 8), QPointF(area.left() + 150, area.top() + 8))
    seen = []
    for at_ms in MOMENTS_MS:
        timeline.cursor_model.move_to(ZERO + at_ms * MS)
        kept = [drawn(timeline), drawn(timeline)]
        assert kept == [drawn_anew(timeline)] * 2, at_ms
        seen.append(kept[0])
    assert all(one != other for one, other in pairwise(seen[1:-1]))


@pytest.mark.parametrize(
    "change",
    [
        lambda timeline: timeline.view.show(ZERO + 20 * MS, ZERO + 40 * MS),
        lambda timeline: timeline.selection.select_event(1),
        lambda timeline: timeline.selection.select_range(ZERO + 30 * MS, ZERO + 50 * MS),
        lambda timeline: timeline.marks.mark(ZERO + 33 * MS, ZERO + 33 * MS, keep=True),
        lambda timeline: timeline.highlight.highlight(np.array([1, 3]), "what led to it"),
        lambda timeline: timeline.order.pin(2),
        lambda timeline: timeline.set_arrows(False),
        lambda timeline: timeline.set_names_px(120),
        lambda timeline: timeline.set_current_line(1),
        lambda timeline: timeline.resize(640, 280),
    ],
    ids=["view", "event", "range", "mark", "highlight", "order", "arrows", "names", "line", "size"],
)
def test_whatever_else_changes_is_seen_at_once(timeline, change):
    timeline.cursor_model.move_to(ZERO + 45 * MS)
    before = [drawn(timeline) for _ in range(3)][-1]
    change(timeline)
    after = drawn(timeline)
    assert after != before
    assert after == drawn_anew(timeline)


def test_the_number_of_a_tick_gives_way_to_the_cursor_in_a_kept_frame(timeline):
    place = timeline.picture_area.left() + round(timeline.range_window.x_px(ZERO + 30 * MS)) + 6
    box = timeline.rect().intersected(timeline.picture_area.adjusted(0, -16, 0, 0))
    timeline.cursor_model.move_to(ZERO + 70 * MS)
    away = [drawn(timeline) for _ in range(3)][-1]
    timeline.cursor_model.move_to(timeline.at_ns(place))
    near = drawn(timeline)
    assert near.copy(place - 6, box.top(), 40, 12) != away.copy(place - 6, box.top(), 40, 12)
    timeline.cursor_model.move_to(ZERO + 70 * MS)
    assert drawn(timeline) == away


def test_a_label_that_changes_all_the_time_shows_its_last_text(qtbot):
    label = SteadyLabel()
    qtbot.addWidget(label)
    label.show()
    label.show_text("0 ns")
    assert label.text() == "0 ns"
    for number in range(50):
        label.show_text(f"{number} ns")
    assert label.text() == "0 ns"
    qtbot.waitUntil(lambda: label.text() == "49 ns")


def test_what_cannot_be_drawn_is_said_in_the_frame_and_the_next_one_is_drawn(timeline, monkeypatch):
    timeline.view.show_all()
    before = drawn(timeline)

    def fails(*_: object) -> str:
        raise OverflowError("a time that no clock has")

    with monkeypatch.context() as patched:
        patched.setattr("reelview.timeline.picture.paint_arrows", fails)
        timeline.view.zoom(0.5, ZERO)
        failed = drawn(timeline)
        assert timeline.fault == "This cannot be drawn: OverflowError: a time that no clock has"
    timeline.view.show_all()
    assert drawn(timeline) == before != failed
    assert not timeline.fault


def test_arrows_that_pass_a_text_do_not_strike_it_out(qtbot):
    """From the first lane to the last, through the text of the lane between them."""
    begin, end = np.full(3, ZERO), np.full(3, ZERO + 100 * MS)
    spans = arrange(np.arange(3), begin, end, np.arange(3, dtype=np.uint8), lanes=3)
    sent = ZERO + np.arange(2, 62) * MS // 4
    first, last = np.zeros(len(sent), np.int32), np.full(len(sent), 2, np.int32)
    flows = Flows(sent, sent + MS // 2, first, last, first.astype(np.uint32), last.astype(np.uint32))
    tracks = tuple(Track(name, -1, (lane,)) for lane, name in enumerate(("one", "two", "three")))
    data = TimelineData(tracks, ("",) * 3, spans, FlowIndex(flows, 3), label=lambda event: "a text of many words")
    timeline = widget_of(Session.of_data(data), qtbot)
    timeline.view.show(ZERO, ZERO + 100 * MS)
    timeline.cursor_model.move_to(ZERO + 80 * MS)
    line = timeline.layout_.lines[1]
    area = timeline.picture_area
    box = timeline.rect().intersected(area.adjusted(0, line.y_px, 0, line.y_px + line.height_px - area.height()))
    passed = colours(drawn(timeline).copy(box))
    timeline.set_arrows(False)
    alone = colours(drawn(timeline).copy(box))
    text = np.flatnonzero((alone != opaque(timeline.theme.kinds[1])).any(axis=1))
    ink = (alone == opaque(timeline.theme.inks[1])).any(axis=0).nonzero()[0]
    place = np.s_[text[3] : text[-4], ink[0] : ink[-1]]
    assert (passed != alone).any(), "arrows pass"
    assert (passed[place] == alone[place]).all()


def colours(image: QImage) -> np.ndarray:
    """(height, width) the colour of each pixel."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return lines[:, : image.width()].copy()


@pytest.mark.parametrize("width_px", [1000, 480])
def test_beside_the_text_of_an_empty_reel_stands_the_cursor(qtbot, width_px):
    none = np.zeros(0, np.int64)
    spans = arrange(none, none, none, none.astype(np.uint8), lanes=1)
    data = TimelineData((Track("one", -1, (0,)),), ("",), spans, FlowIndex(Flows.none(), 1))
    timeline = widget_of(Session.of_data(data), qtbot)
    timeline.resize(width_px, 300)
    area, seen = timeline.picture_area, colours(drawn(timeline))
    x = area.left() + round(timeline.range_window.x_px(timeline.cursor_model.at_ns))
    beside = (seen[area.top() + 30 :, area.left() :] == opaque(timeline.theme.text)).any(axis=0).nonzero()[0]
    assert len(beside)
    assert x - area.left() + 2 < beside.min()
