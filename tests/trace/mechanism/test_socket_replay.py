"""A program of sockets, pipes and waits replays without a peer, a port or a pipe."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

Recorded = Callable[..., Any]

PROGRAM = """
    import os, select, socket
    one, other = socket.socketpair()
    one.settimeout(2.5)
    one.sendall(b"hello")
    buffer = bytearray(8)
    print(other.recv_into(buffer), buffer, one.gettimeout(), one.fileno(), one)
    reading, writing = os.pipe()
    os.write(writing, b"abc")
    print(os.read(reading, 2), reading, writing)
    with os.fdopen(writing, "w") as file:
        file.write("text")
    print(open(reading).read())
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    accepted, address = server.accept()
    print(server.getsockname(), address, accepted, client.getpeername())
    poller = select.epoll()
    poller.register(accepted, select.EPOLLIN)
    client.send(b"x")
    print(poller.poll(1), select.select([accepted], [], [], 1)[0] == [accepted])
    one.setblocking(False)
    try:
        one.recv(1)
    except BlockingIOError as error:
        print(repr(error))
    with accepted.makefile("rwb") as file:
        print(file.read(1), file.write(b"y"))
    print(client.recv(9), client.detach() > 0, client.fileno())
    copy = one.dup()
    print(copy.fileno(), copy.family, copy.type, copy.gettimeout())
    for sock in (copy, one, other, accepted, server):
        sock.close()
    print(one)
"""


def test_a_program_of_sockets_and_pipes_replays_to_the_same_output(recorded: Recorded) -> None:
    run = recorded(PROGRAM)
    assert run.exit == 0
    command = [sys.executable, "-m", "ipcreel", "replay", str(run.path), "--process", str(run.reel.processes[0]["pid"])]
    replayed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=run.program.parent)
    assert (replayed.stdout, replayed.returncode) == (run.stdout, 0), replayed.stderr
