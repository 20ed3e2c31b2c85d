"""The energy market as a lens."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Any

import numpy as np

from energymarket.price import balance_factor, temperature_factor
from ipcreel.reel import Reel
from ipcreel.reel.describe import text_of
from ipcreel.reel.text import duration_text
from reelview import page
from reelview.lens.chain import chain, past_of
from reelview.lens.lens import Curve, Lens, Parts
from reelview.lens.market_data import WAR, Market, Tick, read_market
from reelview.lens.recurrence import agreements, coefficients_of

_MOST = 40
_COLUMNS = (
    "tick", "price", "carried", "temperature", "balance", "war", "fuel_shortage", "temperature_c", "supply_kwh",
    "demand_kwh", "war_level", "fuel_shortage_level", "wars", "fuel_shortages",
)  # fmt: skip


def market_lens(reel: Reel) -> Lens | None:
    """The market in a reel; None where there is none."""
    if "mp.array.create" not in {str(row["name"]) for row in reel.operations.values()}:
        return None
    market = read_market(reel)
    return None if market is None else MarketPage(reel, market).lens()


class MarketPage:
    """What the lens says of each moment."""

    def __init__(self, reel: Reel, market: Market) -> None:
        self._reel = reel
        self._market = market
        self._weights = coefficients_of(market)
        self._priced_ns = [tick.at_ns for tick in market.ticks]
        self.page_of = lru_cache(maxsize=64)(self._page)

    def lens(self) -> Lens:
        ticks = self._market.ticks
        tick_ns = np.array([self._reel.begin_ns, *(tick.begin_ns for tick in ticks)], np.int64)
        return Lens("Pricing", tick_ns, self._curves(), self.page, self.table, self.parts)

    def place(self, at_ns: int) -> int:
        """The place of the tick whose price holds at a moment; -1 before the first."""
        return bisect_right(self._priced_ns, at_ns) - 1

    def _curves(self) -> tuple[Curve, ...]:
        ticks = self._market.ticks
        at_ns = np.array([tick.at_ns for tick in ticks], np.int64)
        row = np.array([tick.row for tick in ticks], np.int64)

        def curve(name: str, unit: str, field: str, group: str, colour: int, *, bars: bool = False) -> Curve:
            value = np.array([getattr(tick.board, field) for tick in ticks], np.float64)
            return Curve(name, unit, at_ns, value, row, group, colour, bars)

        first = Curve(
            "price", "€/kWh", np.append(self._reel.begin_ns, at_ns),
            np.array([self._market.first.price, *(tick.board.price for tick in ticks)]),
            np.append(row[:1], row), "price", 6,
        )  # fmt: skip
        return (
            first,
            curve("temperature", "°C", "temperature_c", "temperature", 9),
            curve("sold", "kWh", "supply_kwh", "trade", 2),
            curve("bought", "kWh", "demand_kwh", "trade", 1),
            curve("wars", "", "wars", "events", 0, bars=True),
            curve("fuel shortages", "", "fuel_shortages", "events", 10, bars=True),
        )

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """A row a tick."""
        boards = [tick.board for tick in self._market.ticks]
        rows = [
            (*(getattr(board, name) for name in _COLUMNS), len(tick.deals), len(tick.shares))
            for board, tick in zip(boards, self._market.ticks, strict=True)
        ]
        return (*_COLUMNS, "transactions", "shares"), rows

    def parts(self, at_ns: int) -> Parts | None:
        """The price that holds at a moment, as the sum of its terms."""
        place = self.place(at_ns)
        if place < 0:
            return None
        board, weights = self._market.ticks[place].board, self._weights
        heat, balance = temperature_factor(board.temperature_c), balance_factor(board.supply_kwh, board.demand_kwh)
        return Parts(
            f"P({board.tick}) = {board.price:.4f} €/kWh",
            "P(t) = γ·P(t−1) + α₁·cold + α₂·balance + β₁·war + β₂·fuel shortage, at least the floor",
            "€/kWh",
            (
                ("carried over", board.carried, f"{weights.gamma:g} · {board.previous_price:.4f}"),
                ("cold", board.temperature,
                 f"{weights.alpha_temperature:g} · {heat:.3f}, at {board.temperature_c:.1f} °C"),
                ("balance", board.balance, f"{weights.alpha_balance:g} · {balance:+.3f}, sold {board.supply_kwh:.3f}, "
                 f"bought {board.demand_kwh:.3f} kWh"),
                ("war", board.war, f"{weights.beta_war:g} · {board.war_level:.3f}"),
                ("fuel shortage", board.fuel_shortage,
                 f"{weights.beta_fuel_shortage:g} · {board.fuel_shortage_level:.3f}"),
            ),
            board.price,
            board.floor,
        )  # fmt: skip

    def page(self, at_ns: int) -> str:
        place = self.place(at_ns)
        return self.page_of(place)

    def _page(self, place: int) -> str:
        if place < 0:
            first = self._market.first
            note = f"The run starts at {first.price:.4f} €/kWh: no tick has been priced yet."
            ticks = self._market.ticks
            return page.text(note) + (
                " " + page.link(f"time:{ticks[0].at_ns}", "Go to the first price") if ticks else ""
            )
        tick = self._market.ticks[place]
        return "".join((self._head(tick, place), self._agreement(place), self._made_of(tick), self._chain(tick)))

    def _head(self, tick: Tick, place: int) -> str:
        before = self._market.ticks[place - 1].board.price if place else self._market.first.price
        change = tick.board.price - before
        at = duration_text(tick.at_ns - self._reel.begin_ns)
        steps = [
            page.link(f"time:{self._market.ticks[n].at_ns}", shown)
            for n, shown in ((place - 1, "◀\u00a0tick\u00a0before"), (place + 1, "tick\u00a0after\u00a0▶"))
            if 0 <= n < len(self._market.ticks)
        ]
        written = page.link(f"event:{tick.row}", f"written at {at}")
        holds = page.faint(f"It holds in tick {tick.number + 1}: a tick writes its price at its end, for the next.")
        led = page.link(f"cone:{tick.row}:{tick.begin_ns}", "Show what led to it on the timeline")
        return f"Tick {tick.number}: {change:+.4f} €/kWh, {written} &nbsp; {' &nbsp; '.join(steps)}<br>{holds}<br>{led}"

    def _agreement(self, place: int) -> str:
        lines = []
        for each in agreements(self._market, place, self._weights):
            sign = "✓" if each.agrees else page.bad("✗ does not agree:")
            lines.append(f"{sign} {page.text(each.what)}: {page.faint(each.detail)}")
        return page.heading("Computed again from the messages") + "<br>".join(lines)

    def _made_of(self, tick: Tick) -> str:
        deals = [
            page.link(f"event:{each.reply}", f"home-{each.home} {verb} {each.deal.trade.ukwh / 1e6:.3f} kWh")
            + f" at {each.deal.price:.4f} €/kWh {page.link(f'event:{each.request}', 'asked')}"
            for each in tick.deals
            for verb in ["sells" if each.deal.trade.verb == "sell" else "buys"]
        ]
        shares = [
            page.link(
                f"event:{each.receive}", f"{each.taker} takes {each.taken_ukwh / 1e6:.3f} kWh of home-{each.giver}"
            )
            for each in tick.shares
        ]
        events = [
            page.link(f"event:{each.delivered}", "a war begins" if each.signal == WAR else "fuel runs short")
            for each in tick.events
        ]
        sections = (("Transactions", deals), ("Shares among homes", shares), ("Signals", events))
        return "".join(
            page.heading(f"{title} ({len(lines)})") + (page.first(lines, _MOST, "") or page.faint("none"))
            for title, lines in sections
        )

    def _chain(self, tick: Tick) -> str:
        reel = self._reel
        rows = past_of(reel, tick.row, tick.begin_ns)
        lines = []
        for each in chain(reel, rows):
            ends = [reel.lane_name(int(reel.lane[row])) for row in (each.cause, each.effect)]
            what = text_of(reel, each.cause, 44) or str(reel.objects[int(reel.object[each.cause])][3])
            lines.append(
                f"{page.link(f'event:{each.cause}', ends[0])} → {page.link(f'event:{each.effect}', ends[1])} "
                + page.faint(f"{each.kind} {what}")
            )
        show = page.link(f"cone:{tick.row}:{tick.begin_ns}", f"show its {len(rows):,} events on the timeline")
        return (
            page.heading(f"What led to this price ({len(lines)} messages)")
            + show
            + "<br>"
            + page.first(lines, _MOST, "messages", in_pieces=True)
        )
