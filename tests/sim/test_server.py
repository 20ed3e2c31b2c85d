import socket
from collections.abc import Iterator

import pytest

from energymarket.books import Books
from energymarket.bugs import Bug
from energymarket.client import HOST, MarketClient
from energymarket.protocol import MAX_LINE_BYTES, Deal, ProtocolError, Trade
from energymarket.server import PATIENCE_S, Server, listen


class Peer:
    """Somebody at the market's port who says what he likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE_S + 20)

    def say(self, text: bytes) -> None:
        self.socket.sendall(text)

    def hear_all(self) -> bytes:
        """What the market says until it hangs up."""
        heard = b""
        try:
            while more := self.socket.recv(4096):
                heard += more
        except ConnectionResetError:
            pass
        self.socket.close()
        return heard


@pytest.fixture
def port() -> Iterator[int]:
    """A market of three homes, open for tick 5 at 0.25 €/kWh."""
    books = Books(0.25, max_transactions=2, bug=Bug.NONE)
    books.open(5)
    listener = listen(0)
    server = Server(listener, books, homes=3, workers=2)
    server.start()
    yield listener.getsockname()[1]
    books.open(6)  # lets go whoever traded in the next tick already
    server.close()


@pytest.fixture
def home(port) -> Iterator[MarketClient]:
    client = MarketClient(0, port)
    yield client
    client.close()


def assert_served(home: MarketClient) -> None:
    trade = Trade("sell", 5, 7)
    assert home.trade(trade) == Deal(trade, 0.25)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "is no request; expected hello, sell, buy or bye"),
        (b"\x00\xff\xfe\n", "is not ASCII"),
        (b"x" * (MAX_LINE_BYTES + 1), f"sent more than {MAX_LINE_BYTES} bytes without an end of line"),
        (b"energymarket/9 hello home-1\n", "version energymarket/9 is not spoken here"),
        (b"sell tick=5 kwh=1.000000\n", "did not say hello before"),
        (b"energymarket/1 hello home-0\n", "unknown or connected already"),
        (b"energymarket/1 hello home-3\n", "unknown or connected already"),
        (b"energymarket/1 hello home-1\nenergymarket/1 hello home-2\n", "unknown or connected already"),
        (
            b"energymarket/1 hello home-1\nsell tick=6 kwh=1.000000\nsell tick=6 kwh=1.000000\n",
            "expected one at a time",
        ),
    ],
)
def test_who_breaks_the_protocol_is_told_why_and_the_others_are_served(port, home, capfd, said, reason):
    peer = Peer(port)
    peer.say(said)
    assert reason in peer.hear_all().decode()
    assert_served(home)
    (line,) = capfd.readouterr().err.splitlines()
    assert reason in line


def test_half_a_line_and_an_end_is_reported(port, home, capfd):
    peer = Peer(port)
    peer.say(b"energymarket/1 hel")
    peer.socket.shutdown(socket.SHUT_WR)
    peer.hear_all()
    assert_served(home)
    assert "left in the middle of a line: b'energymarket/1 hel'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("said", "reported"), [(b"", "said nothing in 2 s"), (b"energy", "said only b'energy' in 2 s")]
)
def test_who_says_nothing_is_hung_up_on_after_a_while(port, home, said, reported):
    peer = Peer(port)
    peer.say(said)
    assert reported in peer.hear_all().decode()
    assert_served(home)


def test_a_trade_of_a_tick_that_is_over_is_refused_and_the_home_may_go_on(home):
    with pytest.raises(ProtocolError, match="tick 4 is not traded in tick 5"):
        home.trade(Trade("buy", 4, 1))
    assert_served(home)


def test_a_home_that_broke_off_can_come_back(port):
    first = Peer(port)
    first.say(b"energymarket/1 hello home-1\n")
    assert first.socket.recv(100) == b"energymarket/1 welcome home-1\n"
    first.socket.shutdown(socket.SHUT_WR)
    assert first.hear_all() == b""
    MarketClient(1, port).close()


def test_a_port_in_use_is_an_error(port):
    with pytest.raises(OSError, match="in use"):
        listen(port)
