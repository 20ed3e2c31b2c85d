"""What must hold in the market: of no offer more is taken than was given, and none outlives its tick."""

from __future__ import annotations

from dataclasses import dataclass

from energymarket.energy import kwh_text
from energymarket.offer import Offer
from ipcreel.analysis.findings import Finding
from ipcreel.reel import Reel
from reelview.lens.market_data import read_offer

_NOTE = 3  # what a taker notes of a share: giver, taker, micro-kWh


@dataclass
class _Taking:
    """An offer in a home's hands: the row of its receive, and what the home noted to have taken of it."""

    row: int
    offer: Offer
    noted_ukwh: int = 0
    note: int = -1


def find_double_takes(reel: Reel) -> list[Finding]:
    """Offers of which more was taken and put back than there was: per tick and giver, Σ taken ≤ Σ given.

    What was taken is what takers note in the shared array of shares; what was given is the first message of a giver
    in a tick. A run whose takers do not note what they take is not judged.
    """
    given: dict[tuple[int, int], int] = {}
    taken: dict[tuple[int, int], int] = {}
    wrong: dict[int, tuple[_Taking, int]] = {}
    hands: dict[int, _Taking] = {}
    for row in reel.events.rows("sysv.queue.send", "sysv.queue.receive", "mp.array.set").tolist():
        lane, name = int(reel.lane[row]), reel.operations[int(reel.op[row])]["name"]
        holds = hands.get(lane)
        if name == "mp.array.set":
            if holds is not None and reel.b[row] != 0:
                _note(holds, row, reel.payload(row))
            continue
        offer = read_offer(reel.payload(row))
        if offer is None:
            continue
        if holds is not None:
            taken[_of(holds.offer)] = taken.get(_of(holds.offer), 0) + holds.noted_ukwh
            del hands[lane]
        if name == "sysv.queue.receive":
            hands[lane] = _Taking(row, offer)
        elif holds is None or _of(holds.offer) != _of(offer):
            given.setdefault(_of(offer), offer.ukwh)
        elif holds.noted_ukwh + offer.ukwh > holds.offer.ukwh:
            wrong[row] = (holds, offer.ukwh)
    for holds in hands.values():
        taken[_of(holds.offer)] = taken.get(_of(holds.offer), 0) + holds.noted_ukwh
    return [_finding(reel, wrong, given, taken)] if wrong else []


def _of(offer: Offer) -> tuple[int, int]:
    return offer.tick, offer.giver


def _note(holds: _Taking, row: int, values: object) -> None:
    if isinstance(values, list | tuple) and len(values) == _NOTE and values[0] == holds.offer.giver:
        holds.noted_ukwh, holds.note = int(values[2]), row


def _finding(
    reel: Reel,
    wrong: dict[int, tuple[_Taking, int]],
    given: dict[tuple[int, int], int],
    taken: dict[tuple[int, int], int],
) -> Finding:
    shown = [row for row, (each, _) in wrong.items() if taken.get(_of(each.offer), 0) > given.get(_of(each.offer), 0)]
    back = shown[0] if shown else next(iter(wrong))
    holds, back_ukwh = wrong[back]
    key = _of(holds.offer)
    rows = (back, holds.row, *([holds.note] if holds.note >= 0 else []), *(row for row in wrong if row != back))
    taker = reel.lane_name(int(reel.lane[back]))
    sums = f"; of {kwh_text(given[key])} kWh given {kwh_text(taken[key])} were taken" if key in given else ""
    times = f" The same happened {len(wrong)} times." if len(wrong) > 1 else ""
    return Finding(
        "double-take",
        int(reel.begin[back]),
        rows,
        f"{taker} took {kwh_text(holds.noted_ukwh)} kWh of the {kwh_text(holds.offer.ukwh)} kWh that home-"
        f"{holds.offer.giver} offered in tick {holds.offer.tick}, and put {kwh_text(back_ukwh)} kWh back{sums}.{times}",
        "What goes back into the queue is not the rest of the offer but the whole: it is taken twice.",
    )


def find_stale_offers(reel: Reel) -> list[Finding]:
    """Offers that were taken when some of a later tick had already been made.

    Two barriers stand between the last taker of a tick and the first offer of the next: in a run whose givers take back
    what is left there is none.
    """
    moves = []
    for row in reel.events.rows("sysv.queue.send", "sysv.queue.receive").tolist():
        offer = read_offer(reel.payload(row))
        if offer is not None:
            is_send = reel.operations[int(reel.op[row])]["name"] == "sysv.queue.send"
            moves.append((int(reel.end[row] if is_send else reel.begin[row]), row, is_send, offer))
    newest, stale = -1, []
    for _, row, is_send, offer in sorted(moves, key=lambda move: move[:2]):
        if is_send:
            newest = max(newest, offer.tick)
        elif offer.tick < newest:
            stale.append((row, offer, newest))
    if not stale:
        return []
    row, offer, tick = stale[0]
    sends = reel.flows.cause[reel.flows.effect == row].tolist()
    others = f" The same happened {len(stale)} times." if len(stale) > 1 else ""
    return [
        Finding(
            "stale-offer",
            int(reel.begin[row]),
            (row, *sends, *(other for other, _, _ in stale[1:])),
            f"{reel.lane_name(int(reel.lane[row]))} took in tick {tick} what home-{offer.giver} had offered in tick "
            f"{offer.tick}: {kwh_text(offer.ukwh)} kWh.{others}",
            "Nobody took it back when its tick ended: what is left of an offer belongs to its giver again.",
        )
    ]
