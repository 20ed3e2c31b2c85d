"""The weather: moves the temperature."""

from energymarket.actor import Actor, run_child
from energymarket.climate import temperatures_c
from energymarket.plan import WEATHER, Plan, Shared


def weather_process(plan: Plan, shared: Shared) -> None:
    run_child(lambda: Weather(plan, shared).live(plan.config.run.ticks))


class Weather(Actor):
    """Puts the temperature of each tick into shared memory."""

    def __init__(self, plan: Plan, shared: Shared) -> None:
        super().__init__(plan.barrier(WEATHER))
        self._temperature_c = shared.temperature_c
        self._coming_c = temperatures_c(plan.config.run.seed, plan.config.weather)

    def weather(self, tick: int) -> None:
        self._temperature_c.value = next(self._coming_c)
