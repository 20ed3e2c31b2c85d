import signal

import pytest

from energymarket.bugs import ZOO, Bug

HANGS = ("--tick-seconds", "0", "--output", "json")


def findings(market, bug: Bug, *arguments: str, ticks: int = 100) -> list[str]:
    """What a run with a bug found out about itself."""
    told = market.ticks("--bug", bug.value, "--homes", "6", "--ticks", str(ticks), *arguments, exit_code=1)
    return [finding for tick in told for finding in tick["findings"]]


def assert_hangs(market, bug: Bug, *arguments: str) -> None:
    """The run stops to tell ticks; interrupted, it still leaves nothing."""
    process = market.start("run", "--bug", bug.value, *HANGS, *arguments)
    market.wait_until(lambda: any("home-0" in notes.processes for notes in market.all_notes()), "homes are started")
    market.wait_until_blocked(process)
    (notes,) = market.all_notes()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    market.assert_nothing_left(notes)


def test_every_bug_has_a_symptom_a_cause_and_a_place(market):
    listed = market.run("bugs").stdout
    assert {species.bug for species in ZOO} == set(Bug) - {Bug.NONE}
    for species in ZOO:
        assert all(text in listed for text in (species.bug.value, species.symptom, species.cause, species.place))


@pytest.mark.parametrize("bug", [Bug.LOCK_ORDER, Bug.LOST_WAKEUP])
def test_a_bug_of_the_traders_hangs_the_run(market, bug):
    assert_hangs(market, bug, "--homes", "12")


def surplus(market) -> str:
    """Twenty homes of which most offer, and a queue that holds eight offers."""
    path = market.folder / "surplus.toml"
    path.write_text("[run]\nqueue_bytes = 400\n[homes]\nproduction_low_kwh = 3.0\n[weather]\nmean_c = 20.0\n")
    return str(path)


def test_full_queue_hangs_where_offers_do_not_fit(market):
    assert_hangs(market, Bug.FULL_QUEUE, "--homes", "24", "--config", surplus(market))


def test_full_queue_does_not_hang_where_they_fit(market):
    ticks = market.ticks("--bug", Bug.FULL_QUEUE.value, "--homes", "6", "--ticks", "30")
    assert [tick["findings"] for tick in ticks] == [[]] * 30


def test_without_the_bug_offers_that_do_not_fit_do_no_harm(market):
    ticks = market.ticks("--homes", "24", "--ticks", "20", "--config", surplus(market))
    assert [tick["findings"] for tick in ticks] == [[]] * 20


def test_early_phase_lets_homes_buy_what_neighbours_offer(market):
    assert any("though a neighbour offered" in finding for finding in findings(market, Bug.EARLY_PHASE))


def test_torn_read_shows_prices_that_are_not_the_sum_of_their_terms(market):
    assert any("terms do not add up" in finding for finding in findings(market, Bug.TORN_READ, ticks=500))


def test_orphan_offer_leaves_offers_in_the_queue(market):
    assert any("offers were left in the queue" in finding for finding in findings(market, Bug.ORPHAN_OFFER))


def test_lost_signal_counts_two_events_once(market):
    path = market.folder / "war.toml"
    path.write_text("[events]\nwar_probability = 1.0\ndouble_probability = 1.0\n")
    found = findings(market, Bug.LOST_SIGNAL, "--config", str(path))
    assert any("events were raised" in finding for finding in found)


def test_double_take_makes_energy_out_of_nothing(market):
    assert any("energy is not conserved" in finding for finding in findings(market, Bug.DOUBLE_TAKE))


def test_leak_leaves_a_queue_behind_which_clean_removes(market):
    ended = market.run("run", "--bug", "leak", "--ticks", "2", "--tick-seconds", "0", "--output", "quiet")
    assert (ended.returncode, ended.stderr) == (0, "")
    (notes,) = market.all_notes()
    assert [kind for kind, _ in market.objects(notes)] == ["queue"]
    assert "removed 1 queue\n" in market.run("clean").stdout
    market.assert_nothing_left(notes)
