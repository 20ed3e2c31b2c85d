"""The market's TCP server: one thread listens to everybody, a pool does the trades."""

import selectors
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from energymarket.books import Books
from energymarket.client import HOST
from energymarket.protocol import (
    BYE,
    MAX_LINE_BYTES,
    Bye,
    Hello,
    ProtocolError,
    Trade,
    decode_request,
    encode_deal,
    encode_error,
    encode_welcome,
)

PATIENCE_S = 2.0  # how long a peer may take to say who it is
SPARE_STRANGERS = 64


def listen(port: int) -> socket.socket:
    """A listening socket on the local host.

    Raises:
        OSError: the port is in use, or not ours to take.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(4096)
    except OSError:
        listener.close()
        raise
    return listener


@dataclass(eq=False, slots=True)
class Peer:
    """A connection; a stranger until it has said hello."""

    socket: socket.socket
    address: str
    since: float
    home: int | None = None
    received: bytearray = field(default_factory=bytearray)
    busy: bool = False  # a trader has its request

    def __str__(self) -> str:
        return self.address if self.home is None else f"home-{self.home}"


class Server:
    """Serves until it is closed; whoever breaks the protocol is told so, reported and hung up on."""

    def __init__(self, listener: socket.socket, books: Books, homes: int, workers: int) -> None:
        self._listener = listener
        self._books = books
        self._homes = homes
        self._traders = ThreadPoolExecutor(workers, thread_name_prefix="trader")
        self._selector = selectors.DefaultSelector()
        self._strangers: set[Peer] = set()
        self._members: dict[int, Peer] = {}
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()

    def close(self) -> None:
        """Waits until the last home has left, and hangs up on everybody else."""
        self._wake.send(b"!")
        self._thread.join()
        self._traders.shutdown()
        for peer in self._strangers:
            peer.socket.close()
        for each in (self._listener, self._wake, self._woken, self._selector):
            each.close()

    def _listen(self) -> None:
        closing = False
        while not closing or self._members:
            for key, _ in self._selector.select(self._patience_s()):
                if key.fileobj is self._woken:
                    self._woken.recv(1)
                    closing = True
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._read(key.data)
            self._lose_patience()

    def _patience_s(self) -> float | None:
        if not self._strangers:
            return None
        oldest = min(peer.since for peer in self._strangers)
        return max(0.0, oldest + PATIENCE_S - time.monotonic())

    def _lose_patience(self) -> None:
        if not self._strangers:
            return
        late = time.monotonic() - PATIENCE_S
        for peer in [each for each in self._strangers if each.since <= late]:
            said = f"only {bytes(peer.received)!r}" if peer.received else "nothing"
            self._refuse(peer, f"said {said} in {PATIENCE_S:g} s; expected hello")

    def _accept(self) -> None:
        try:
            connection, (host, port) = self._listener.accept()
        except OSError as error:
            report(f"a connection could not be accepted: {error.strerror}")
            time.sleep(0.01)  # the next one will fail in the same way until something is closed
            return
        connection.setblocking(True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection, f"{host}:{port}", time.monotonic())
        self._strangers.add(peer)
        self._selector.register(connection, selectors.EVENT_READ, peer)
        if len(self._strangers) > self._homes + SPARE_STRANGERS:
            self._refuse(peer, "came when too many others had not said who they are")

    def _read(self, peer: Peer) -> None:
        if peer.socket.fileno() < 0:  # refused a moment ago
            return
        try:
            received = peer.socket.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError as error:
            self._refuse(peer, f"broke off: {error.strerror}")
            return
        if not received:
            self._hang_up(peer)
            return
        peer.received += received
        try:
            self._understand(peer)
        except ProtocolError as error:
            self._refuse(peer, str(error))

    def _understand(self, peer: Peer) -> None:
        while (end := peer.received.find(b"\n")) >= 0:
            if peer.busy:
                raise ProtocolError("sent a request before the last was answered; expected one at a time")
            line = bytes(peer.received[:end])
            del peer.received[: end + 1]
            self._answer(peer, line)
        if len(peer.received) > MAX_LINE_BYTES:
            raise ProtocolError(f"sent more than {MAX_LINE_BYTES} bytes without an end of line")

    def _answer(self, peer: Peer, line: bytes) -> None:
        match decode_request(line):
            case Hello(home):
                self._welcome(peer, home)
            case _ if peer.home is None:
                raise ProtocolError(f"did not say hello before {line!r}")
            case Trade() as trade:
                peer.busy = True
                self._traders.submit(self._trade, peer, trade)
            case Bye():
                peer.socket.sendall(BYE)

    def _welcome(self, peer: Peer, home: int) -> None:
        if peer.home is not None or home >= self._homes or home in self._members:
            raise ProtocolError(f"said it is home-{home}, which is unknown or connected already")
        peer.home = home
        self._strangers.discard(peer)
        self._members[home] = peer
        peer.socket.sendall(encode_welcome(home))

    def _trade(self, peer: Peer, trade: Trade) -> None:
        """In a trader's thread."""
        try:
            reply = encode_deal(self._books.book(trade))
        except ProtocolError as error:
            report(f"{peer} {error}")
            reply = encode_error(str(error))
        peer.busy = False
        try:
            peer.socket.sendall(reply)
        except OSError:  # it has left; the listener finds its end of file
            pass

    def _refuse(self, peer: Peer, reason: str) -> None:
        report(f"{peer} {reason}: hung up")
        try:
            peer.socket.send(encode_error(reason), socket.MSG_DONTWAIT)
        except OSError:
            pass
        self._forget(peer)

    def _hang_up(self, peer: Peer) -> None:
        """After an end of file: to be expected of homes at the end, to be reported of strangers."""
        if peer.received:
            report(f"{peer} left in the middle of a line: {bytes(peer.received[:MAX_LINE_BYTES])!r}")
        elif peer.home is None:
            report(f"{peer} left without a word")
        self._forget(peer)

    def _forget(self, peer: Peer) -> None:
        self._selector.unregister(peer.socket)
        peer.socket.close()
        self._strangers.discard(peer)
        if peer.home is not None:
            self._members.pop(peer.home, None)


def report(line: str) -> None:
    """One line to stderr, in one write, whoever else writes."""
    sys.stderr.write(f"energymarket: market: {line}\n")
    sys.stderr.flush()
