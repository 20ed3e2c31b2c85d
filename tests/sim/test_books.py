import threading

import pytest

from energymarket.books import Books, Statement
from energymarket.bugs import Bug
from energymarket.protocol import Deal, ProtocolError, Trade


def opened(tick: int = 1) -> Books:
    books = Books(0.2, max_transactions=4, bug=Bug.NONE)
    books.open(tick)
    return books


def test_a_statement_sums_what_was_sold_and_bought():
    books = opened()
    for verb, ukwh in (("sell", 3), ("buy", 5), ("sell", 4)):
        books.book(Trade(verb, 1, ukwh))
    assert books.statement() == Statement(supply_ukwh=7, demand_ukwh=5, transactions=3)


def test_opening_a_tick_forgets_the_last():
    books = opened()
    books.book(Trade("sell", 1, 3))
    books.statement()
    books.open(2)
    assert books.statement() == Statement(0, 0, 0)


def test_a_trade_is_done_at_the_price_of_the_last_tick():
    books = opened()
    books.close(0.5)
    books.open(2)
    assert books.book(Trade("buy", 2, 1)) == Deal(Trade("buy", 2, 1), 0.5)


def test_a_trade_that_comes_early_waits_until_its_tick_is_opened():
    books, deals = opened(1), []
    early = threading.Thread(target=lambda: deals.append(books.book(Trade("sell", 2, 1))))
    early.start()
    books.open(2)
    early.join(30)
    assert deals == [Deal(Trade("sell", 2, 1), 0.2)]


@pytest.mark.parametrize("tick", [0, 1, 4])
def test_a_trade_of_another_tick_is_refused(tick):
    with pytest.raises(ProtocolError, match=f"tick {tick} is not traded in tick 2"):
        opened(2).book(Trade("sell", tick, 1))
