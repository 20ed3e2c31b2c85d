"""The language of the search."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.query import CONDITIONS, QueryError, conditions_of, find_events
from tests.viewer.made import make_reel


def names(reel, rows) -> set[str]:
    return {str(reel.operations[int(reel.op[row])]["name"]) for row in rows}


def test_no_condition_is_met_by_all(market):
    assert len(find_events(market, "")) == len(market)


def test_op_means_a_part_of_the_name_or_with_a_star_the_whole(market):
    assert names(market, find_events(market, "op:queue.send")) == {"sysv.queue.send"}
    assert names(market, find_events(market, "op:sysv.queue.*")) > {"sysv.queue.send", "sysv.queue.receive"}
    assert not len(find_events(market, "op:queue*"))


def test_lane_means_a_name_or_a_pid(market):
    rows = find_events(market, "lane:home-3")
    assert {market.lane_name(int(lane)) for lane in market.lane[rows]} == {"home-3"}
    pid = market.processes[int(market.process[rows[0]])]["pid"]
    assert find_events(market, f"lane:{pid}").tolist() == rows.tolist()


def test_payload_means_what_was_sent_or_received(market):
    rows = find_events(market, "payload:OFFER/1")
    expected = [row for row in market.events.rows("sysv.queue.send", "sysv.queue.receive").tolist()
                if b"offer/1" in market.payload(row)]  # fmt: skip
    assert rows.tolist() == expected


@pytest.mark.parametrize("word", ["offer", "energymarket", "sharing.py", "market", "home"])
def test_names_that_stand_between_payloads_are_in_none(market, word):
    """A function of the market is called offer, and files are named where an event first comes from them."""
    found = set(find_events(market, f"payload:{word}").tolist())
    having = {row for row in range(len(market)) if word in repr(market.payload(row)).lower()}
    assert {row for row in having if isinstance(market.payload(row), bytes | str)} <= found <= having


def test_conditions_are_met_together_and_a_minus_leaves_out(market):
    all_, none = find_events(market, "payload:offer op:send"), find_events(market, "payload:offer -op:send -op:receive")
    assert names(market, all_) == {"sysv.queue.send"}
    assert not len(none)


def test_took_and_at_compare(market):
    long = find_events(market, "took>1ms")
    assert (market.end[long] - market.begin[long] > 10**6).all()
    assert len(long) + len(find_events(market, "took<1ms")) <= len(market)
    early = find_events(market, "at<100ms")
    assert (market.begin[early] < market.begin_ns + 10**8).all()


def test_tick_means_the_events_of_a_step_of_the_program(market):
    ticks = np.array([market.begin_ns, market.begin_ns + 10**8, market.begin_ns + 2 * 10**8], np.int64)
    rows = find_events(market, "tick:1", ticks)
    assert (market.begin[rows] >= ticks[1]).all()
    assert (market.begin[rows] < ticks[2]).all()


def test_a_word_is_looked_for_everywhere(market):
    everywhere = set(find_events(market, "home-3").tolist())
    assert set(find_events(market, "lane:home-3").tolist()) < everywhere
    assert set(find_events(market, "payload:home-3").tolist()) <= everywhere


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", "there is no such condition"),
        ("took>long", "expected a duration"),
        ("is:odd", "expected one of is:raised"),
        ("tick:3", "has no ticks"),
        ('"open', "Quotes come in pairs"),
    ],
)
def test_a_condition_that_means_nothing_is_said_to(market, query, said):
    with pytest.raises(QueryError, match=said):
        find_events(market, query)


def test_the_examples_of_conditions_have_names_of_the_run(meeting, tmp_path):
    examples = [example for example, _ in conditions_of(meeting)]
    own = [example for example, (market, _) in zip(examples, CONDITIONS, strict=True) if example != market]
    assert len(own) == 5
    assert all(len(find_events(meeting, example)) for example in own), own
    assert conditions_of(make_reel(tmp_path / "none.reel", ["idle"], [])) == CONDITIONS
