"""A descriptor stands for what it stands for now, not for what had its number before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

CLOSES = {
    "os.close": "os.close(reading); os.close(writing)",
    "closerange": "os.closerange(reading, writing + 1)",
    "file object": "os.fdopen(reading).close(); os.fdopen(writing, 'w').close()",
    "dup2": "other = os.open('/dev/null', 0); os.dup2(other, reading); os.dup2(other, writing);"
    "os.close(other); os.close(reading); os.close(writing)",
    "socket": "socket.close(reading); socket.close(writing)",
}


@pytest.mark.parametrize("how", CLOSES)
def test_a_number_given_again_is_another_object(recorded: Recorded, rows: Rows, how: str) -> None:
    run = recorded(
        f"""
        import os, socket
        reading, writing = os.pipe()
        os.write(writing, b"old")
        os.read(reading, 3)
        {CLOSES[how]}
        again = os.pipe()
        assert again == (reading, writing)
        os.write(writing, b"new")
        print(os.read(reading, 3))
        """
    )
    assert run.ran == run.bare
    keys = {row.payload: row.key for row in rows(run.reel, "pipe.end.write")}
    assert keys[b"old"] != keys[b"new"]


def test_a_number_that_a_file_has_now_is_no_pipe(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os
        reading, writing = os.pipe()
        os.write(writing, b"x")
        os.fdopen(reading).close()
        with open(__file__) as file:
            assert file.fileno() == reading
            print(os.read(reading, 6))
        """
    )
    assert run.ran == run.bare
    assert rows(run.reel, "pipe.end.read") == []


def test_a_duplicate_is_the_same_object(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, socket
        reading, writing = os.pipe()
        copy = os.dup(writing)
        os.dup2(copy, 50)
        os.write(50, b"by 50")
        os.write(copy, b"by a copy")
        one, other = socket.socketpair()
        with one, other, one.dup() as twin, socket.fromfd(one.fileno(), one.family, one.type) as third:
            twin.send(b"twin"); third.send(b"third"); os.write(one.fileno(), b"number")
        """
    )
    assert run.ran == run.bare
    assert len({row.key for row in rows(run.reel, "pipe.end.write") if row.kind == "pipe"}) == 1
    by_socket = {row.key for row in rows(run.reel, "socket.endpoint.send")}
    by_number = {row.key for row in rows(run.reel, "pipe.end.write") if row.kind == "unix.stream"}
    assert len(by_socket) == 1
    assert by_socket == by_number


def test_a_descriptor_handed_to_a_new_interpreter_is_the_same_object(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, socket, subprocess, sys
        one, other = socket.socketpair()
        reading, writing = os.pipe()
        code = (
            "import os, socket, sys; end = socket.socket(fileno=int(sys.argv[1]));"
            "end.send(b'bid'); end.close(); os.write(int(sys.argv[2]), b'ask')"
        )
        command = [sys.executable, "-c", code, str(other.fileno()), str(writing)]
        subprocess.run(command, pass_fds=(other.fileno(), writing), check=True)
        print(one.recv(10), os.read(reading, 10))
        one.close(); other.close()
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel)
    (pair,) = [row for row in found if row.operation == "socket.endpoint.pair"]
    (send,) = [row for row in found if row.operation == "socket.endpoint.send"]
    assert send.key == pair.payload[1]
    assert send.name == f"unix {send.key} ⇄ {pair.payload[0]}"
    (write,) = [row for row in found if row.operation == "pipe.end.write" and row.payload == b"ask"]
    (read,) = [row for row in found if row.operation == "pipe.end.read" and row.payload == b"ask"]
    assert write.key == read.key


def test_the_recorder_leaves_the_numbers_of_descriptors_as_they_are(recorded: Recorded) -> None:
    run = recorded(
        """
        import os, select, socket
        default = socket.getdefaulttimeout()
        socket.setdefaulttimeout(5)
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            print(server.fileno(), client.fileno(), accepted.fileno(), os.pipe(), select.epoll().fileno())
            print(accepted.gettimeout(), os.get_blocking(accepted.fileno()), accepted.dup().fileno())
            accepted.close()
        """
    )
    assert run.ran == run.bare
