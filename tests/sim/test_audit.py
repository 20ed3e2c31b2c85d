from dataclasses import replace

from energymarket.audit import Evidence, findings, totals_of
from energymarket.ledger import Entry

FINE = Evidence(events_raised=1, events_counted=1, offers_left=0, torn_reads=0, supply_ukwh=2, demand_ukwh=3)
# home 0 gives 4 of 6 and sells 2, home 1 takes 4 of 7 and buys 3
ENTRIES = [
    Entry(produced_ukwh=10, consumed_ukwh=4, given_ukwh=4, sold_ukwh=2),
    Entry(produced_ukwh=1, consumed_ukwh=8, taken_ukwh=4, bought_ukwh=3),
]


def found(entries: list[Entry], evidence: Evidence = FINE, offers: tuple[bool, ...] = (False, True)) -> list[str]:
    return findings(totals_of(entries, offers), evidence)


def test_a_tick_in_which_all_rules_hold_has_no_findings():
    assert found(ENTRIES) == []


def test_energy_out_of_nothing_is_found():
    assert found([ENTRIES[0], replace(ENTRIES[1], taken_ukwh=5, bought_ukwh=2)], replace(FINE, demand_ukwh=2)) == [
        "energy is not conserved: produced − consumed is -0.000001 kWh, unused + net sold is 0.000000 kWh"
    ]


def test_a_need_that_was_bought_beside_an_offer_is_found():
    assert found(ENTRIES, offers=(True, True)) == [
        "0.000002 kWh were traded or unused though a neighbour offered and a neighbour needed them"
    ]


def test_books_that_do_not_agree_with_the_homes_are_found():
    assert "the market booked 0.000009 and 0.000003 kWh" in found(ENTRIES, replace(FINE, supply_ukwh=9))[0]


def test_an_event_that_was_not_counted_is_found():
    assert found(ENTRIES, replace(FINE, events_counted=0)) == ["1 events were raised, 0 counted"]


def test_offers_left_in_the_queue_are_found():
    assert found(ENTRIES, replace(FINE, offers_left=2)) == ["2 offers were left in the queue"]


def test_torn_reads_are_found():
    assert "1 homes read a price board whose terms" in found(ENTRIES, replace(FINE, torn_reads=1))[0]
