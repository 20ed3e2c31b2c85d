"""A tick as main tells of it: as readable lines, or as a JSON object."""

import json
from dataclasses import asdict, dataclass

from energymarket.audit import Totals
from energymarket.board import Board
from energymarket.energy import kwh_from_ukwh
from energymarket.ledger import Entry, Share
from energymarket.profile import Policy


@dataclass(frozen=True, slots=True)
class TickReport:
    """Entries and policies are in order of homes."""

    board: Board
    entries: list[Entry]
    policies: list[Policy]
    shares: list[Share]
    totals: Totals
    findings: list[str]


def as_text(report: TickReport) -> str:
    """A paragraph: the tick, its homes, its shares, what is wrong with it."""
    board, totals = report.board, report.totals
    lines = [
        f"tick {board.tick}  {board.temperature_c:+.1f} °C  price {board.price:.4f} €/kWh = "
        f"{board.carried:.4f} carried {board.temperature:+.4f} temperature {board.balance:+.4f} balance "
        f"{board.war:+.4f} war {board.fuel_shortage:+.4f} fuel shortage" + (" (floor)" if board.quote.floored else ""),
        *_event_lines(board),
        *(_home_line(home, report, board) for home in range(len(report.entries))),
        *(f"  home-{share.giver} → home-{share.taker}  {_kwh(share.ukwh)} kWh" for share in report.shares),
        f"  in all: shared {_kwh(totals.taken_ukwh)}, unused {_kwh(totals.unused_ukwh)}, "
        f"sold {_kwh(totals.sold_ukwh)}, bought {_kwh(totals.bought_ukwh)} kWh",
        *(f"  WRONG: {finding}" for finding in report.findings),
    ]
    return "\n".join(lines)


def _event_lines(board: Board) -> list[str]:
    happened = ((board.wars, "war"), (board.fuel_shortages, "fuel shortage"))
    return [f"  event: {name}{' twice' if times > 1 else ''}" for times, name in happened if times]


def _home_line(home: int, report: TickReport, board: Board) -> str:
    entry, policy = report.entries[home], report.policies[home]
    done = [
        f"{verb} {_kwh(ukwh)}{price}"
        for verb, ukwh, price in (
            ("gave", entry.given_ukwh, ""),
            ("took", entry.taken_ukwh, ""),
            ("unused", entry.unused_ukwh, ""),
            ("sold", entry.sold_ukwh, f" at {board.previous_price:.4f}"),
            ("bought", entry.bought_ukwh, f" at {board.previous_price:.4f}"),
        )
        if ukwh
    ]
    return f"  home-{home:<4} {policy.value:<12} delta {kwh_from_ukwh(entry.delta_ukwh):+.3f}  {', '.join(done)}"


def _kwh(ukwh: int) -> str:
    return f"{kwh_from_ukwh(ukwh):.3f}"


def as_json(report: TickReport) -> str:
    """One line; amounts are micro-kWh, as everywhere inside, where the name says so."""
    homes = [
        {"home": home, "policy": policy.value, "delta_ukwh": entry.delta_ukwh, **asdict(entry)}
        for home, (entry, policy) in enumerate(zip(report.entries, report.policies, strict=True))
    ]
    return json.dumps(
        {
            **asdict(report.board),
            "homes": homes,
            "shares": [asdict(share) for share in report.shares],
            "totals": asdict(report.totals),
            "findings": report.findings,
        }
    )
