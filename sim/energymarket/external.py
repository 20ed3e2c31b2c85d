"""What happens outside: a child of the market that tells it of wars and fuel shortages by signals."""

import multiprocessing
import os
import signal
from types import FrameType

import sysv_ipc

from energymarket.actor import Actor, run_child
from energymarket.bugs import Bug
from energymarket.events import news
from energymarket.plan import EXTERNAL, Plan, Shared
from energymarket.primitives import uninterrupted

WAR = signal.SIGUSR1
FUEL_SHORTAGE = signal.SIGUSR2
NUDGE = signal.SIGURG
NUDGE_S = 0.25


def external_process(plan: Plan, shared: Shared) -> None:
    signal.signal(WAR, signal.SIG_DFL)
    signal.signal(FUEL_SHORTAGE, signal.SIG_DFL)
    signal.signal(NUDGE, signal.SIG_DFL)
    run_child(lambda: External(plan, shared).live(plan.config.run.ticks))


class External(Actor):
    """Raises the events of each tick, and waits until the market has counted them.

    Pending signals of one number coalesce (signal(7)): the second of two must not be sent before the first was handled.
    """

    def __init__(self, plan: Plan, shared: Shared) -> None:
        super().__init__(plan.barrier(EXTERNAL))
        market = multiprocessing.parent_process()
        assert market, "external is a child of the market"
        assert market.pid, "a process that was started has a pid"
        self._market = market.pid
        self._bug = plan.bug
        self._raised = shared.raised
        self._acknowledged = sysv_ipc.Semaphore(plan.keys.acknowledged)
        self._news = news(plan.config.run.seed, plan.config.events)
        signal.signal(signal.SIGALRM, self._nudge)

    def weather(self, tick: int) -> None:
        today = next(self._news)
        self._raised[:] = [today.wars, today.fuel_shortages]
        self._raise(WAR, today.wars)
        self._raise(FUEL_SHORTAGE, today.fuel_shortages)

    def _raise(self, number: signal.Signals, times: int) -> None:
        if self._bug is Bug.LOST_SIGNAL and times:  # zoo: one acknowledgement is waited for, however many were raised
            for _ in range(times):
                os.kill(self._market, number)
            self._wait_counted()
            return
        for _ in range(times):
            os.kill(self._market, number)
            self._wait_counted()

    def _wait_counted(self) -> None:
        """Waits until the market has counted an event.

        A signal may come when the market has looked for one, and is about to wait in the kernel: its handler would run
        when that wait ends, which may be for us. Another signal ends it.
        """
        signal.setitimer(signal.ITIMER_REAL, NUDGE_S, NUDGE_S)
        uninterrupted(self._acknowledged.acquire)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _nudge(self, number: int, frame: FrameType | None) -> None:
        os.kill(self._market, NUDGE)
