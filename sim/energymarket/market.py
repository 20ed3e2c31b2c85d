"""The market: buys and sells over TCP, counts events, makes the price."""

import multiprocessing
import signal
from multiprocessing.connection import Connection
from types import FrameType

import sysv_ipc

from energymarket.actor import Actor, run_child
from energymarket.board import Board, decode_board, encode_board
from energymarket.books import Books
from energymarket.energy import kwh_from_ukwh
from energymarket.events import next_level
from energymarket.external import FUEL_SHORTAGE, NUDGE, WAR, external_process
from energymarket.lifeline import signals_held_back
from energymarket.plan import MARKET, Plan, Shared
from energymarket.price import next_quote
from energymarket.registry import Process, start_time
from energymarket.server import Server, listen

EVENTS = (WAR, FUEL_SHORTAGE)


def market_process(plan: Plan, shared: Shared, to_main: Connection) -> None:
    run_child(lambda: _live(plan, shared, to_main))


def _live(plan: Plan, shared: Shared, to_main: Connection) -> None:
    """Tells main its port and its child, or why there is no port, before it takes part."""
    run = plan.config.run
    market = Market(plan, shared)
    external = multiprocessing.get_context(run.start_method).Process(  # type: ignore[attr-defined]
        target=external_process, args=(plan, shared), name="external", daemon=True
    )
    with signals_held_back():
        external.start()
    try:
        listener = listen(run.port)
    except OSError as error:
        to_main.send(f"port {run.port} on this host cannot be used ({error.strerror}); give another with --port, or 0")
        return
    server = Server(listener, market.books, run.homes, run.workers)
    signal.pthread_sigmask(signal.SIG_BLOCK, (*EVENTS, NUDGE))  # threads inherit this: they are for the main thread
    server.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*EVENTS, NUDGE))
    assert external.pid is not None, "it was started"
    to_main.send((listener.getsockname()[1], Process(external.pid, start_time(external.pid) or 0)))
    to_main.close()
    market.live(run.ticks)
    external.join()
    server.close()


class Market(Actor):
    """The market's main thread; the traders' work is in the books."""

    def __init__(self, plan: Plan, shared: Shared) -> None:
        super().__init__(plan.barrier(MARKET))
        self._config = plan.config
        self._shared = shared
        self._acknowledged = sysv_ipc.Semaphore(plan.keys.acknowledged)
        self._counted = dict.fromkeys(EVENTS, 0)
        self._last = decode_board(shared.board[:])
        self.books = Books(self._last.price, plan.config.run.max_transactions, plan.bug)
        for event in EVENTS:
            signal.signal(event, self._count)
        signal.signal(NUDGE, lambda number, frame: None)

    def trade(self, tick: int) -> None:
        self.books.open(tick)

    def price(self, tick: int) -> None:
        board = self._next_board(tick)
        with self._shared.board.get_lock():
            for place, value in enumerate(encode_board(board)):
                self._shared.board[place] = value
        self._last = board
        self.books.close(board.price)

    def _next_board(self, tick: int) -> Board:
        last, outside = self._last, self._config.events
        statement = self.books.statement()
        wars, fuel_shortages = self._counted[WAR], self._counted[FUEL_SHORTAGE]
        self._counted = dict.fromkeys(EVENTS, 0)
        temperature_c = self._shared.temperature_c.value
        supply_kwh, demand_kwh = kwh_from_ukwh(statement.supply_ukwh), kwh_from_ukwh(statement.demand_ukwh)
        war_level = next_level(last.war_level, wars, outside)
        fuel_level = next_level(last.fuel_shortage_level, fuel_shortages, outside)
        quote = next_quote(last.price, temperature_c, supply_kwh, demand_kwh, war_level, fuel_level, self._config.price)
        return Board(
            tick=tick, price=quote.price, previous_price=last.price, carried=quote.terms.carried,
            temperature=quote.terms.temperature, balance=quote.terms.balance, war=quote.terms.war,
            fuel_shortage=quote.terms.fuel_shortage, floor=quote.floor, temperature_c=temperature_c,
            supply_kwh=supply_kwh, demand_kwh=demand_kwh, war_level=war_level, fuel_shortage_level=fuel_level,
            wars=wars, fuel_shortages=fuel_shortages,
        )  # fmt: skip

    def _count(self, number: int, frame: FrameType | None) -> None:
        """A handler: external waits for the acknowledgement before it raises another event."""
        self._counted[signal.Signals(number)] += 1
        self._acknowledged.release()
