"""A home's connection to the market, alive from its start to its end."""

import socket

from energymarket.protocol import (
    BYE,
    MAX_LINE_BYTES,
    Deal,
    ProtocolError,
    Trade,
    decode_deal,
    encode_hello,
    encode_trade,
    encode_welcome,
)

HOST = "127.0.0.1"


class MarketClient:
    """Asks, and waits for the answer."""

    def __init__(self, home: int, port: int) -> None:
        # not create_connection: its look-up of names would load tables of Unicode into each of a thousand homes
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.connect((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        welcome = self._ask(encode_hello(home))
        if welcome + b"\n" != encode_welcome(home):
            raise ProtocolError(f"the market does not welcome home-{home}: {welcome!r}")

    def trade(self, trade: Trade) -> Deal:
        """Does one trade.

        Raises:
            ProtocolError: the market refused.
            ConnectionError: the market is gone.
        """
        return decode_deal(self._ask(encode_trade(trade)))

    def close(self) -> None:
        self._ask(BYE)
        self._socket.close()

    def _ask(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        while b"\n" not in self._received:
            more = self._socket.recv(MAX_LINE_BYTES)
            if not more:
                raise ConnectionResetError("the market hung up")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return line
