"""One run of the market, from its first object to its last process."""

import gc
import resource
import signal
import threading
from collections.abc import Callable

import sysv_ipc

from energymarket.bugs import Bug
from energymarket.clock import Clock
from energymarket.config import Config
from energymarket.home import home_process
from energymarket.ipc import Ipc, LimitError, create
from energymarket.lifeline import SUPERVISORS_SIGNALS
from energymarket.market import market_process
from energymarket.plan import Plan, Shared, make_shared, member_count
from energymarket.registry import Registry
from energymarket.report import TickReport
from energymarket.supervisor import RunError, Supervisor, start_context
from energymarket.weather import weather_process

FDS_A_HOME = 3  # two in main for each child, one in the market for each connection
FDS_BESIDES = 128
CLOCK_ENDS_S = 1.0


def run_market(config: Config, bug: Bug, tell: Callable[[TickReport], None]) -> int:
    """Runs all ticks; returns in how many of them something was wrong.

    Raises:
        RunError, LimitError, RegistryError: with one line that says what to do.
        InterruptedRunError: SIGINT or SIGTERM came.
        OSError: `tell` could not write.
    """
    raise_open_files(config.run.homes)
    context = start_context(config.run.start_method)
    registry = Registry.of_this_process()
    supervisor = Supervisor(context, registry)
    ipc: Ipc | None = None
    try:
        ipc = create(member_count(config.run.homes), registry, config.run.queue_bytes)
        plan = Plan(config, ipc.keys, ipc.slots, bug)
        return _run(plan, make_shared(context, config), supervisor, tell)
    finally:
        supervisor.end(lambda: ipc.remove(bug) if ipc else None)
        _let_clock_end()
        if bug is not Bug.LEAK:
            registry.remove()


def _run(plan: Plan, shared: Shared, supervisor: Supervisor, tell: Callable[[TickReport], None]) -> int:
    gc.collect()
    gc.freeze()  # children share main's pages as long as the collector does not write to them
    _start_all(plan, shared, supervisor)
    clock = Clock(plan, shared, tell)
    thread = ClockThread(clock, plan.config.run.ticks, supervisor.wake)
    thread.start()
    try:
        supervisor.wait_end(failed=lambda: thread.error is not None, may_end=lambda: clock.in_last_phase)
    finally:
        clock.stop()
    if thread.error:
        raise thread.error
    thread.join()
    return clock.ticks_with_findings


def _start_all(plan: Plan, shared: Shared, supervisor: Supervisor) -> None:
    told = supervisor.start_and_hear("market", market_process, plan, shared)
    if isinstance(told, str):
        raise RunError(told)
    port, external = told
    supervisor.adopt("external", external)
    supervisor.start("weather", weather_process, plan, shared)
    for home in range(plan.config.run.homes):
        supervisor.start(f"home-{home}", home_process, home, plan, shared, port)


def _let_clock_end() -> None:
    """What it waited in is gone. An interpreter that ends while a thread is at its output aborts."""
    for thread in threading.enumerate():
        if isinstance(thread, ClockThread):
            thread.join(CLOCK_ENDS_S)


class ClockThread(threading.Thread):
    """Main's second thread: it waits at barriers, so that the first is free for signals and for the dead."""

    def __init__(self, clock: Clock, ticks: int, wake: Callable[[], None]) -> None:
        super().__init__(name="clock", daemon=True)
        self.error: Exception | None = None
        self._clock = clock
        self._ticks = ticks
        self._wake = wake

    def start(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SUPERVISORS_SIGNALS)  # the thread inherits this
        super().start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self) -> None:
        try:
            self._clock.live(self._ticks)
            self._clock.tell_last()
        except sysv_ipc.ExistentialError:
            pass  # the run is being ended, or its children notice the same
        except Exception as error:
            self.error = error
            self._wake()


def raise_open_files(homes: int) -> None:
    """Uses what the user may open without asking anybody.

    Raises:
        LimitError: it is not enough.
    """
    wanted = homes * FDS_A_HOME + FDS_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise LimitError(
                f"{homes} homes need {wanted} open files, the hard limit is {hard}: raise it with ulimit -Hn"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
