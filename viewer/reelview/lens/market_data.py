"""The market's ticks, rebuilt from recorded IPC alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from energymarket.board import LENGTH, Board, decode_board, is_whole
from energymarket.offer import Offer, decode_offer
from energymarket.protocol import Deal, Hello, ProtocolError, Trade, decode_deal, decode_request
from ipcreel.analysis.flows.streams import peers
from ipcreel.reel import Reel

WAR, FUEL_SHORTAGE = 10, 12
"""SIGUSR1, SIGUSR2 (signal(7))."""

Rows = NDArray[np.int64]
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class BoughtOrSold:
    """A deal with the market; `request` is the home's send, `reply` the market's."""

    home: int
    deal: Deal
    request: int
    reply: int


@dataclass(frozen=True, slots=True)
class Share:
    """An offer that a home took from the queue, `taken_ukwh` of it."""

    giver: int
    taker: str
    tick: int
    taken_ukwh: int
    receive: int


@dataclass(frozen=True, slots=True)
class Event:
    """A war or a fuel shortage, where its signal reached the market."""

    signal: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Tick:
    """What made one price.

    begin_ns: when the tick began; at_ns when its price was written, by the event `row`.
    """

    number: int
    begin_ns: int
    at_ns: int
    row: int
    last_row: int
    board: Board
    deals: tuple[BoughtOrSold, ...]
    shares: tuple[Share, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """The run: its first board, and a tick for each price."""

    first: Board
    object: int
    ticks: tuple[Tick, ...]


def read_market(reel: Reel) -> Market | None:
    """The market in a reel; None where nothing in it is a price board."""
    board = _board_object(reel)
    if board is None:
        return None
    first, number = board
    writes = list(_board_writes(reel, number))
    deals, shares, events = _deals(reel), _shares(reel), _events(reel, writes)
    begins = _begins(reel, [at for at, _ in writes])
    deals_of, shares_of = _by_tick(deals, lambda each: each.deal.trade.tick), _by_tick(shares, lambda each: each.tick)
    ticks = []
    since = reel.begin_ns
    for (rows, state), begin_ns in zip(writes, begins, strict=True):
        until = int(reel.begin[rows[0]])
        ticks.append(
            Tick(
                number=state.tick,
                begin_ns=begin_ns,
                at_ns=until,
                row=rows[0],
                last_row=rows[-1],
                board=state,
                deals=tuple(deals_of.get(state.tick, ())),
                shares=tuple(shares_of.get(state.tick, ())),
                events=tuple(each for each in events if since <= reel.begin[each.delivered] < until),
            )
        )
        since = until
    return Market(first, number, tuple(ticks))


def market_ticks(reel: Reel) -> Rows | None:
    """(n,) when tick i began, ns: tick 0 is the setting up; None where nothing in the reel is a price board."""
    board = _board_object(reel)
    if board is None:
        return None
    writes = [rows for rows, _ in _board_writes(reel, board[1])]
    return np.array([reel.begin_ns, *_begins(reel, writes)], np.int64)


def _by_tick(each_of: list[_Made], tick_of: Callable[[_Made], int]) -> dict[int, list[_Made]]:
    found: dict[int, list[_Made]] = {}
    for each in each_of:
        found.setdefault(tick_of(each), []).append(each)
    return found


def _board_object(reel: Reel) -> tuple[Board, int] | None:
    """The shared array that was made as a board without a tear."""
    for row in reel.events.rows("mp.array.create").tolist():
        values = reel.payload(row)
        if not isinstance(values, list) or len(values) != LENGTH:
            continue
        if all(isinstance(each, float) for each in values) and is_whole(values) and values[8] > 0:
            return decode_board(values), int(reel.object[row])
    return None


def _board_writes(reel: Reel, board: int) -> Iterator[tuple[list[int], Board]]:
    """Each run of writes to the places 0 to the last, by one lane."""
    rows = reel.events.rows("mp.array.set")
    rows = rows[reel.object[rows] == board]
    values: list[float] = []
    written: list[int] = []
    for row in rows.tolist():
        if int(reel.a[row]) == 0:
            values, written = [], []
        if int(reel.a[row]) != len(values):
            continue
        values.append(float(reel.payload(row)))
        written.append(row)
        if len(values) == LENGTH:
            yield written, decode_board(values)


def _begins(reel: Reel, writes: list[list[int]]) -> list[int]:
    """When each tick began: with the first shared value that is written once the price before stands."""
    sets = reel.events.rows("mp.value.set", "mp.array.set")
    begins = []
    after = reel.begin_ns
    for rows in writes:
        place = int(reel.begin[sets].searchsorted(np.int64(after), "right"))
        begins.append(min(int(reel.begin[sets[place]]), int(reel.begin[rows[0]])))
        after = int(reel.end[rows[-1]])
    return begins


def _deals(reel: Reel) -> list[BoughtOrSold]:
    """Requests and their replies: on each connection the k-th reply is that of the k-th trade."""
    other = peers(reel.objects)
    homes: dict[int, int] = {}
    requests: dict[int, list[tuple[int, Trade]]] = {}
    replies: dict[int, list[tuple[int, Deal]]] = {}
    for row in reel.events.rows("socket.endpoint.sendall", "socket.endpoint.send").tolist():
        content, end = reel.payload(row), int(reel.object[row])
        for line in content.splitlines() if isinstance(content, bytes) else ():
            said = _understood(line)
            if isinstance(said, Hello):
                homes[end] = said.home
            elif isinstance(said, Trade):
                requests.setdefault(end, []).append((row, said))
            elif isinstance(said, Deal):
                replies.setdefault(int(other[end]), []).append((row, said))
    found = []
    for end, asked in requests.items():
        for (request, trade), (reply, deal) in zip(asked, replies.get(end, ()), strict=False):
            if deal.trade == trade:
                found.append(BoughtOrSold(homes.get(end, -1), deal, request, reply))
    return sorted(found, key=lambda each: each.reply)


def _understood(line: bytes) -> object:
    try:
        return decode_request(line)
    except ProtocolError:
        pass
    try:
        return decode_deal(line)
    except ProtocolError:
        return None


def _shares(reel: Reel) -> list[Share]:
    """Offers that were taken: what a taker did not put back at once, under the giver's name, it used."""
    found: list[Share] = []
    open_: dict[int, tuple[int, Offer]] = {}
    rows = reel.events.rows("sysv.queue.send", "sysv.queue.receive")
    sends = np.isin(rows, reel.events.rows("sysv.queue.send")).tolist()
    for row, lane, sent in zip(rows.tolist(), reel.lane[rows].tolist(), sends, strict=True):
        offer = read_offer(reel.payload(row))
        if offer is None:
            continue
        taken = open_.pop(lane, None)
        rest = offer.ukwh if sent and taken and taken[1].giver == offer.giver else 0
        if taken:
            found.append(_share(reel, taken, rest))
        if not sent:
            open_[lane] = (row, offer)
    found += [_share(reel, taken, 0) for taken in open_.values()]
    back = [each for each in found if each.taker != f"home-{each.giver}"]  # what one takes back is no share
    return sorted(back, key=lambda each: each.receive)


def _share(reel: Reel, taken: tuple[int, Offer], rest_ukwh: int) -> Share:
    row, offer = taken
    return Share(offer.giver, reel.lane_name(int(reel.lane[row])), offer.tick, offer.ukwh - rest_ukwh, row)


def read_offer(content: object) -> Offer | None:
    """The offer that a message is; None where it is another one."""
    if not isinstance(content, bytes) or not content.startswith(b"offer/"):
        return None
    try:
        return decode_offer(content)
    except ValueError:
        return None


def _events(reel: Reel, writes: list[tuple[list[int], Board]]) -> list[Event]:
    """The signals that reached the process that writes the board."""
    if not writes:
        return []
    market = int(reel.process[writes[0][0][0]])
    rows = reel.events.rows("signal.delivered")
    rows = rows[(reel.process[rows] == market) & np.isin(reel.a[rows], (WAR, FUEL_SHORTAGE))]
    return [Event(int(reel.a[row]), row) for row in rows.tolist()]
