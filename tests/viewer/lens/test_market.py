"""The market's lens rebuilds the ticks from recorded IPC, and computes the prices again."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from reelview.lens import Lens
from reelview.lens.chain import chain, past_of
from reelview.lens.find import find_lens
from reelview.lens.market import market_lens
from reelview.lens.market_data import FUEL_SHORTAGE, Market, read_market
from reelview.lens.recurrence import agreements, coefficients_of


@pytest.fixture(scope="module")
def ticks(market) -> Market:
    found = read_market(market)
    assert found is not None
    return found


def test_every_tick_has_a_board_and_a_moment(market, ticks):
    assert [tick.number for tick in ticks.ticks] == list(range(1, 9))
    assert all(tick.begin_ns <= tick.at_ns for tick in ticks.ticks)
    assert all(one.at_ns < other.begin_ns for one, other in zip(ticks.ticks, ticks.ticks[1:], strict=False))


def test_the_deals_of_a_tick_are_those_that_the_market_confirmed(market, ticks):
    deals = [each for tick in ticks.ticks for each in tick.deals]
    confirmed = [
        row for row in market.events.rows("socket.endpoint.sendall").tolist()
        if re.match(rb"sold|bought", market.payload(row))
    ]  # fmt: skip
    assert sorted(each.reply for each in deals) == confirmed
    assert all(0 <= each.home < 4 for each in deals)


def test_a_price_follows_from_its_messages(ticks):
    weights = coefficients_of(ticks)
    found = [each for place in range(len(ticks.ticks)) for each in agreements(ticks, place, weights)]
    assert len(found) == 24
    assert all(each.agrees for each in found), [each.detail for each in found if not each.agrees]


def test_a_price_that_does_not_follow_is_said_to_disagree(ticks):
    third = ticks.ticks[2]
    forged = replace(third, board=replace(third.board, price=third.board.price + 0.001))
    market = replace(ticks, ticks=(*ticks.ticks[:2], forged, *ticks.ticks[3:]))
    assert not agreements(market, 2, coefficients_of(ticks))[0].agrees


def test_a_deal_that_is_missing_is_said_to_disagree(ticks):
    place = next(n for n, tick in enumerate(ticks.ticks) if tick.deals)
    short = replace(ticks.ticks[place], deals=ticks.ticks[place].deals[1:])
    market = replace(ticks, ticks=(*ticks.ticks[:place], short, *ticks.ticks[place + 1 :]))
    assert not agreements(market, place, coefficients_of(ticks))[1].agrees


def test_the_fuel_shortage_of_the_first_tick_is_a_signal_that_was_delivered(market, ticks):
    (event,) = ticks.ticks[0].events
    assert event.signal == FUEL_SHORTAGE
    assert market.operations[int(market.op[event.delivered])]["name"] == "signal.delivered"


def test_what_homes_share_is_what_the_ledger_says_they_took(market, ticks):
    sets = market.events.rows("mp.array.set")
    entries = [market.payload(row) for row in sets.tolist() if isinstance(market.payload(row), list)]
    taken_ukwh = sum(entry[3] for entry in entries if len(entry) == 7)
    assert sum(each.taken_ukwh for tick in ticks.ticks for each in tick.shares) == taken_ukwh


def test_the_past_of_a_price_stays_inside_its_tick_and_holds_its_deals(market, ticks):
    tick = next(tick for tick in ticks.ticks if tick.deals and tick.number > 1)
    rows = past_of(market, tick.row, tick.begin_ns)
    assert (market.end[rows] >= tick.begin_ns).all()
    assert {each.request for each in tick.deals} <= set(rows.tolist())
    links = chain(market, rows)
    assert any(each.kind == "stream" and each.cause in {deal.request for deal in tick.deals} for each in links)


@pytest.fixture(scope="module")
def lens(market) -> Lens:
    found, trouble = find_lens(market)
    assert found is not None
    assert trouble == ""
    return found


def test_ticks_are_the_second_axis(market, lens):
    assert len(lens.tick_ns) == 9
    assert (np.diff(lens.tick_ns) > 0).all()


def test_the_parts_of_a_price_add_up(market, lens, ticks):
    for tick in ticks.ticks:
        parts = lens.parts(tick.at_ns)
        assert sum(value for _, value, _ in parts.parts) == pytest.approx(parts.total)


def test_before_the_first_price_the_page_leads_to_it(market, lens, ticks):
    assert lens.parts(market.begin_ns) is None
    assert f"time:{ticks.ticks[0].at_ns}" in lens.page(market.begin_ns)


def test_every_link_of_a_page_leads_to_an_event_of_the_reel(market, lens, ticks):
    for tick in ticks.ticks:
        events = [int(number) for number in re.findall(r"event:(\d+)", lens.page(tick.at_ns))]
        assert events
        assert max(events) < len(market)


def test_the_table_has_a_row_a_tick(lens):
    names, rows = lens.table()
    assert len(rows) == 8
    assert all(len(row) == len(names) for row in rows)


def test_a_reel_without_a_market_has_no_lens(reel_without_market):
    assert market_lens(reel_without_market) is None
    assert find_lens(reel_without_market, others=()) == (None, "")


def test_the_fault_of_another_lens_is_told(reel_without_market):
    def load():
        raise ImportError("no module named prices")

    found, trouble = find_lens(reel_without_market, others=[("prices", load)])
    assert found is None
    assert "prices failed: ImportError: no module named prices" in trouble


def test_another_programs_lens_is_asked(reel_without_market):
    def page(at_ns: int) -> str:
        return "mine"

    mine = Lens("Mine", np.zeros(0, np.int64), (), page, lambda: ((), []))
    found, _ = find_lens(reel_without_market, others=[("mine", lambda: lambda reel: mine)])
    assert found is mine
