"""What processes met at, fought for and waited in, and what set the length of the run."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from ipcreel.analysis.contention import Round
from ipcreel.analysis.critical import FOLLOWS, RUNS, WAITS, Step
from reelview.panels.sync_page import SyncPage, event_of
from reelview.raster.window import Window
from reelview.synchronization import meetings_of, step_at, synchronization_of
from reelview.timeline.critical import PathColumns, PathLines, path_lines, thin_out

NO_TICKS = np.zeros(0, np.int64)


@pytest.fixture(scope="module")
def found(meeting):
    return synchronization_of(meeting)


def test_each_round_of_a_barrier_is_found(meeting, found):
    assert len(found.rounds) == 5
    assert all(len(each.arrivals) == 3 for each in found.rounds)
    assert all(before.at_ns < after.at_ns for before, after in pairwise(found.rounds))


def test_the_critical_path_has_no_gap_and_its_shares_are_the_whole(found):
    assert all(before.end_ns == after.begin_ns for before, after in pairwise(found.path))
    assert sum(cause["share"] for cause in found.causes) == pytest.approx(1.0)
    assert all(found.path[cause["longest_step"]].what == cause["what"] for cause in found.causes)


def test_a_queue_is_as_deep_as_the_panel_of_the_state_lists_messages(market):
    """At each change, and right before it: a message that is being put does not lie there yet."""
    depths = synchronization_of(market).depths
    assert any(depth.most for depth in depths)
    removed_ns = market.end[market.events.rows("sysv.queue.remove")]
    until_ns = int(removed_ns.min(initial=market.end_ns))
    for depth in depths:
        before = np.concatenate(([0], depth.messages))
        changes = depth.at_ns[(depth.at_ns < until_ns) & (np.diff(depth.at_ns, append=until_ns + 1) > 1)][-150:]
        for at_ns in (*changes.tolist(), *(changes - 1).tolist()):
            wanted = int(before[depth.at_ns.searchsorted(np.int64(at_ns), "right")])
            assert len(market.states.at(at_ns).queues.get(depth.object, ())) == wanted


def test_curves_say_how_deep_queues_are_how_many_lanes_wait_and_how_far_apart_arrivals_are(meeting, found):
    groups = {curve.group: curve for curve in found.curves}
    assert set(groups) == {"depth", "blocked", "skew"}
    assert groups["depth"].value[-1] == 0.0
    assert groups["blocked"].value.min() >= 0.0
    assert len(groups["skew"].value) == 5
    for curve in found.curves:
        assert len(curve.at_ns) == len(curve.value) == len(curve.event)
        assert (np.diff(curve.at_ns) >= 0).all()


def test_rounds_are_added_up_by_tick_and_the_worst_comes_first():
    def a_round(at_ns: int, skew_ns: int) -> Round:
        return Round(1, np.arange(2), at_ns, skew_ns, skew_ns, skew_ns)

    rounds = [a_round(5, 1), a_round(15, 2), a_round(16, 5), a_round(25, 3)]
    by_tick = meetings_of(rounds, np.array([0, 10, 20], np.int64))
    assert [(each.tick, each.rounds, each.skew_ns, each.worst.at_ns) for each in by_tick] == [
        (1, 2, 7, 16),
        (2, 1, 3, 25),
        (0, 1, 1, 5),
    ]
    assert [each.tick for each in meetings_of(rounds, NO_TICKS)] == [-1] * 4
    assert meetings_of([], NO_TICKS) == []


def test_every_row_of_the_page_leads_to_the_timeline(meeting, found):
    html = SyncPage(meeting, found, meeting.ticks).write(meeting.begin_ns)
    for title in ("Critical path", "Barriers", "Locks and semaphores", "Blocked, by process", "Queues"):
        assert title in html
    events = [int(number) for number in re.findall(r"event:(\d+)", html)]
    steps = [int(number) for number in re.findall(r"step:(\d+)", html)]
    assert events
    assert max(events) < len(meeting)
    assert steps
    assert max(steps) < len(found.path)
    assert "tick 1" in html


def test_a_page_of_nothing_says_so(reel_without_market):
    html = SyncPage(reel_without_market, synchronization_of(reel_without_market), NO_TICKS).write(0)
    assert "Nobody met at a barrier." in html
    assert "No queue was used." in html


def test_the_step_at_a_moment():
    path = [Step(0, 10, 20, RUNS), Step(0, 20, 30, WAITS, 4), Step(1, 30, 40, FOLLOWS, 7, 5)]
    assert [step_at(path, at) for at in (0, 10, 19, 20, 35, 99)] == [0, 0, 0, 1, 2, 2]
    assert [event_of(step) for step in path] == [None, 4, 5]


LANE_OF_EVENT = np.array([0, 0, 1, 1], np.int64)
PATH = PathColumns.of_steps(
    [Step(0, 0, 100, RUNS), Step(1, 100, 200, FOLLOWS, 2, 1), Step(1, 200, 400, WAITS, 3)], LANE_OF_EVENT
)


def test_a_path_runs_along_lanes_and_goes_over_where_it_follows():
    lines = path_lines(PATH, Window(0, 400, 400), np.array([10.0, 50.0]))
    assert lines.x_px.tolist() == [[0, 100], [100, 200], [200, 400]]
    assert lines.y_px.tolist() == [[10, 10], [10, 50], [50, 50]]


def test_a_path_is_cut_to_the_window_and_skips_hidden_lanes():
    lines = path_lines(PATH, Window(250, 300, 100), np.array([10.0, 50.0]))
    assert lines.y_px.tolist() == [[50, 50]]
    assert len(path_lines(PATH, Window(0, 400, 400), np.array([10.0, np.nan])).x_px) == 1
    assert len(path_lines(PATH, Window(900, 950, 100), np.array([10.0, 50.0])).x_px) == 0
    assert len(path_lines(PathColumns.of_steps([], LANE_OF_EVENT), Window(0, 4, 4), np.array([1.0])).x_px) == 0


def test_steps_that_share_their_pixels_are_drawn_once():
    steps = [Step(0, at, at + 1, RUNS) for at in range(10_000)]
    lines = path_lines(PathColumns.of_steps(steps, LANE_OF_EVENT), Window(0, 10_000, 100), np.array([5.0]))
    assert 100 <= len(lines.x_px) <= 300


def test_where_the_path_goes_to_and_fro_in_few_pixels_one_line_stands_for_all():
    x_px = np.array([[1.0, 2.0], [40.0, 41.0], [41.0, 43.0], [43.0, 43.0], [44.0, 46.0], [70.0, 73.0], [71.0, 71.0]])
    y_px = np.array([[10.0, 50.0], [50.0, 10.0], [10.0, 90.0], [90.0, 30.0], [30.0, 10.0], [10.0, 50.0], [50.0, 90.0]])
    apart, upright = thin_out(PathLines(x_px, y_px))
    assert apart.x_px.tolist() == x_px[[0, 5, 6]].tolist()
    assert apart.y_px.tolist() == y_px[[0, 5, 6]].tolist()
    assert upright.x_px.tolist() == [[42.0, 42.0]]
    assert upright.y_px.tolist() == [[10.0, 90.0]]
    none = np.zeros((0, 2))
    assert [len(each.x_px) for each in thin_out(PathLines(none, none))] == [0, 0]
