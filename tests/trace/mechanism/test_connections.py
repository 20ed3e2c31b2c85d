"""A message over a multiprocessing connection is one event, with its pickled bytes."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("duplex", [True, False])
def test_messages_between_processes_are_the_same_bytes_at_both_ends(
    recorded: Recorded, rows: Rows, method: str, duplex: bool
) -> None:
    run = recorded(
        f"""
        import multiprocessing
        def work(end):
            end.send({{"bid": 1.5}})
            end.send_bytes(b"raw bytes")
            end.close()
        if __name__ == "__main__":
            context = multiprocessing.get_context("{method}")
            mine, theirs = context.Pipe({duplex})
            child = context.Process(target=work, args=(theirs,))
            child.start()
            theirs.close()
            print(mine.recv(), mine.recv_bytes())
            try:
                mine.recv()
            except EOFError:
                print("end")
            child.join()
        """
    )
    assert run.ran == run.bare
    found = [row for row in rows(run.reel, "connection.message.") if row.kind in ("unix.stream", "pipe")]
    sends = [row for row in found if row.operation.endswith(".send") and row.line.startswith("program")]
    receives = [row for row in found if row.operation.endswith(".recv") and row.line.startswith("program")]
    assert [row.payload for row in sends] == [row.payload for row in receives[:2]]
    assert sends[0].payload == pickle.dumps({"bid": 1.5}, sends[0].payload[1])
    assert sends[1].payload == b"raw bytes"
    assert receives[2].payload["raised"] == "builtins.EOFError"
    assert (sends[0].key == receives[0].key) is not duplex
    assert not [row for row in rows(run.reel, "pipe.end.write") if row.payload and b"raw bytes" in row.payload]


def test_polls_limits_and_buffers_do_what_they_do(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        one, other = multiprocessing.Pipe()
        print(one.poll(), one.poll(0.001))
        other.send_bytes(b"0123456789", 2, 5)
        print(one.poll(None))
        buffer = bytearray(8)
        print(one.recv_bytes_into(buffer, 1), buffer)
        other.send_bytes(b"x" * 100_000)
        print(len(one.recv_bytes()))
        other.send_bytes(b"too long")
        try:
            one.recv_bytes(3)
        except OSError as error:
            print(error)
        for call in ("one.send_bytes('text')", "one.send_bytes(b'', -1)", "other.poll('x')", "other.send(1, 2)",
                     "one.recv_bytes(-1)", "one.fileno(1)"):
            try:
                eval(call)
            except Exception as error:
                print(call, type(error).__name__, error)
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "connection.message.")
    assert [row.b for row in found if row.operation.endswith(".poll")][:3] == [0, 0, 1]
    assert [row.a for row in found if row.operation.endswith(".poll")][:3] == [0, 1000, -1]
    assert [len(row.payload) for row in found if row.operation.endswith(".send")][:3] == [5, 100_000, 8]
    assert [row.b for row in found if row.operation.endswith(".recv")] == [5, 100_000, -1]


@pytest.mark.parametrize("address", ["('127.0.0.1', 0)", "None"])
def test_a_client_and_the_accept_that_took_it_name_their_connection(
    recorded: Recorded, rows: Rows, address: str
) -> None:
    run = recorded(
        f"""
        import threading
        from multiprocessing.connection import Client, Listener
        with Listener({address}, authkey=b"key") as listener:
            def serve():
                with listener.accept() as connection:
                    connection.send(connection.recv() + 1)
            thread = threading.Thread(target=serve)
            thread.start()
            with Client(listener.address, authkey=b"key") as connection:
                connection.send(1)
                print(connection.recv())
            thread.join()
            print(type(listener.last_accepted))
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel)
    (accept,) = [row for row in found if row.operation == "connection.listener.accept"]
    (connect,) = [row for row in found if row.operation == "connection.client.connect"]
    messages = [row for row in found if row.operation.startswith("connection.message.")]
    assert {row.key for row in messages} == {accept.b, connect.b}
    assert accept.kind == ("tcp.socket" if "127" in address else "unix.stream")


def test_waiting_for_several_connections_is_one_event(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        from multiprocessing.connection import wait
        pairs = [multiprocessing.Pipe() for _ in range(3)]
        ends = [one for one, _ in pairs]
        pairs[1][1].send("x"); pairs[2][1].send("y")
        print([ends.index(end) for end in wait(ends)], wait(ends[:1], 0), wait(iter(ends), 5) == ends[1:])
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "connection.any.wait")
    assert [(row.a, row.b, row.payload) for row in found] == [(-1, 2, [[1, 2]]), (0, 0, [[]]), (5_000_000, 2, [None])]
    program = run.program.name
    assert [row for row in rows(run.reel, "waiting.") if row.line.startswith(program)] == []
