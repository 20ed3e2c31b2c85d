"""Sockets are recorded with what went through them, and behave as they do without the recorder."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ipcreel.mechanism import descriptors, sockets

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

ECHO = """
    import socket, threading
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection:
            while data := connection.recv(100):
                connection.sendall(data.upper())

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(server.getsockname()) as client:
        client.send(b"one")
        print(client.recv(100))
        client.sendall(bytearray(b"two"))
        buffer = bytearray(10)
        print(client.recv_into(buffer), bytes(buffer))
        client.shutdown(socket.SHUT_WR)
        print(client.recv(1))
    thread.join()
    server.close()
"""


def test_a_program_that_talks_tcp_does_what_it_does_without_the_recorder(recorded: Recorded) -> None:
    run = recorded(ECHO)
    assert run.ran == run.bare
    assert run.exit == 0


def test_the_bytes_of_each_send_and_receive_are_kept(recorded: Recorded, rows: Rows) -> None:
    found = rows(recorded(ECHO).reel, "socket.endpoint.")
    sent = [(row.operation, row.payload, row.b) for row in found if ".send" in row.operation and row.payload.islower()]
    assert sent == [("socket.endpoint.send", b"one", 3), ("socket.endpoint.sendall", b"two", 3)]
    received = [row.payload for row in found if row.operation == "socket.endpoint.recv_into"]
    assert received == [b"TWO"]


def test_the_two_ends_of_a_connection_have_each_others_addresses(recorded: Recorded, rows: Rows) -> None:
    found = rows(recorded(ECHO).reel, "socket.endpoint.")
    (connect,) = [row for row in found if row.operation.endswith(".connect")]
    (accept,) = [row for row in found if row.operation.endswith(".accept")]
    local, _, peer = connect.name.removeprefix("tcp ").partition(" ⇄ ")
    names = {row.key: row.name for row in found if row.kind == "tcp.socket"}
    assert names[accept.b] == f"tcp {peer} ⇄ {local}"
    assert accept.name == f"tcp {peer}"
    assert accept.payload == ("127.0.0.1", int(local.rpartition(":")[2]))


def test_the_bytes_received_at_one_end_are_those_sent_at_the_other(recorded: Recorded, rows: Rows) -> None:
    found = rows(recorded(ECHO).reel, "socket.endpoint.")
    streams: dict[tuple[str, str], bytes] = {}
    for row in found:
        verb = row.operation.rpartition(".")[2]
        if verb.startswith(("send", "recv")):
            key = (row.name, verb[:4])
            streams[key] = streams.get(key, b"") + row.payload
    (connect,) = [row for row in found if row.operation.endswith(".connect")]
    local, _, peer = connect.name.removeprefix("tcp ").partition(" ⇄ ")
    other = f"tcp {peer} ⇄ {local}"
    assert streams[connect.name, "send"] == streams[other, "recv"] == b"onetwo"
    assert streams[other, "send"] == streams[connect.name, "recv"] == b"ONETWO"


def test_a_call_site_is_the_line_of_the_program_not_of_the_library(recorded: Recorded, rows: Rows) -> None:
    run = recorded(ECHO)
    sites = {row.operation: row.line for row in rows(run.reel, "socket.endpoint.")}
    lines = run.program.read_text().splitlines()
    connected = lines.index("with socket.create_connection(server.getsockname()) as client:") + 1
    assert sites["socket.endpoint.connect"] == f"{run.program.name}:{connected}"
    accepted = lines.index("    connection, _ = server.accept()") + 1
    assert sites["socket.endpoint.accept"] == f"{run.program.name}:{accepted}"


def test_datagrams_keep_their_payloads_and_addresses(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import socket
        one, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        with one, other:
            one.bind(("127.0.0.1", 0)); other.bind(("127.0.0.1", 0))
            one.sendto(b"bid", other.getsockname())
            data, address = other.recvfrom(100)
            assert address == one.getsockname()
            other.sendto(memoryview(b"ask"), 0, address)
            buffer = bytearray(8)
            print(data, one.recvfrom_into(buffer)[0], bytes(buffer[:3]))
        """
    )
    assert run.ran == run.bare
    found = {
        (row.operation.rpartition(".")[2], row.payload[0]): row
        for row in rows(run.reel, "socket.endpoint.")
        if row.operation.rpartition(".")[2] in ("sendto", "recvfrom", "recvfrom_into")
    }
    assert set(found) == {("sendto", b"bid"), ("recvfrom", b"bid"), ("sendto", b"ask"), ("recvfrom_into", b"ask")}
    assert found["sendto", b"bid"].kind == "udp.socket"
    assert found["recvfrom", b"bid"].payload[1] == found["sendto", b"ask"].payload[1]


def test_messages_keep_their_ancillary_data_and_a_passed_descriptor_is_the_same_object(
    recorded: Recorded, rows: Rows
) -> None:
    run = recorded(
        """
        import os, socket
        reading, writing = os.pipe()
        one, other = socket.socketpair()
        with one, other:
            socket.send_fds(one, [b"take ", b"this"], [writing])
            data, (passed,), _, _ = socket.recv_fds(other, 100, 1)
            os.close(writing)
            os.write(passed, data)
            os.close(passed)
            print(os.read(reading, 100), os.read(reading, 1))
        os.close(reading)
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel)
    (sent,) = [row for row in found if row.operation == "socket.endpoint.sendmsg"]
    assert sent.payload[0] == b"take this"
    assert sent.payload[1][0][:2] == (1, 1)
    ends = {row.key for row in found if row.operation in ("pipe.end.create", "pipe.end.read", "pipe.end.write")}
    assert len(ends) == 1


def test_a_pair_of_sockets_is_known_by_the_inodes_of_both(recorded: Recorded, rows: Rows) -> None:
    found = rows(
        recorded(
            """
            import socket
            one, other = socket.socketpair()
            one.send(b"x"); other.recv(1)
            one.close(); other.close()
            """
        ).reel,
        "socket.endpoint.",
    )
    pair, send, receive = found[:3]
    assert [send.key, receive.key] == pair.payload[:2]
    assert send.name == f"unix {send.key} ⇄ {receive.key}"


def test_a_socket_shared_over_a_fork_is_one_object(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, socket
        one, other = socket.socketpair()
        pid = os.fork()
        one.send(b"c" if pid == 0 else b"p")
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        print(sorted(other.recv(1, 0) + other.recv(1, 0)))
        """
    )
    assert run.ran == run.bare
    sends = rows(run.reel, "socket.endpoint.send")
    assert {row.payload for row in sends} == {b"c", b"p"}
    assert len({row.process for row in sends}) == 2
    assert len({row.key for row in sends}) == 1


def test_a_refused_connection_a_timeout_and_a_would_block_raise_as_they_do(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import socket
        def tried(call, *args):
            try:
                call(*args)
            except OSError as error:
                print(type(error).__name__, error.errno)
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
        with socket.socket() as client:
            tried(client.connect, address)
        one, other = socket.socketpair()
        with one, other:
            one.settimeout(0.01)
            tried(one.recv, 1)
            one.setblocking(False)
            tried(one.recv, 1)
            print(one.gettimeout(), other.gettimeout())
        tried(one.send, b"")
        with socket.socket() as client:
            print(client.connect_ex(address))
        """
    )
    assert run.ran == run.bare
    raised = [row for row in rows(run.reel, "socket.endpoint.") if row.state == "raised"]
    assert [row.payload["raised"] for row in raised] == [
        "builtins.ConnectionRefusedError", "builtins.TimeoutError", "builtins.BlockingIOError", "builtins.OSError",
    ]  # fmt: skip
    (again,) = rows(run.reel, "socket.endpoint.connect_ex")
    assert again.b == 111


WRONG = ("send()", "send('text')", "recv('x')", "recv_into(b'')", "sendto(b'')", "accept(1)", "bind()", "connect(3)",
         "setsockopt(1)", "sendmsg(3)", "recvmsg_into(1)", "sendall(None)", "listen('a')", "settimeout('x')",
         "close(1)", "detach(1)", "recvfrom_into()", "shutdown()", "makefile('q')")  # fmt: skip


def test_wrong_arguments_are_refused_with_the_same_words(recorded: Recorded) -> None:
    run = recorded(
        f"""
        import socket
        for call in {WRONG!r}:
            sock = socket.socket()
            try:
                eval("sock." + call)
            except Exception as error:
                print(call, type(error).__name__, error)
            sock.close()
        for call in ("socket.socket('x')", "socket.socketpair(99)", "socket.socket(fileno=-1)", "socket.dup()"):
            try:
                eval(call)
            except Exception as error:
                print(call, type(error).__name__, error)
        """
    )
    assert run.ran == run.bare
    assert run.stdout.count("Error") > 20


def test_a_socket_blocked_for_ever_is_pending_when_its_process_is_killed(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, signal, socket, threading
        one, other = socket.socketpair()
        listening = socket.create_server(("127.0.0.1", 0))
        ready = threading.Barrier(3)
        def wait(call, *args):
            ready.wait()
            call(*args)
        threading.Thread(target=wait, args=(one.recv, 10)).start()
        threading.Thread(target=wait, args=(listening.accept,)).start()
        ready.wait()
        def call_of(task):  # the first word is the number of the system call that it is in
            return open(f"/proc/self/task/{task}/syscall").read().split()[0]
        others = [task for task in os.listdir("/proc/self/task") if int(task) != threading.get_native_id()]
        held = threading.Lock()  # a thread that waits for a lock, or for the interpreter, is in a futex
        held.acquire()
        threading.Thread(target=held.acquire, daemon=True).start()
        (waiter,) = {*os.listdir("/proc/self/task")} - {*others, str(threading.get_native_id())}
        while call_of(waiter) == "running":
            pass
        while any(call_of(task) in ("running", call_of(waiter)) for task in others):
            pass
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert run.exit == -9
    pending = {row.operation: row.kind for row in rows(run.reel, "socket.endpoint.") if row.state == "pending"}
    assert pending == {"socket.endpoint.recv": "unix.stream", "socket.endpoint.accept": "tcp.socket"}


def test_an_accept_lets_no_other_thread_in_behind_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program does with the connection comes before what another thread does then: a replay counts on it."""
    one, other = socket.socketpair()
    with one, other:
        inode = os.fstat(one.fileno()).st_ino
        accepted = sockets._accepting(lambda: (one.fileno(), "address"))()
        monkeypatch.delattr(descriptors, "_fstat")  # the kernel is asked no more
        assert sockets._accepted((), {}, accepted) == (one.fileno(), inode, "address")
    descriptors.forget(accepted[0])


def test_a_port_used_again_is_another_connection(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        source = ("127.0.0.1", 0)
        for _ in range(2):
            with socket.socket() as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                client.bind(source)
                client.connect(server.getsockname())
                source = client.getsockname()
                accepted, _ = server.accept()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes((1, 0, 0, 0, 0, 0, 0, 0)))
            accepted.close()
        server.close()
        """
    )
    first, second = rows(run.reel, "socket.endpoint.connect")
    assert first.name == second.name
    assert first.key != second.key


def test_subclasses_and_their_own_methods_go_on_working(recorded: Recorded) -> None:
    run = recorded(
        """
        import inspect, io, pickle, socket
        class Loud(socket.socket):
            def recv(self, *args):
                return super().recv(*args) + b"!"
        one, other = socket.socketpair()
        loud = Loud(fileno=one.detach())
        other.send(b"hey")
        print(loud.recv(3), isinstance(loud, socket.socket), inspect.signature(socket.socket.accept))
        print(socket.socket.recv.__name__, socket.socket.recv.__qualname__, socket.socket.recv.__doc__)
        copy = loud.dup()
        print(type(copy).__name__, copy.family, copy.type, copy.gettimeout())
        with copy, other, loud.makefile("rb") as file:
            loud.close()
            other.sendall(b"line\\n")
            print(file.readline(), loud.fileno() >= 0)
        print(loud.fileno())
        try:
            pickle.dumps(other)
        except TypeError as error:
            print(error)
        """
    )
    assert run.ran == run.bare


@pytest.mark.parametrize("server", ["ThreadingTCPServer", "ForkingTCPServer", "TCPServer"])
def test_socketserver_goes_through_its_sockets(recorded: Recorded, rows: Rows, server: str) -> None:
    run = recorded(
        f"""
        import socket, socketserver, threading
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(self.rfile.readline().upper())
        with socketserver.{server}(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs=dict(poll_interval=0.01))
            thread.start()
            for word in (b"one\\n", b"two\\n"):
                with socket.create_connection(server.server_address) as client:
                    client.sendall(word)
                    print(client.makefile("rb").read())
            server.shutdown()
            thread.join()
        """
    )
    assert run.ran == run.bare
    answered = [row.payload for row in rows(run.reel, "socket.endpoint.send") if row.payload.isupper()]
    assert answered == [b"ONE\n", b"TWO\n"]


def test_asyncio_streams_go_through_their_sockets(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import asyncio
        async def handle(reader, writer):
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()
        async def main():
            server = await asyncio.start_server(handle, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"bid\\n")
            print(await reader.read())
            writer.close()
            server.close()
            await server.wait_closed()
        asyncio.run(main())
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "socket.endpoint.")
    assert [row.payload for row in found if row.operation.endswith(".send") and row.kind == "tcp.socket"] == [
        b"bid\n",
        b"BID\n",
    ]
    (connect,) = [row for row in found if row.operation.endswith(".connect")]
    assert connect.state == "raised"  # in progress: it does not block
    assert " ⇄ " in connect.name
