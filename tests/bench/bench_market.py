"""What does a tick of the market cost, beside the same number of processes that do nothing but the same barriers?

    python tests/bench/bench_market.py --homes 10,100,1000 --ticks 20

Aims: a tick at most 10 × the floor at 100 homes; the cost per home at 1,000 homes at most 1.5 × that at 10.
Each figure is the median tick of a run at tick length 0; the first tick, in which everybody warms up, is left out.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

from energymarket.actor import Actor, run_child
from energymarket.bugs import Bug
from energymarket.config import Config, Run
from energymarket.ipc import create
from energymarket.plan import MAIN, Plan, member_count, names
from energymarket.registry import Registry
from energymarket.run import raise_open_files, run_market
from energymarket.supervisor import Supervisor, start_context


class TimedActor(Actor):
    """Notes when each tick is over."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.barrier(MAIN))
        self.times_s: list[float] = []

    def weather(self, tick: int) -> None:
        self.times_s.append(time.perf_counter())


def idle_process(member: int, plan: Plan) -> None:
    run_child(lambda: Actor(plan.barrier(member)).live(plan.config.run.ticks))


def floor_times_s(homes: int, ticks: int) -> list[float]:
    """Ticks of processes that only wait for each other."""
    config = Config(run=Run(homes=homes, ticks=ticks))
    raise_open_files(homes)
    registry = Registry.of_this_process()
    supervisor = Supervisor(start_context("fork"), registry)
    ipc = create(member_count(homes), registry)
    try:
        plan = Plan(config, ipc.keys, ipc.slots)
        for member, name in enumerate(names(homes)):
            if member != MAIN:
                supervisor.start(name, idle_process, member, plan)
        timed = TimedActor(plan)
        timed.live(ticks)
        supervisor.wait_end(failed=lambda: False, may_end=lambda: True)
        return timed.times_s
    finally:
        supervisor.end(ipc.remove)
        registry.remove()


def market_times_s(homes: int, ticks: int) -> list[float]:
    times_s: list[float] = []
    config = Config(run=Run(homes=homes, ticks=ticks, tick_seconds=0.0))
    wrong = run_market(config, Bug.NONE, lambda report: times_s.append(time.perf_counter()))
    assert not wrong, f"{wrong} ticks were wrong"
    return times_s


def median_tick_s(measure: Callable[[int, int], list[float]], homes: int, ticks: int) -> float:
    times_s = measure(homes, ticks)
    return statistics.median(after - before for before, after in pairwise(times_s[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--homes", default="10,100,1000")
    parser.add_argument("--ticks", type=int, default=20)
    arguments = parser.parse_args()
    print(f"{'homes':>6} {'tick ms':>9} {'floor ms':>9} {'ratio':>6} {'µs a home':>10} {'floor µs a home':>16}")
    per_home_us = []
    for homes in map(int, arguments.homes.split(",")):
        floor_s = median_tick_s(floor_times_s, homes, arguments.ticks)
        tick_s = median_tick_s(market_times_s, homes, arguments.ticks)
        per_home_us.append(tick_s / homes * 1e6)
        print(
            f"{homes:>6} {tick_s * 1e3:>9.2f} {floor_s * 1e3:>9.2f} {tick_s / floor_s:>6.1f}"
            f" {per_home_us[-1]:>10.0f} {floor_s / homes * 1e6:>16.0f}",
            flush=True,
        )
    if len(per_home_us) > 1:
        print(f"cost per home, last to first: {per_home_us[-1] / per_home_us[0]:.2f} ×")


if __name__ == "__main__":
    main()
