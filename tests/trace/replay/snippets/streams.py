"""Exchanges through sockets and pipes."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import fixed

EXCHANGES = (
    fixed(
        """
connection, peer = given["listener@"].accept()
say(peer[0])
with connection:
    while part := connection.recv(7): say(part)
    connection.sendall(b"bye" * 9)
""",
        """
with socket.create_connection(given["listener@"].getsockname()) as connection:
    connection.sendall(b"hello from %d" % os.getpid())
    connection.shutdown(socket.SHUT_WR)
    with connection.makefile("rb") as file: say(file.read())
""",
        setup="""given["listener@"] = socket.create_server(("127.0.0.1", 0))""",
        clearing="given['listener@'].close()",
    ),
    fixed(
        """
for _ in range(3): say(given["udp@"].recvfrom(100)[0])
""",
        """
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for item in range(3): say(sender.sendto(b"datagram %d" % item, given["udp@"].getsockname()))
""",
        setup="given['udp@'] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); given['udp@'].bind(('127.0.0.1', 0))",
        clearing="given['udp@'].close()",
    ),
    fixed(
        """
given["pair@"][0].setblocking(False)
poller = select.epoll()
poller.register(given["pair@"][0], select.EPOLLIN)
got = b""
while len(got) < 12:
    say(len(poller.poll(5)))
    try: got += given["pair@"][0].recv(5)
    except BlockingIOError: say("would block")
poller.close()
say(got)
""",
        """
for part in (b"one.", b"two.", b"six."):
    given["pair@"][1].sendall(part)
    time.sleep(random.random() / 1000)
""",
        setup="given['pair@'] = socket.socketpair()",
    ),
    fixed(
        """
waiting, got = select.poll(), b""
waiting.register(given["polled@"][0], select.POLLIN)
while b"." not in got:
    if waiting.poll(3): got += given["polled@"][0].recv(3)
    else: say("nothing yet")
say(got)
given["polled@"][0].send(b"!")
""",
        """
time.sleep(random.random() / 100)
given["polled@"][1].send(b"word.")
say(given["polled@"][1].recv(1))
""",
        setup="given['polled@'] = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)",
    ),
    fixed(
        """
got = b""
while len(got) < 9:
    ready, _, _ = select.select([given["fds@"][0]], [], [], 0.002)
    if ready: got += os.read(given["fds@"][0].fileno(), 4)
    else: say("none")
say(got)
""",
        """
for part in (b"abc", b"def", b"ghi"): os.write(given["fds@"][1].fileno(), part)
""",
        setup="given['fds@'] = context.Pipe(duplex=False)",
    ),
    fixed(
        """
with selectors.DefaultSelector() as selector:
    selector.register(given["selected@"][0], selectors.EVENT_READ, "data")
    total = 0
    while total < 5000:
        for key, _ in selector.select(5): total += len(key.fileobj.recv(1777))
    say(total)
""",
        """
given["selected@"][1].sendall(bytes(5000))
""",
        setup="given['selected@'] = socket.socketpair()",
    ),
    fixed(
        """
reading, writing = os.pipe()
socket.send_fds(given["passing@"][0], [b"take it"], [reading])
os.write(writing, b"through another's descriptor")
os.close(writing)
say(given["passing@"][0].recv(1))
os.close(reading)
""",
        """
content, descriptors, _, _ = socket.recv_fds(given["passing@"][1], 20, 1)
say(content, os.read(descriptors[0], 100))
os.close(descriptors[0])
given["passing@"][1].send(b"k")
""",
        setup="given['passing@'] = socket.socketpair()",
    ),
)
