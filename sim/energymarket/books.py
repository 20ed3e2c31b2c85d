"""The market's books: what was sold and bought in a tick, at which price."""

import threading
import time
from dataclasses import dataclass

from energymarket.bugs import Bug
from energymarket.protocol import Deal, ProtocolError, Trade

ZOO_WINDOW_S = 0.002  # how long a mistake stays open between its two steps, so that "sooner or later" is soon


@dataclass(frozen=True, slots=True)
class Statement:
    """A tick's trade, in micro-kWh."""

    supply_ukwh: int
    demand_ukwh: int
    transactions: int


class Books:
    """Open for one tick at a time; used by the traders' threads and the market's main thread.

    Two locks: of the books (the tick, the price, the sums) and of the journal (each deal). Who needs both takes the
    books first.
    """

    def __init__(self, price: float, max_transactions: int, bug: Bug) -> None:
        self._bug = bug
        self._transactions = threading.BoundedSemaphore(max_transactions)
        self._lock = threading.Lock()
        self._opened = threading.Condition(self._lock)
        self._journal_lock = threading.Lock()
        self._journal: list[Deal] = []
        self._tick = 0
        self._price = price
        self._sums_ukwh = {"sell": 0, "buy": 0}

    def open(self, tick: int) -> None:
        """From now on trades of this tick are done, at the price of the last."""
        with self._opened:
            self._tick = tick
            self._sums_ukwh = {"sell": 0, "buy": 0}
            self._opened.notify_all()

    def close(self, price: float) -> None:
        """Sets the price of the next tick's trades."""
        with self._lock:
            self._price = price

    def statement(self) -> Statement:
        """The tick's trade; empties the journal."""
        with self._lock, self._journal_lock:
            transactions = len(self._journal)
            self._journal.clear()
            return Statement(self._sums_ukwh["sell"], self._sums_ukwh["buy"], transactions)

    def book(self, trade: Trade) -> Deal:
        """Does a trade, after its tick has been opened.

        Raises:
            ProtocolError: the trade is of another tick.
        """
        if not self._tick <= trade.tick <= self._tick + 1:
            raise ProtocolError(f"tick {trade.tick} is not traded in tick {self._tick}")
        self._wait_opened(trade.tick)
        with self._transactions:
            if self._bug is Bug.LOCK_ORDER and trade.verb == "buy":  # zoo: the journal first, then the books
                return self._book_backwards(trade)
            with self._lock:
                deal = self._add(trade)
                if self._bug is Bug.LOCK_ORDER:
                    time.sleep(ZOO_WINDOW_S)
                with self._journal_lock:
                    self._journal.append(deal)
            return deal

    def _add(self, trade: Trade) -> Deal:
        self._sums_ukwh[trade.verb] += trade.ukwh
        return Deal(trade, self._price)

    def _book_backwards(self, trade: Trade) -> Deal:
        with self._journal_lock:
            time.sleep(ZOO_WINDOW_S)
            with self._lock:
                deal = self._add(trade)
                self._journal.append(deal)
        return deal

    def _wait_opened(self, tick: int) -> None:
        """A home may be through the barrier, and here, before the market's main thread is."""
        if self._bug is Bug.LOST_WAKEUP:  # zoo: looks without the lock, and waits for what may have happened since
            if self._tick < tick:
                time.sleep(ZOO_WINDOW_S)
                with self._opened:
                    self._opened.wait()
            return
        with self._opened:
            self._opened.wait_for(lambda: self._tick >= tick)
