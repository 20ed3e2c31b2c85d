"""A stream keeps no boundaries: who takes a receive for a message loses some. Who cuts what it received does not."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

PROGRAM = """
    import socket, threading

    def turns(connection):
        turn.acquire()
        return connection

    def serve(connection):
        {serve}
        connection.shutdown(socket.SHUT_WR)

    here, there = socket.socketpair()
    turn = threading.Semaphore(0)
    server = threading.Thread(target=serve, args=(there,))
    server.start()
    for number in range(4):
        here.sendall(b"question %d;" % number)
        turn.release()
        here.recv(100)
    {more}
    here.shutdown(socket.SHUT_WR)
    turn.release(10)
    while here.recv(100):
        pass
    server.join()
"""
COUNTS_RECEIVES = """while message := turns(connection).recv({size}):
            connection.sendall(b"yes")"""
CUTS = """rest = b""
        while part := turns(connection).recv(100):
            *messages, rest = (rest + part).split(b";")
            for message in messages:
                connection.sendall(b"yes")"""
ECHOES = """while part := turns(connection).recv(100):
            connection.sendall(part)"""
TWO_AT_ONCE = 'here.sendall(b"one;"); here.sendall(b"two;")'
LONG = 'here.sendall(b"a question of more than sixteen bytes;")'
ONE_BY_ONE = 'here.sendall(b"another;"); turn.release(); here.recv(100)'


@pytest.mark.parametrize(
    ("size", "more", "told"), [(100, TWO_AT_ONCE, "took 2 messages at once"), (16, LONG, "took a part")]
)
def test_who_counts_receives_takes_two_messages_for_one_or_one_for_two(recorded, size, more, told):
    serve = COUNTS_RECEIVES.format(size=size)
    reel = recorded(PROGRAM.format(serve=serve, more=more)).reel
    assert codes(reel) == ["message-boundary"]
    assert told in reel.findings[0].what
    assert lines(reel, "message-boundary") == [serve.splitlines()[0]]


@pytest.mark.parametrize("more", [TWO_AT_ONCE, LONG])
@pytest.mark.parametrize("serve", [CUTS, ECHOES])
def test_who_cuts_what_it_received_or_hands_it_on_takes_nothing_for_a_message(recorded, serve, more):
    assert codes(recorded(PROGRAM.format(serve=serve, more=more)).reel) == []


def test_messages_that_are_answered_one_by_one_are_never_received_together(recorded):
    assert codes(recorded(PROGRAM.format(serve=COUNTS_RECEIVES.format(size=100), more=ONE_BY_ONE)).reel) == []
