"""What a recorded run of the market shows from outside: its messages, signals and shared memory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from energymarket.config import Config
from energymarket.events import next_level
from energymarket.offer import decode_offer
from energymarket.price import next_quote
from ipcreel.expect import (
    assert_count,
    assert_depth,
    assert_happens_before,
    assert_never,
    assert_no_findings,
    assert_phases,
    pick,
    rows,
    text_of,
)
from ipcreel.reel import Reel

Record = Callable[..., Reel]
TICKS = 8


@pytest.fixture
def run(record: Record) -> Callable[..., Reel]:
    def run(*more: str, homes: int = 5, exit_code: int | None = 0) -> Reel:
        arguments = f"--homes {homes} --ticks {TICKS} --tick-seconds 0 --seed 7 --output quiet"
        return record(["energymarket", "run", *arguments.split(), *more], exit_code=exit_code)

    return run


def trades(reel: Reel) -> dict[int, dict[str, float]]:
    """Tick → kwh sold to the market and bought from it, as the homes' requests say."""
    totals: dict[int, dict[str, float]] = defaultdict(lambda: {"sell": 0.0, "buy": 0.0})
    for row in rows(reel, pick("socket.endpoint.sendall", process="home-*", payload=r"^(sell|buy) ")).tolist():
        verb, tick, kwh = re.findall(r"^(\w+) tick=(\d+) kwh=([\d.]+)", text_of(reel, row))[0]
        totals[int(tick)][verb] += float(kwh)
    return totals


def amounts(reel: Reel, found: Iterable[int]) -> list[str]:
    texts = " ".join(text_of(reel, int(row)) for row in found)
    return sorted(re.findall(r"tick=\d+ kwh=[\d.]+", texts))


def shared_per_tick(reel: Reel) -> dict[int, dict[str, int]]:
    """Tick → micro-kWh offered, taken by others, and taken back, from the messages of the homes' queue alone."""
    totals: dict[int, dict[str, int]] = defaultdict(lambda: {"offered": 0, "taken": 0, "taken back": 0})
    for operation, sign in (("sysv.queue.send", -1), ("sysv.queue.receive", 1)):
        for row in rows(reel, pick(operation, payload="^offer/1 ")).tolist():
            offer = decode_offer(reel.payload(row))
            is_givers = reel.process_name(int(reel.process[row])) == f"home-{offer.giver}"
            tick = totals[offer.tick]
            if is_givers:
                tick["offered" if sign < 0 else "taken back"] += offer.ukwh
            else:
                tick["taken"] += sign * offer.ukwh
    return totals


def test_nobody_trades_before_all_have_shared_nor_shares_before_all_have_traded(run):
    sharing = pick("sysv.queue.send", process="home-*", payload="^offer/1 ")
    trading = pick("socket.endpoint.*", process="home-*", payload="^(sell|buy|sold|bought) ")
    assert_phases(run(), [sharing, trading], round_pattern=r"tick=(\d+)")


def test_a_home_in_a_hurry_trades_while_others_still_share(run):
    reel = run("--bug", "early-phase", homes=6, exit_code=None)
    sharing = pick("sysv.queue.send", process="home-*", payload="^offer/1 ")
    trading = pick("socket.endpoint.*", process="home-*", payload="^(sell|buy|sold|bought) ")
    with pytest.raises(AssertionError, match=r"these are (concurrent|after)"):
        assert_phases(reel, [sharing, trading], round_pattern=r"tick=(\d+)")


def test_what_was_offered_was_taken_or_taken_back_as_the_messages_alone_say(run):
    for tick, moved in shared_per_tick(run()).items():
        assert moved["offered"] == moved["taken"] + moved["taken back"], f"tick {tick}"


def put_back_whole(reel: Reel) -> int:
    """How often a home put back into the queue all of an offer that it had taken."""
    count, held = 0, {}
    for row in rows(reel, pick("sysv.queue.*", process="home-*", payload="^offer/1 ")).tolist():
        home, offer = reel.process_name(int(reel.process[row])), text_of(reel, row)
        is_send = reel.operations[int(reel.op[row])]["name"] == "sysv.queue.send"
        count += is_send and held.pop(home, None) == offer
        if not is_send:
            held[home] = offer
    return count


def test_who_takes_part_of_an_offer_puts_back_less(run):
    assert put_back_whole(run(homes=6)) == 0


def test_double_take_puts_back_the_whole(run):
    assert put_back_whole(run("--bug", "double-take", homes=6, exit_code=None)) > 0


def test_each_request_has_its_reply_over_the_same_amount(run):
    reel = run()
    for verb, answer in (("sell", "sold"), ("buy", "bought")):
        asked = rows(reel, pick("socket.endpoint.sendall", "home-*", payload=f"^{verb} "))
        answered = rows(reel, pick("socket.endpoint.recv", "home-*", payload=f"^{answer} "))
        assert len(asked)
        assert amounts(reel, asked) == amounts(reel, answered)


def test_the_price_follows_from_transactions_signals_and_the_weather(run, tmp_path):
    storms = tmp_path / "storms.toml"
    storms.write_text("[events]\nwar_probability = 0.5\nfuel_shortage_probability = 0.5\n")
    reel, config = run("--config", str(storms)), Config()
    board = rows(reel, pick("mp.array.set", "market"))
    prices = [float(text_of(reel, row)) for row in board[reel.a[board] == 1].tolist()]
    temperatures = [float(text_of(reel, row)) for row in rows(reel, pick("mp.value.set", "weather")).tolist()]
    traded = trades(reel)
    published = board[reel.a[board] == 0]
    handled = rows(reel, pick("signal.handler.run", "market"))
    price, levels, since = config.price.start, {10: 0.0, 12: 0.0}, 0
    for tick, (found, temperature_c, row) in enumerate(zip(prices, temperatures, published.tolist(), strict=True), 1):
        for number, level in levels.items():
            news = int(((reel.a[handled] == number) & (handled > since) & (handled < row)).sum())
            levels[number] = next_level(level, news, config.events)
        sums = traded[tick]
        quote = next_quote(price, temperature_c, sums["sell"], sums["buy"], levels[10], levels[12], config.price)
        assert found == pytest.approx(quote.price, abs=1e-9), f"tick {tick}"
        price, since = found, row


def test_every_signal_of_external_is_handled_once_and_answered(run):
    reel = run(homes=2)
    kills = len(rows(reel, pick("signal.kill", "external")))
    assert kills > 0
    assert_count(reel, pick("signal.handler.run", "market"), exactly=kills)
    assert_happens_before(reel, pick("mp.process.start", "energymarket"), pick("mp.value.set", "weather"))


def test_a_clean_run_has_shallow_queues_and_no_error_reply(run):
    reel = run()
    assert_depth(reel, "queue *", at_most=256)
    assert_never(reel, pick("socket.endpoint.recv", payload="^error "))


def test_a_clean_run_has_no_findings(run):
    assert_no_findings(run())


def test_a_market_of_one_home_behaves_as_it_always_did(run, assert_same_behaviour):
    run(homes=1)
    assert_same_behaviour("golden/one-home.behaviour")


@pytest.mark.parametrize("homes", [3, 6])
def test_the_weather_and_the_world_outside_do_the_same_whatever_homes_do(run, assert_same_behaviour, homes):
    run(homes=homes)
    assert_same_behaviour("golden/weather.behaviour", process="weather")
