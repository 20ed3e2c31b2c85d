"""Whether the market's prices follow from what they were made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from energymarket.energy import ukwh_from_kwh
from energymarket.price import Coefficients, balance_factor, next_quote, temperature_factor
from reelview.lens.market_data import FUEL_SHORTAGE, WAR, Market, Tick

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing that was computed again for a tick, and whether it came out as recorded."""

    what: str
    agrees: bool
    detail: str


def coefficients_of(market: Market) -> Coefficients:
    """The weights that the run was made with: each as a term divided by its factor, where there is a tick with both.

    The configuration is no message, so the weights are read off the first such tick; all others must then agree.
    """
    boards = [tick.board for tick in market.ticks]
    usual = Coefficients()
    return Coefficients(
        gamma=_weight(usual.gamma, ((b.carried, b.previous_price) for b in boards)),
        alpha_temperature=_weight(
            usual.alpha_temperature, ((b.temperature, temperature_factor(b.temperature_c)) for b in boards)
        ),
        alpha_balance=_weight(
            usual.alpha_balance, ((b.balance, balance_factor(b.supply_kwh, b.demand_kwh)) for b in boards)
        ),
        beta_war=_weight(usual.beta_war, ((b.war, b.war_level) for b in boards)),
        beta_fuel_shortage=_weight(
            usual.beta_fuel_shortage, ((b.fuel_shortage, b.fuel_shortage_level) for b in boards)
        ),
        floor=market.first.floor,
    )


def _weight(usual: float, pairs: Iterable[tuple[float, float]]) -> float:
    for term, factor in pairs:
        if factor:
            return float(f"{term / factor:.{_DIGITS}g}")
    return usual


def agreements(market: Market, place: int, weights: Coefficients) -> list[Agreement]:
    """What is computed again for the tick at a place of `market.ticks`."""
    tick = market.ticks[place]
    board = tick.board
    before = market.ticks[place - 1].board.price if place else market.first.price
    quote = next_quote(
        before, board.temperature_c, board.supply_kwh, board.demand_kwh, board.war_level, board.fuel_shortage_level,
        weights,
    )  # fmt: skip
    bought, sold = (traded_ukwh(tick, verb) for verb in ("buy", "sell"))
    wars, shortages = (sum(each.signal == number for each in tick.events) for number in (WAR, FUEL_SHORTAGE))
    return [
        Agreement(
            "the price",
            abs(quote.price - board.price) <= 1e-9 * max(1.0, abs(board.price)),
            f"the recurrence gives {quote.price:.6f}, the board has {board.price:.6f} €/kWh",
        ),
        Agreement(
            "the trade",
            (sold, bought) == (ukwh_from_kwh(board.supply_kwh), ukwh_from_kwh(board.demand_kwh)),
            f"by the replies over TCP ({len(tick.deals)}) {sold / 1e6:.6f} kWh sold and {bought / 1e6:.6f} bought, "
            f"the board has {board.supply_kwh:.6f} and {board.demand_kwh:.6f}",
        ),
        Agreement(
            "the events",
            (wars, shortages) == (board.wars, board.fuel_shortages),
            f"signals delivered: {wars} of a war, {shortages} of a fuel shortage; "
            f"the board counts {board.wars} and {board.fuel_shortages}",
        ),
    ]


def traded_ukwh(tick: Tick, verb: str) -> int:
    """What was bought or sold in a tick, by the market's replies."""
    return sum(each.deal.trade.ukwh for each in tick.deals if each.deal.trade.verb == verb)
