"""The language between a home and the market: lines of ASCII over TCP, one reply a request.

    home    energymarket/1 hello home-3
    market  energymarket/1 welcome home-3
    home    sell tick=12 kwh=0.350000
    market  sold tick=12 kwh=0.350000 price=0.213400
    home    buy tick=12 kwh=1.250000
    market  bought tick=12 kwh=1.250000 price=0.213400
    home    bye
    market  bye

What cannot be understood is answered with `error REASON`, after which the market closes the connection.
"""

from dataclasses import dataclass

from energymarket.energy import kwh_text, ukwh_from_text

VERSION = "energymarket/1"
MAX_LINE_BYTES = 128
BYE = b"bye\n"
DONE = {"sell": "sold", "buy": "bought"}


class ProtocolError(Exception):
    """A line that the protocol does not allow."""


@dataclass(frozen=True, slots=True)
class Hello:
    home: int


@dataclass(frozen=True, slots=True)
class Trade:
    """`verb` is `sell` or `buy`."""

    verb: str
    tick: int
    ukwh: int


@dataclass(frozen=True, slots=True)
class Bye:
    pass


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade as the market did it, at `price` €/kWh."""

    trade: Trade
    price: float


Request = Hello | Trade | Bye


def encode_hello(home: int) -> bytes:
    return f"{VERSION} hello home-{home}\n".encode()


def encode_welcome(home: int) -> bytes:
    return f"{VERSION} welcome home-{home}\n".encode()


def encode_trade(trade: Trade) -> bytes:
    return f"{trade.verb} tick={trade.tick} kwh={kwh_text(trade.ukwh)}\n".encode()


def encode_deal(deal: Deal) -> bytes:
    """Prices are written so that they read back to the last bit."""
    trade = deal.trade
    return f"{DONE[trade.verb]} tick={trade.tick} kwh={kwh_text(trade.ukwh)} price={deal.price!r}\n".encode()


def encode_error(reason: str) -> bytes:
    return f"error {reason}\n".encode("ascii", "replace")


def decode_request(line: bytes) -> Request:
    """Reads one line without its newline.

    Raises:
        ProtocolError: it is none of the requests above.
    """
    try:
        words = line.decode("ascii").split(" ")
    except UnicodeDecodeError:
        raise ProtocolError(f"{_shown(line)} is not ASCII") from None
    match words:
        case [version, "hello", home] if version == VERSION:
            return Hello(int(_digits(home, "home-", line)))
        case [version, "hello", _]:
            raise ProtocolError(f"version {version} is not spoken here; expected {VERSION}")
        case [("sell" | "buy") as verb, tick, kwh]:
            return Trade(verb, int(_digits(tick, "tick=", line)), _amount(kwh, line))
        case ["bye"]:
            return Bye()
    raise ProtocolError(f"{_shown(line)} is no request; expected hello, sell, buy or bye")


def decode_deal(line: bytes) -> Deal:
    """Reads the market's reply to a trade.

    Raises:
        ProtocolError: the market refused, or the line is no reply to a trade.
    """
    words = line.decode("ascii", "replace").split(" ")
    match words:
        case [("sold" | "bought") as done, tick, kwh, price] if price.startswith("price="):
            verb = "sell" if done == "sold" else "buy"
            trade = Trade(verb, int(_digits(tick, "tick=", line)), _amount(kwh, line))
            try:
                return Deal(trade, float(price.removeprefix("price=")))
            except ValueError:
                pass
    raise ProtocolError(f"{_shown(line)} is not the reply to a trade")


def _digits(word: str, prefix: str, line: bytes) -> str:
    digits = word.removeprefix(prefix)
    if not word.startswith(prefix) or not digits.isdigit() or len(digits) > 18:
        raise ProtocolError(f"{_shown(line)}: expected {prefix} and a number, found {word!r}")
    return digits


def _amount(word: str, line: bytes) -> int:
    try:
        ukwh = ukwh_from_text(word.removeprefix("kwh="))
    except ValueError as error:
        raise ProtocolError(str(error)) from None
    if not word.startswith("kwh=") or ukwh <= 0:
        raise ProtocolError(f"{_shown(line)}: expected kwh= with an amount above zero, found {word!r}")
    return ukwh


def _shown(line: bytes) -> str:
    return repr(line if len(line) <= 60 else line[:60] + b"...")[1:]
