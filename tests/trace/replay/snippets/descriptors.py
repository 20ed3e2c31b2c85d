"""Steps with sockets, pipes and selectors of one process."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import steps

STEPS = steps(
    """
reading, writing = os.pipe()
os.write(writing, b"through a pipe")
say(os.read(reading, 7), select.select([reading], [], [], 0)[0] == [reading], os.read(reading, 100))
os.close(writing)
say(os.read(reading, 1))
os.close(reading)
""",
    """
one, other = socket.socketpair()
one.sendall(b"x" * 3000)
say(len(other.recv(10000)), other.gettimeout())
other.settimeout(0.003)
try: other.recv(1)
except TimeoutError as error: say("timeout", error)
one.close()
say(other.recv(1))
other.close()
""",
    """
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.send(b"datagram")
one.send(b"")
say(other.recv(100), other.recv(100))
other.setblocking(False)
try: other.recv(1)
except BlockingIOError as error: say(error.errno)
one.close(); other.close()
""",
    """
with socket.socket() as missing:
    missing.bind(("127.0.0.1", 0))
    try: socket.create_connection(missing.getsockname(), 1)
    except ConnectionRefusedError as error: say(error)
""",
    """
reading, writing = os.pipe()
os.set_blocking(reading, False)
try: os.read(reading, 1)
except BlockingIOError as error: say(error)
with os.fdopen(writing, "w") as file: file.write("buffered text")
with os.fdopen(reading) as file: say(file.read())
""",
    """
try: sysv_ipc.MessageQueue(0x7fff1234)
except sysv_ipc.ExistentialError as error: say(type(error).__name__)
messages = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
messages.send(b"own")
say(messages.receive(), messages.max_size > 0, messages.mode)
messages.remove()
""",
    """
async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()
async def talk():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        address = server.sockets[0].getsockname()
        async def ask(text):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(text)
            line = await reader.readline()
            writer.close()
            return line
        say(await asyncio.gather(ask(b"one\\n"), ask(b"two\\n")))
        await asyncio.sleep(0.001)
        say(await asyncio.to_thread(abs, -5))
asyncio.run(talk())
""",
)
