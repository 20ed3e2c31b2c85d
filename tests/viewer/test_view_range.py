"""The view never leaves the run, and finds back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelview.timeline.view_range import LEAST_NS, ViewRange

RUN = (10**12, 10**12 + 10**9)


@pytest.fixture
def view(qapp) -> ViewRange:
    return ViewRange(*RUN)


@given(
    st.lists(st.tuples(st.sampled_from(["zoom", "pan", "show"]), st.floats(-2, 2), st.floats(0.001, 50)), max_size=30)
)
def test_whatever_is_done_the_view_stays_in_the_run_and_has_a_length(steps):
    view = ViewRange(*RUN)
    margin = (RUN[1] - RUN[0]) // 50
    for what, place, size in steps:
        at_ns = view.begin_ns + round(place * view.length_ns)
        if what == "zoom":
            view.zoom(size, at_ns)
        elif what == "pan":
            view.pan(round(place * view.length_ns))
        else:
            view.show(at_ns, at_ns + round(size * 1000))
        assert RUN[0] - margin <= view.begin_ns < view.end_ns <= RUN[1] + margin
        assert view.length_ns >= LEAST_NS


def test_zooming_holds_the_moment_at_the_mouse(view):
    at_ns = RUN[0] + 3 * 10**8
    before = (at_ns - view.begin_ns) / view.length_ns
    view.zoom(0.01, at_ns)
    assert (at_ns - view.begin_ns) / view.length_ns == pytest.approx(before, abs=1e-6)


def test_bookmarks_are_gone_to_and_unset_ones_ignored(view):
    view.show(RUN[0], RUN[0] + 10**6)
    view.set_bookmark(3)
    view.show_all()
    view.go_to_bookmark(7)
    view.go_to_bookmark(3)
    assert view.length_ns == 10**6


def test_a_view_of_the_whole_follows_a_run_that_grows_and_another_does_not(view):
    view.set_extent(RUN[0], RUN[1] + 10**9)
    assert view.end_ns > RUN[1] + 10**9
    view.show(RUN[0], RUN[0] + 10**6)
    view.set_extent(RUN[0], RUN[1] + 2 * 10**9)
    assert view.length_ns == 10**6


def test_a_playing_moment_stays_in_view(view):
    view.show(RUN[0], RUN[0] + 10**6)
    view.follow(RUN[0] + 500_000)
    assert view.begin_ns == RUN[0]
    view.follow(RUN[0] + 900_000)
    assert view.begin_ns == RUN[0] + 800_000


def test_nothing_is_signalled_where_nothing_changed(view, qtbot):
    with qtbot.assertNotEmitted(view.range_changed):
        view.show_all()
        view.zoom(5.0, RUN[0])
