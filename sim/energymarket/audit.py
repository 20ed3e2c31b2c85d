"""What must hold after every tick, whatever the schedule was."""

from collections.abc import Sequence
from dataclasses import dataclass

from energymarket.energy import kwh_text
from energymarket.ledger import Entry


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over all homes, in micro-kWh."""

    produced_ukwh: int
    consumed_ukwh: int
    given_ukwh: int
    taken_ukwh: int
    unused_ukwh: int
    sold_ukwh: int
    bought_ukwh: int
    offered_ukwh: int
    needed_ukwh: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else main saw of a tick."""

    events_raised: int
    events_counted: int
    offers_left: int
    torn_reads: int
    supply_ukwh: int
    demand_ukwh: int


def totals_of(entries: Sequence[Entry], offers: Sequence[bool]) -> Totals:
    """Adds up a tick; `offers[i]` says whether home i offers its surplus to its neighbours."""
    deltas = [entry.delta_ukwh for entry in entries]
    return Totals(
        produced_ukwh=sum(entry.produced_ukwh for entry in entries),
        consumed_ukwh=sum(entry.consumed_ukwh for entry in entries),
        given_ukwh=sum(entry.given_ukwh for entry in entries),
        taken_ukwh=sum(entry.taken_ukwh for entry in entries),
        unused_ukwh=sum(entry.unused_ukwh for entry in entries),
        sold_ukwh=sum(entry.sold_ukwh for entry in entries),
        bought_ukwh=sum(entry.bought_ukwh for entry in entries),
        offered_ukwh=sum(delta for delta, offered in zip(deltas, offers, strict=True) if offered and delta > 0),
        needed_ukwh=sum(-delta for delta in deltas if delta < 0),
    )


def findings(totals: Totals, evidence: Evidence) -> list[str]:
    """One sentence for each rule that was broken; empty where all hold."""
    found = []
    left_ukwh = totals.produced_ukwh - totals.consumed_ukwh
    accounted_ukwh = totals.unused_ukwh + totals.sold_ukwh - totals.bought_ukwh
    if left_ukwh != accounted_ukwh:
        found.append(
            f"energy is not conserved: produced − consumed is {kwh_text(left_ukwh)} kWh, "
            f"unused + net sold is {kwh_text(accounted_ukwh)} kWh"
        )
    sharable_ukwh = min(totals.offered_ukwh, totals.needed_ukwh)
    if totals.taken_ukwh < sharable_ukwh:
        found.append(
            f"{kwh_text(sharable_ukwh - totals.taken_ukwh)} kWh were traded or unused "
            "though a neighbour offered and a neighbour needed them"
        )
    if (totals.sold_ukwh, totals.bought_ukwh) != (evidence.supply_ukwh, evidence.demand_ukwh):
        found.append(
            f"homes sold {kwh_text(totals.sold_ukwh)} and bought {kwh_text(totals.bought_ukwh)} kWh, "
            f"the market booked {kwh_text(evidence.supply_ukwh)} and {kwh_text(evidence.demand_ukwh)} kWh"
        )
    if evidence.events_raised != evidence.events_counted:
        found.append(f"{evidence.events_raised} events were raised, {evidence.events_counted} counted")
    if evidence.offers_left:
        found.append(f"{evidence.offers_left} offers were left in the queue")
    if evidence.torn_reads:
        found.append(f"{evidence.torn_reads} homes read a price board whose terms do not add up to its price")
    return found
