"""Main's part in a tick: keeps the time, checks the last tick, tells of it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import sysv_ipc

from energymarket.actor import Actor, Phase
from energymarket.audit import Evidence, findings, totals_of
from energymarket.board import decode_board
from energymarket.energy import ukwh_from_kwh
from energymarket.ledger import Entry, Share, decode_ledger, decode_shares
from energymarket.plan import MAIN, Plan, Shared
from energymarket.profile import profiles
from energymarket.report import TickReport
from energymarket.sharing import Counts


@dataclass(frozen=True, slots=True)
class _Traces:
    """What homes and external left of a tick, copied before the next one overwrites it."""

    entries: list[Entry]
    shares: list[Share]
    events_raised: int
    offers_left: int


class Clock(Actor):
    """Holds every tick back until its time has come."""

    def __init__(self, plan: Plan, shared: Shared, tell: Callable[[TickReport], None]) -> None:
        super().__init__(plan.barrier(MAIN))
        run = plan.config.run
        self.ticks_with_findings = 0
        self.in_last_phase = False
        self._ticks = run.ticks
        self._stopped = threading.Event()
        self._tell = tell
        self._tick_seconds = run.tick_seconds
        self._shared = shared
        self._policies = [each.policy for each in profiles(run.seed, run.homes, plan.config.homes)]
        self._offers_policy = [policy.offers for policy in self._policies]
        self._queue = sysv_ipc.MessageQueue(plan.keys.offers)
        self._counts = Counts(plan)
        self._traces: _Traces | None = None
        self._due = time.monotonic()

    def stop(self) -> None:
        """From another thread: do not wait for the next tick."""
        self._stopped.set()

    def weather(self, tick: int) -> None:
        self.tell_last()
        self._counts.prepare()
        self._shared.shares[0] = 0
        self._wait_until_due()

    def leave(self, phase: Phase, tick: int) -> None:
        """Main leads all others in the barrier: between its arrival and its departure they all stand still."""
        self.barrier.arrive()
        if phase is Phase.COMPUTE:
            self._counts.begin()
        self.barrier.depart()

    def price(self, tick: int) -> None:
        shared = self._shared
        self.in_last_phase = tick == self._ticks
        self._traces = _Traces(
            entries=decode_ledger(shared.ledger[:]),
            shares=decode_shares(shared.shares[:]),
            events_raised=sum(shared.raised[:]),
            offers_left=self._queue.current_messages,
        )

    def tell_last(self) -> None:
        """Checks the tick that is over and tells of it; the price phase has ended, so the board is whole."""
        if not self._traces:
            return
        traces, board = self._traces, decode_board(self._shared.board[:])
        with self._shared.torn_reads.get_lock():
            torn_reads, self._shared.torn_reads.value = self._shared.torn_reads.value, 0
        totals = totals_of(traces.entries, self._offers_policy)
        evidence = Evidence(
            events_raised=traces.events_raised,
            events_counted=board.wars + board.fuel_shortages,
            offers_left=traces.offers_left,
            torn_reads=torn_reads,
            supply_ukwh=ukwh_from_kwh(board.supply_kwh),
            demand_ukwh=ukwh_from_kwh(board.demand_kwh),
        )
        found = findings(totals, evidence)
        self.ticks_with_findings += bool(found)
        self._traces = None
        self._tell(TickReport(board, traces.entries, self._policies, traces.shares, totals, found))

    def _wait_until_due(self) -> None:
        self._due = max(self._due, time.monotonic() - self._tick_seconds)
        self._stopped.wait(max(0.0, self._due - time.monotonic()))
        self._due += self._tick_seconds
