"""Flows are drawn as arrows, bundled where there are too many, and none goes missing without a word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelview.arrows import MOST_ARROWS, MOST_BUNDLES, choose_arrows, count_label
from reelview.flows import FlowIndex, Flows
from reelview.raster.window import Window


def flows_of(drawn: list[tuple[int, int, int, int]]) -> Flows:
    """Flows from (begin, length, from lane, to lane)."""
    rows = np.array(sorted(drawn), np.int64).reshape(-1, 4)
    event = np.arange(len(rows), dtype=np.uint32)
    lanes = rows[:, 2:].astype(np.int32)
    return Flows(rows[:, 0], rows[:, 0] + rows[:, 1], lanes[:, 0], lanes[:, 1], event, event)


def many(count: int, lanes: int, length_ns: int = 10**9) -> Flows:
    rng = np.random.default_rng(4)
    columns = (rng.integers(0, length_ns, count), rng.integers(0, 10**6, count), *rng.integers(0, lanes, (2, count)))
    return flows_of(list(zip(*(column.tolist() for column in columns), strict=True)))


some_flows = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 60), st.integers(0, 3), st.integers(0, 3)), max_size=60
).map(flows_of)


@given(some_flows, st.integers(-10, 120), st.integers(1, 80))
def test_flows_in_a_range_are_counted_and_found_as_brute_force_does(flows, begin, length):
    index = FlowIndex(flows, 4)
    meets = (flows.begin_ns < begin + length) & (flows.end_ns > begin)
    found = index.within(begin, begin + length, np.ones(len(index.pair_from), bool))
    assert found.tolist() == np.flatnonzero(meets & (flows.end_ns > begin)).tolist()
    counts = index.counts(begin, begin + length)
    for pair, (source, target) in enumerate(zip(index.pair_from, index.pair_to, strict=True)):
        mine = (flows.from_lane == source) & (flows.to_lane == target)
        assert counts[pair] == (meets & mine).sum()


@pytest.mark.parametrize("count", [MOST_ARROWS // 2, 50_000])
@pytest.mark.parametrize("zoom", [1, 2, 7, 90])
def test_drawn_bundled_and_told_flows_are_all_the_flows_between_different_lines(count, zoom):
    flows = many(count, 12)
    index = FlowIndex(flows, 12)
    window = Window(10**8, 10**8 + 10**9 // zoom, 1600)
    arrows = choose_arrows(index, window, np.arange(12))
    meets = (flows.begin_ns < window.end_ns) & (flows.end_ns > window.begin_ns) & (flows.from_lane != flows.to_lane)
    assert arrows.total == meets.sum()
    assert len(arrows.flow) <= MOST_ARROWS
    assert len(arrows.count) <= MOST_BUNDLES


def test_what_is_beyond_the_bundles_is_told_in_words():
    busy = [(at, 5, at % 3, 3 + at % 2) for at in range(30_000)]
    quiet = [(at, 5, 10 + at % 40, 60 + at % 39) for at in range(6_000)]
    arrows = choose_arrows(FlowIndex(flows_of(busy + quiet), 100), Window(0, 30_000, 1600), np.arange(100))
    assert 6 <= len(arrows.count) <= MOST_BUNDLES
    assert arrows.count.min() >= arrows.rest / arrows.rest_pairs
    assert arrows.total == 36_000


def test_where_every_lane_sends_a_little_to_every_other_only_words_remain():
    flows = many(60_000, 100)
    pairs = {pair for pair in zip(flows.from_lane.tolist(), flows.to_lane.tolist(), strict=True) if pair[0] != pair[1]}
    arrows = choose_arrows(FlowIndex(flows, 100), Window(0, 10**9, 1600), np.arange(100))
    assert len(arrows.count) == 0
    assert arrows.rest_pairs == len(pairs)


def test_a_bundle_stands_where_its_flows_are():
    late = [(900_000 + at, 5, 0, 1) for at in range(5_000)]
    early = [(100_000 + at, 5, 1, 2) for at in range(5_000)]
    arrows = choose_arrows(FlowIndex(flows_of(late + early), 3), Window(0, 1_000_000, 1600), np.arange(3))
    assert sorted(zip(arrows.from_line.tolist(), (arrows.x_px // 160).tolist(), strict=True)) == [(0, 9), (1, 1)]
    assert np.abs(arrows.at_ns[np.argsort(arrows.from_line)] - [902_500, 102_500]).max() < 20_000


def test_no_two_bundles_cover_each_other():
    arrows = choose_arrows(FlowIndex(many(60_000, 8), 8), Window(0, 10**9, 1600), np.arange(8))
    drawn = [
        (x, *sorted((a, b)))
        for x, a, b in zip(arrows.x_px.tolist(), arrows.from_line.tolist(), arrows.to_line.tolist(), strict=True)
    ]
    assert drawn
    for number, (x, low, high) in enumerate(drawn):
        assert not any(abs(x - x1) < 10 and low < high1 and low1 < high for x1, low1, high1 in drawn[:number])


def test_moving_the_view_leaves_bundles_at_their_moments():
    index = FlowIndex(many(60_000, 2), 2)
    moments = [
        {
            (int(a), int(b), int(at))
            for a, b, at in zip(arrows.from_line, arrows.to_line, arrows.at_ns, strict=True)
            if 3 * 10**8 < at < 7 * 10**8
        }
        for begin_ns in (2 * 10**8, 2 * 10**8 + 5 * 10**6)
        for arrows in [choose_arrows(index, Window(begin_ns, begin_ns + 6 * 10**8, 1600), np.arange(2))]
    ]
    assert len(moments[0] & moments[1]) >= len(moments[0]) * 0.6


def test_lanes_folded_into_one_line_share_a_bundle_and_hidden_lanes_have_none():
    index = FlowIndex(many(30_000, 4), 4)
    folded = choose_arrows(index, Window(0, 10**9, 200), np.array([0, 0, 1, -1]))
    assert {(int(a), int(b)) for a, b in zip(folded.from_line, folded.to_line, strict=True)} == {(0, 1), (1, 0)}


def test_arrows_that_pass_beside_the_lines_in_view_are_left_out():
    index = FlowIndex(flows_of([(0, 5, 0, 1), (1, 5, 0, 5), (2, 5, 6, 7), (3, 5, 3, 4)]), 8)
    arrows = choose_arrows(index, Window(0, 10, 100), np.arange(8), first_line=2, last_line=4)
    assert arrows.flow.tolist() == [1, 3]


def test_bundles_that_lead_out_of_view_are_one_to_where_they_go():
    flows = [(at, 5, 2, 3 + at % 20) for at in range(20_000)]
    arrows = choose_arrows(FlowIndex(flows_of(flows), 30), Window(0, 20_000, 1600), np.arange(30), last_line=4)
    assert set(zip(arrows.from_line.tolist(), arrows.to_line.tolist(), strict=True)) == {(2, 3), (2, 4), (2, 5)}
    assert arrows.count[arrows.to_line == 5].sum() + arrows.rest >= 18_000
    upward = choose_arrows(
        FlowIndex(flows_of(flows), 30), Window(0, 20_000, 1600), np.arange(30), first_line=10, last_line=12, pinned=1
    )
    assert set(upward.from_line.tolist()) == {9}


def test_no_flows_no_arrows():
    assert choose_arrows(FlowIndex(Flows.none(), 3), Window(0, 10, 100), np.arange(3)).total == 0


def test_counts_are_read_as_words():
    assert count_label(1) == "1 message"
    assert count_label(61_234) == "61,234 messages"
