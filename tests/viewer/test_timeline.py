"""The timeline does what keys and mouse ask for, and shows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from reelview.flows import FlowIndex, Flows
from reelview.raster.choose import Raster
from reelview.raster.palette import DARK, LIGHT, opaque
from reelview.session import Session
from reelview.spans import URGENT, arrange
from reelview.timeline.data import TimelineData, Track
from reelview.timeline.indexing import Indexing
from reelview.timeline.keys import ACTIONS
from reelview.timeline.legend import Legend
from reelview.timeline.markers import Markers
from reelview.timeline.scroll_bar import KeptScrollBar
from reelview.timeline.widget import Timeline

ZERO = 10**12
MS = 10**6
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def data_of() -> TimelineData:
    """Three lanes of 100 ms: lane 0 sends at 10 and 40, lane 1 receives, lane 2 is urgent at 90."""
    drawn = [(0, 10, 20, 0), (1, 15, 30, 1), (0, 40, 50, 0), (1, 55, 80, 1), (2, 90, 91, 2 | URGENT)]
    lane, begin, end, kind = (np.array(column) for column in zip(*drawn, strict=True))
    spans = arrange(
        lane, ZERO + begin * MS, ZERO + end * MS, kind.astype(np.uint8), lanes=3, first_ns=ZERO, last_ns=ZERO + 100 * MS
    )
    times = np.array([20, 50]) * MS + ZERO, np.array([30, 80]) * MS + ZERO
    lanes = np.zeros(2, np.int32), np.ones(2, np.int32)
    events = np.array([0, 2], np.uint32), np.array([1, 3], np.uint32)
    return TimelineData(
        (Track("market", -1, (0,)), Track("home " * 40, 0, (1,)), Track("بيت", 0, (2,))),
        ("MainThread",) * 3,
        spans,
        FlowIndex(Flows(*times, *lanes, *events), 3),
        Markers.of(np.array([ZERO + 90 * MS]), np.array([2]), np.array([4]), 3),
        np.arange(10, dtype=np.int64) * 10 * MS + ZERO,
        ("queue", "socket", "signal"),
        lambda event: f"send {event}",
        lambda event: f"send {event}, market.py:3",
    )


def many_of(count: int = 3_000, lanes: int = 12) -> TimelineData:
    """Many spans, and messages between any two lanes."""
    rng = np.random.default_rng(5)
    begin = ZERO + np.sort(rng.integers(0, 100 * MS, count))
    end = begin + rng.integers(1, MS, count)
    lane, kind = rng.integers(0, lanes, count), rng.integers(0, 12, count).astype(np.uint8)
    spans = arrange(lane, begin, end, kind, lanes=lanes, first_ns=ZERO, last_ns=ZERO + 101 * MS)
    sent = np.argsort(end, kind="stable")[: count // 2]
    events = sent.astype(np.uint32), sent.astype(np.uint32)
    flows = Flows(end[sent], end[sent] + MS, lane[sent].astype("i4"), (lane[sent] + 5).astype("i4") % lanes, *events)
    tracks = tuple(Track(f"home-{number}", -1, (number,)) for number in range(lanes))
    return TimelineData(
        tracks, ("MainThread",) * lanes, spans, FlowIndex(flows, lanes), label=lambda event: f"e {event}"
    )


@pytest.fixture
def session(qapp) -> Session:
    return Session.of_data(data_of())


@pytest.fixture
def timeline(session, qtbot) -> Timeline:
    return widget_of(session, qtbot)


def widget_of(session: Session, qtbot) -> Timeline:
    timeline = Timeline(
        session.data,
        session.raster,
        view=session.view,
        selection=session.selection,
        cursor=session.cursor,
        order=session.order,
        marks=session.marks,
    )
    qtbot.addWidget(timeline)
    timeline.resize(900, 300)
    timeline.show()
    timeline.setFocus()
    return timeline


def place(timeline: Timeline, ms: float, lane: int = 0) -> QPoint:
    """Where a moment of a lane stands in the widget."""
    area, line = timeline.picture_area, int(timeline.layout_.line_of_lane[lane])
    x = area.left() + timeline.range_window.x_px(ZERO + round(ms * MS))
    return QPoint(round(x), area.top() + timeline.layout_.y_px(line, timeline.scroll_px) + 6)


def drag(qtbot, timeline, begin: QPoint, end: QPoint, button=LEFT, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.mousePress(timeline, button, modifiers, begin)
    for share in (0.3, 0.7, 1.0):
        step = begin + (end - begin) * share
        QApplication.sendEvent(timeline, _move(step, button, modifiers))
    qtbot.mouseRelease(timeline, button, modifiers, end)


def _move(at: QPoint, button, modifiers):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(at), Qt.MouseButton.NoButton, button, modifiers)


def wheel(timeline: Timeline, at: QPoint, steps: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turn = QPoint(0, 120 * steps)
    event = QWheelEvent(QPointF(at), QPointF(at), QPoint(), turn, buttons, modifiers, phase, False)
    QApplication.sendEvent(timeline, event)


def pixel(timeline: Timeline, at: QPoint) -> int:
    return timeline.grab().toImage().pixel(at)


def test_a_span_has_the_colour_of_its_kind_and_between_spans_is_nothing(timeline):
    session_theme = timeline.theme
    assert pixel(timeline, place(timeline, 48)) == opaque(session_theme.kinds[0])
    assert pixel(timeline, place(timeline, 70, 1)) == opaque(session_theme.kinds[1])
    assert pixel(timeline, place(timeline, 34)) == opaque(session_theme.lane)


def test_light_and_dark_follow_the_palette(timeline):
    for background, theme in ((0xFFFFFF, LIGHT), (0x101010, DARK)):
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, QColor(background))
        timeline.setPalette(palette)
        assert timeline.theme is theme
        assert pixel(timeline, place(timeline, 34)) == opaque(theme.lane)


def test_keys_zoom_and_move_and_the_wheel_does_so_with_control_and_shift(timeline, session, qtbot):
    view = session.view
    for key, shorter in ((Key.Key_W, True), (Key.Key_S, False)):
        before = view.length_ns
        qtbot.keyClick(timeline, key)
        assert (view.length_ns < before) == shorter
    view.show(ZERO + 30 * MS, ZERO + 60 * MS)
    for key, later in ((Key.Key_D, True), (Key.Key_A, False)):
        before = view.begin_ns
        qtbot.keyClick(timeline, key)
        assert (view.begin_ns > before) == later
    at_ns = timeline.at_ns(500)
    wheel(timeline, QPoint(500, 100), 1, Qt.KeyboardModifier.ControlModifier)
    assert timeline.at_ns(500) == pytest.approx(at_ns, abs=2)
    assert view.length_ns < 30 * MS
    before = view.begin_ns
    wheel(timeline, QPoint(500, 100), -1, Qt.KeyboardModifier.ShiftModifier)
    assert view.begin_ns > before


def test_a_key_that_is_held_glides_and_shift_makes_it_faster(timeline, session, qtbot):
    session.view.show(ZERO, ZERO + 10 * MS)
    lengths = []
    for modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        before = session.view.length_ns
        qtbot.keyPress(timeline, Key.Key_W, modifiers)
        lengths.append(session.view.length_ns / before)
        qtbot.waitUntil(lambda before=before: session.view.length_ns < before * 0.5)
        qtbot.keyRelease(timeline, Key.Key_W, modifiers)
        session.view.show(ZERO, ZERO + 10 * MS)
    assert lengths[1] < lengths[0]


def test_a_click_selects_what_is_there_and_moves_the_cursor(timeline, session, qtbot):
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, 45))
    assert session.selection.selected_event == 2
    assert session.cursor.at_ns == pytest.approx(ZERO + 45 * MS, abs=MS)
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, 34))
    assert session.selection.selected_event is None


def test_a_drag_selects_a_range_whose_ends_hold_to_edges_unless_alt_is_down(timeline, session, qtbot):
    near = QPoint(3, 0)
    drag(qtbot, timeline, place(timeline, 10) + near, place(timeline, 50) - near)
    assert session.selection.range_ns == (ZERO + 10 * MS, ZERO + 50 * MS)
    alt = Qt.KeyboardModifier.AltModifier
    drag(qtbot, timeline, place(timeline, 10) + near, place(timeline, 50) - near, modifiers=alt)
    assert session.selection.range_ns[0] > ZERO + 10 * MS


def test_a_middle_drag_zooms_to_a_range_and_a_shift_drag_pans(timeline, session, qtbot):
    drag(qtbot, timeline, place(timeline, 10), place(timeline, 50), button=Qt.MouseButton.MiddleButton)
    assert (session.view.begin_ns, session.view.end_ns) == (ZERO + 10 * MS, ZERO + 50 * MS)
    shift = Qt.KeyboardModifier.ShiftModifier
    drag(qtbot, timeline, place(timeline, 40), place(timeline, 20), modifiers=shift)
    assert session.view.begin_ns == pytest.approx(ZERO + 30 * MS, abs=MS)
    assert session.selection.range_ns is None


def test_a_drag_on_the_axis_scrubs(timeline, session, qtbot):
    begin, end = place(timeline, 20), place(timeline, 60)
    begin.setY(8)
    end.setY(8)
    drag(qtbot, timeline, begin, end)
    assert session.cursor.at_ns == pytest.approx(ZERO + 60 * MS, abs=MS)


def test_the_selection_is_centred_then_fitted_and_the_whole_run_is_a_key_away(timeline, session, qtbot):
    session.selection.select_event(3)
    session.view.show(ZERO + 10 * MS, ZERO + 50 * MS)
    qtbot.keyClick(timeline, Key.Key_F)
    assert session.view.length_ns == 40 * MS
    qtbot.keyClick(timeline, Key.Key_F)
    assert session.view.length_ns == pytest.approx(25 * MS / 0.6, rel=0.01)
    whole = ZERO, ZERO + 100 * MS
    for key in (Key.Key_Home, Key.Key_0):
        session.view.show(ZERO, ZERO + MS)
        qtbot.keyClick(timeline, key)
        assert session.view.begin_ns <= whole[0]
        assert session.view.end_ns >= whole[1]
    qtbot.keyClick(timeline, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert session.view.length_ns == MS


def test_keys_go_from_event_to_event_in_a_lane_and_along_flows(timeline, session, qtbot):
    session.selection.select_event(0)
    qtbot.keyClick(timeline, Key.Key_Period)
    assert session.selection.selected_event == 2
    qtbot.keyClick(timeline, Key.Key_BracketRight)
    assert session.selection.selected_event == 3
    qtbot.keyClick(timeline, Key.Key_BracketLeft)
    assert session.selection.selected_event == 2
    qtbot.keyClick(timeline, Key.Key_Comma)
    assert session.selection.selected_event == 0
    qtbot.keyClick(timeline, Key.Key_Comma)
    assert session.selection.selected_event == 0


def test_marks_are_set_kept_and_removed(timeline, session, qtbot):
    session.cursor.move_to(ZERO + 30 * MS)
    qtbot.keyClick(timeline, Key.Key_M)
    session.cursor.move_to(ZERO + 60 * MS)
    qtbot.keyClick(timeline, Key.Key_M)
    assert [mark.begin_ns for mark in session.marks.all] == [ZERO + 60 * MS]
    qtbot.keyClick(timeline, Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    session.selection.select_range(ZERO, ZERO + 5 * MS)
    qtbot.keyClick(timeline, Key.Key_M)
    assert [mark.kept for mark in session.marks.all] == [False, True]
    qtbot.keyClick(timeline, Key.Key_Delete)
    assert [mark.kept for mark in session.marks.all] == [False]
    qtbot.keyClick(timeline, Key.Key_Delete)
    assert session.marks.all == ()


def test_bookmarks_are_set_with_control_and_gone_to_without(timeline, session, qtbot):
    session.view.show(ZERO, ZERO + 7 * MS)
    qtbot.keyClick(timeline, Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    session.view.show_all()
    qtbot.keyClick(timeline, Key.Key_4)
    assert session.view.length_ns == 7 * MS


def test_the_lane_under_the_mouse_is_pinned_and_hidden_by_key(timeline, session, qtbot):
    qtbot.mouseMove(timeline, place(timeline, 20, 1))
    timeline.hover_at(QPointF(place(timeline, 20, 1)), QPointF(place(timeline, 20, 1)))
    qtbot.keyClick(timeline, Key.Key_P)
    assert session.order.pinned == (1,)
    timeline.hover_at(QPointF(place(timeline, 20, 0)), QPointF(place(timeline, 20, 0)))
    qtbot.keyClick(timeline, Key.Key_H)
    assert session.order.hidden == {0}
    qtbot.keyClick(timeline, Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert session.order.hidden == frozenset()


def test_what_is_for_the_window_is_asked_for(timeline, qtbot):
    asked: list[str] = []
    timeline.asked.connect(asked.append)
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    for key, modifiers in (
        (Key.Key_Space, None),
        (Key.Key_Slash, None),
        (Key.Key_F, control),
        (Key.Key_P, control),
        (Key.Key_P, control | shift),
        (Key.Key_Question, shift),
        (Key.Key_Right, None),
        (Key.Key_Left, shift),
        (Key.Key_Minus, None),
        (Key.Key_Return, None),
    ):
        qtbot.keyClick(timeline, key, modifiers or Qt.KeyboardModifier.NoModifier)
    assert asked[:6] == ["play", "search", "search", "find_lane", "commands", "help"]
    assert asked[6:] == ["step_event", "step_tick_back", "slower", "source"]


def test_no_key_does_two_things():
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_what_is_not_drawn_is_told_where_it_does_not_hide_what_is_selected(qtbot, qapp):
    session = Session.of_data(many_of())
    timeline = widget_of(session, qtbot)
    timeline.resize(900, 400)

    def note_px() -> int:
        """How far down the picture the note stands."""
        area, image = timeline.picture_area, timeline.grab().toImage()
        middle = area.center().x() - 40
        found = [
            y for y in range(area.height()) if image.pixel(middle, area.top() + y) == opaque(timeline.theme.header)
        ]
        return found[len(found) // 2]

    first, last = (int(session.data.spans.event[session.data.spans.offset[row]]) for row in (0, -2))
    session.selection.select_event(first)
    assert note_px() > timeline.picture_area.height() - 30
    session.selection.select_event(last)
    assert note_px() < 50


def test_hovering_tells_the_event_its_length_and_its_lane(timeline):
    at = QPointF(place(timeline, 60, 1))
    timeline.hover_at(at, at)
    text = timeline.hover.text(timeline.data, timeline.layout_)
    assert "send 3, market.py:3" in text
    assert "25 ms, from 55" in text


def test_hovering_a_crowd_tells_how_many_and_of_what_kinds(qtbot, qapp):
    begin = np.arange(10_000, dtype=np.int64) * 10
    spans = arrange(np.zeros(10_000, int), begin, begin + 5, (begin // 10 % 2).astype(np.uint8), lanes=1)
    data = TimelineData((Track("market", -1, (0,)),), ("MainThread",), spans, kind_names=("queue", "socket"))
    timeline = widget_of(Session.of_data(data), qtbot)
    at = QPointF(500, timeline.picture_area.top() + 8)
    timeline.hover_at(at, at)
    text = timeline.hover.text(data, timeline.layout_)
    assert "events in this pixel: queue, socket" in text


@pytest.mark.parametrize("size", [(240, 100), (700, 60), (1600, 900)])
def test_a_timeline_of_any_size_paints(timeline, session, size):
    timeline.resize(*size)
    session.selection.select_event(3)
    session.selection.select_range(ZERO, ZERO + MS)
    assert not timeline.grab().isNull()


def test_an_empty_reel_says_what_it_is(qtbot, qapp):
    none = np.zeros(0, np.int64)
    spans = arrange(none, none, none, none.astype(np.uint8), lanes=1)
    data = TimelineData((Track("market", -1, (0,)),), ("MainThread",), spans)
    timeline = widget_of(Session.of_data(data), qtbot)
    qtbot.mouseClick(timeline, LEFT, pos=QPoint(400, 60))
    qtbot.keyClick(timeline, Key.Key_Period)
    assert not timeline.grab().isNull()


def test_moving_the_cursor_does_not_draw_the_picture_again(timeline, session, monkeypatch):
    timeline.grab()
    drawn = []
    monkeypatch.setattr(session.raster, "frame", lambda *_: drawn.append(1))
    session.cursor.move_to(ZERO + 33 * MS)
    timeline.grab()
    assert not drawn


def test_the_index_is_built_beside_and_can_be_stopped(qtbot, qapp):
    count = 300_000
    begin = np.arange(count, dtype=np.int64) * 10
    spans = arrange(np.zeros(count, int), begin, begin + 5, np.zeros(count, np.uint8), lanes=1)
    data = TimelineData((Track("market", -1, (0,)),), ("MainThread",), spans)
    session = Session.of_data(data)
    timeline = widget_of(session, qtbot)
    indexing = Indexing(session.raster, timeline.painting)
    with qtbot.waitSignal(indexing.finished, timeout=60_000):
        indexing.start()
    assert session.raster.stage == 3
    again = Indexing(Session.of_data(data).raster, timeline.painting)
    with timeline.painting:
        again.start()
        again.requestInterruption()
    again.stop()
    assert again.isFinished()


def test_the_legend_is_drawn_anew_where_a_run_has_grown(timeline, qtbot):
    legend = Legend(timeline)
    qtbot.addWidget(legend)
    legend.resize(600, 20)
    legend.show()
    paints = Paints(legend)
    qtbot.waitUntil(lambda: paints.count > 0)
    before, entries = paints.count, legend.entries
    timeline.show_data(many_of(), Raster(many_of().spans))
    qtbot.waitUntil(lambda: paints.count > before)
    assert legend.entries != entries


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


MOVES = st.lists(
    st.tuples(st.just("pan"), st.floats(-1, 1))
    | st.tuples(st.just("zoom"), st.floats(0.1, 4))
    | st.tuples(st.just("scroll"), st.integers(-200, 200))
    | st.tuples(st.just("cursor"), st.integers(0, 100 * MS))
    | st.tuples(st.just("arrows"), st.booleans())
    | st.tuples(st.just("resize"), st.integers(400, 700)),
    min_size=1,
    max_size=8,
)


def without_scroll_bar(timeline: Timeline) -> QImage:
    """Its colours come and go by themselves."""
    return timeline.grab(QRect(0, 0, timeline.picture_area.right(), timeline.height())).toImage()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_picture_after_any_moves_is_that_drawn_afresh(moves, qtbot):
    session = Session.of_data(many_of())
    timeline = widget_of(session, qtbot)
    for what, how in moves:
        if what == "pan":
            session.view.pan(round(session.view.length_ns * how))
        elif what == "zoom":
            session.view.zoom(how, ZERO + 37 * MS)
        elif what == "scroll":
            timeline.scroll_by(how)
        elif what == "cursor":
            session.cursor.move_to(ZERO + how)
        elif what == "arrows":
            timeline.set_arrows(how)
        else:
            timeline.resize(how, 200)
        drawn = without_scroll_bar(timeline)
    again = Session.of_data(session.data)
    again.view.show(session.view.begin_ns, session.view.end_ns)
    again.cursor.move_to(session.cursor.at_ns)
    fresh = widget_of(again, qtbot)
    fresh.resize(timeline.size())
    fresh.set_arrows(timeline.with_arrows)
    fresh.scroll_by(timeline.scroll_px)
    assert without_scroll_bar(fresh) == drawn
    for made in (fresh, timeline):
        made.close()


def test_a_bar_that_keeps_its_picture_looks_as_any(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    bars = KeptScrollBar(Qt.Orientation.Vertical, holder), QScrollBar(Qt.Orientation.Vertical, holder)
    pictures = []
    for value in (0, 40, 40, 100):
        for bar in bars:
            bar.setGeometry(0, 0, 16, 300)
            bar.setRange(0, 100)
            bar.setPageStep(50)
            bar.setValue(value)
        pictures.append([bar.grab().toImage() for bar in bars])
        assert pictures[-1][0] == pictures[-1][1]
    assert pictures[0][0] != pictures[1][0] == pictures[2][0] != pictures[3][0]
