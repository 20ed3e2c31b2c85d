"""What a random program is made of: steps of one process, and exchanges between two or more.

A snippet is a function of a source of chance and of a number that no other snippet of the program has. It returns the
lines that the root does before it starts anybody, those of each one who takes part, and those that clear up. The lines
of a part wait for lines of the same snippet only: parts that stand in one order in all processes never wait in a ring.
`given` is a dict that every process has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Snippet:
    """The lines of one snippet.

    Attributes:
        parts: for each one who takes part, the lines that it does.
        setup: what the root does before.
        clearing: what the root does at the end.
    """

    parts: tuple[str, ...]
    setup: str = ""
    clearing: str = ""


Make = Callable[[Random, str], Snippet]
EXCHANGES: list[Make] = []
"""Snippets that need two or three processes."""
STEPS: list[Make] = []
"""Snippets of one process."""


def exchange(make: Make) -> Make:
    """Add a snippet to EXCHANGES."""
    EXCHANGES.append(make)
    return make


def step(*texts: str) -> None:
    """Add snippets whose lines are always the same, but for their number `@`."""
    for text in texts:
        STEPS.append(lambda chance, number, text=text: Snippet((text.replace("@", number),)))  # type: ignore[misc]


def fixed(*parts: str, setup: str = "", clearing: str = "") -> None:
    """Add an exchange whose lines are always the same, but for its number `@`."""

    def make(chance: Random, number: str) -> Snippet:
        return Snippet(
            tuple(part.replace("@", number) for part in parts),
            setup.replace("@", number),
            clearing.replace("@", number),
        )

    EXCHANGES.append(make)


# ---- between processes: multiprocessing

fixed(
    """
for item in range(4): given["queue@"].put((os.getpid(), item, random.random()))
given["queue@"].put(None)
given["queue@"].close()
given["queue@"].join_thread()  # a child that ends by `os._exit` would lose what its feeder still has
""",
    """
while (item := given["queue@"].get()) is not None: say("got", item)
""",
    setup="given['queue@'] = context.Queue()",
)
fixed(
    """
for item in range(3): given["simple@"].put(time.time())
""",
    """
for _ in range(3): say("simple", given["simple@"].get())
say(given["simple@"].empty())
""",
    setup="given['simple@'] = context.SimpleQueue()",
)
fixed(
    """
for item in range(3): given["joinable@"].put(item)
given["joinable@"].join()
say("all done")
""",
    """
for _ in range(3):
    say(given["joinable@"].get())
    given["joinable@"].task_done()
""",
    setup="given['joinable@'] = context.JoinableQueue()",
)
for _kind in ("Lock", "RLock"):
    fixed(
        *[
            """
for _ in range(6):
    with given["lock@"]:
        given["value@"].value += os.getpid() % 97
        say(given["value@"].value)
"""
        ]
        * 3,
        setup=f"given['lock@'], given['value@'] = context.{_kind}(), context.Value('d', 0.5, lock=False)",
    )
fixed(
    *[
        """
for place in range(4):
    with given["array@"].get_lock():
        given["array@"][place] += 1
    say(given["array@"][:])
"""
    ]
    * 2,
    setup="given['array@'] = context.Array('i', 4)",
)
fixed(
    """
say(given["event@"].wait(10), given["event@"].is_set())
""",
    """
time.sleep(random.random() / 500)
given["event@"].set()
""",
    setup="given['event@'] = context.Event()",
)
fixed(
    """
with given["condition@"]:
    while not given["flag@"].value: say(given["condition@"].wait(10))
say("told")
""",
    """
with given["condition@"]:
    given["flag@"].value = 1
    given["condition@"].notify_all()
""",
    setup="given['condition@'], given['flag@'] = context.Condition(), context.Value('i', 0)",
)
fixed(
    *["say(given['barrier@'].wait() >= 0, given['barrier@'].n_waiting >= 0)\n"] * 3,
    setup="given['barrier@'] = context.Barrier(3)",
)
fixed(
    *[
        """
if given["room@"].acquire(timeout=0.001): say("in")
else:
    say("full")
    given["room@"].acquire()
time.sleep(random.random() / 300)
given["room@"].release()
"""
    ]
    * 3,
    setup="given['room@'] = context.BoundedSemaphore(1)",
)
fixed(
    """
for item in ([], {"a": 1.5}, "text"): given["ends@"][0].send(item)
given["ends@"][0].send_bytes(os.urandom(70000))
say(given["ends@"][0].poll(5), given["ends@"][0].recv())
""",
    """
for _ in range(3): say(given["ends@"][1].recv())
say(sum(given["ends@"][1].recv_bytes()))
given["ends@"][1].send(os.getpid())
""",
    setup="given['ends@'] = context.Pipe()",
)
fixed(
    """
say(given["list@"][:], given["dict@"].get("key"))
given["list@"].append(os.getpid())
given["filled@"].set()
""",
    """
given["filled@"].wait()
say(len(given["list@"]), given["list@"][-1])
""",
    setup="""manager@ = context.Manager()
given["list@"], given["dict@"] = manager@.list([1, 2]), manager@.dict(key="value")
given["filled@"] = context.Event()""",
    clearing="manager@.shutdown()",
)
fixed(
    """
with multiprocessing.get_context("fork").Pool(2) as pool:
    say(pool.map(abs, range(-5, 0)), list(pool.imap(str, range(3))), pool.apply(os.cpu_count) > 0)
""",
)
fixed(
    """
with futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    say(list(pool.map(abs, range(-5, 0))))
    say(pool.submit(pow, 2, 10).result())
""",
)

# ---- between processes: SysV, POSIX

fixed(
    """
messages = sysv_ipc.MessageQueue(given["sysv@"])
for item in range(5): messages.send(f"message {item}", type=1 + item % 2)
""",
    """
messages = sysv_ipc.MessageQueue(given["sysv@"])
for kind in (2, 1, 1, 2, 0): say(messages.receive(type=kind))
say(messages.current_messages)
""",
    setup="sysv@ = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX); given['sysv@'] = sysv@.key",
    clearing="sysv@.remove()",
)
fixed(
    """
messages, back = sysv_ipc.MessageQueue(given["there@"]), sysv_ipc.MessageQueue(given["back@"])
for item in range(4):
    messages.send(str(item))
    say(back.receive())
""",
    """
messages, back = sysv_ipc.MessageQueue(given["there@"]), sysv_ipc.MessageQueue(given["back@"])
for item in range(4):
    while True:
        try: content, kind = messages.receive(block=False)
        except sysv_ipc.BusyError: time.sleep(0.0005)
        else: break
    back.send(content * 2)
""",
    setup="""there@, back@ = (sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX) for _ in range(2))
given["there@"], given["back@"] = there@.key, back@.key""",
    clearing="there@.remove(); back@.remove()",
)
fixed(
    *[
        """
gate = sysv_ipc.Semaphore(given["gate@"])
for _ in range(3):
    with gate: say("gate", gate.value)
"""
    ]
    * 2,
    setup="gate@ = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1); given['gate@'] = gate@.key",
    clearing="gate@.remove()",
)
fixed(
    """
memory = sysv_ipc.SharedMemory(given["shm@"])
memory.write(b"hello " + str(os.getpid()).encode())
given["ready@"].set()
memory.detach()
""",
    """
memory = sysv_ipc.SharedMemory(given["shm@"])
given["ready@"].wait()
say(memory.read(6), memory.attached)
memory.detach()
""",
    setup="""shm@ = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=128)
given["shm@"], given["ready@"] = shm@.key, context.Event()""",
    clearing="shm@.detach(); shm@.remove()",
)
fixed(
    """
messages = posix_ipc.MessageQueue(given["posix@"])
for item in range(3): messages.send(f"item {item}", priority=item)
messages.close()
""",
    """
messages = posix_ipc.MessageQueue(given["posix@"])
for item in range(3): say(messages.receive())
try: messages.receive(0)
except posix_ipc.BusyError as error: say("busy", error)
messages.close()
""",
    setup="posix@ = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=4); given['posix@'] = posix@.name",
    clearing="posix@.unlink(); posix@.close()",
)
fixed(
    *[
        """
gate = posix_ipc.Semaphore(given["named@"])
for _ in range(3):
    gate.acquire()
    say("named", gate.value)
    gate.release()
gate.close()
"""
    ]
    * 2,
    setup="named@ = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1); given['named@'] = named@.name",
    clearing="named@.unlink(); named@.close()",
)

# ---- between processes: sockets and pipes

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
)
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
)
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
)
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
)
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
)
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
)
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
)

# ---- between processes: signals

fixed(
    """
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
given["pids@"].put(os.getpid())
rounds = 0
while len(seen) < 1:
    rounds += 1
    rounds *= 1
say("in round", rounds > 0, seen)
signal.signal(signal.SIGUSR1, signal.SIG_DFL)
given["handled@"].set()
""",
    """
os.kill(given["pids@"].get(), signal.SIGUSR1)
given["handled@"].wait()
""",
    setup="given['pids@'], given['handled@'] = context.SimpleQueue(), context.Event()",
)
fixed(
    """
def handle(number, frame):  # past the stream, which a handler may find busy: "reentrant call"
    os.write(1, f"{os.getpid()} ('handler', {random.random()})\\n".encode())
before = signal.signal(signal.SIGUSR2, handle)
given["who@"].put(os.getpid())
say(given["answer@"].get())
given["last@"].wait()
signal.signal(signal.SIGUSR2, before)
""",
    """
pid = given["who@"].get()
time.sleep(0.002)
os.kill(pid, signal.SIGUSR2)
given["answer@"].put("after the signal")
os.kill(pid, signal.SIGUSR2)
given["last@"].set()
""",
    setup="""given["who@"], given["answer@"] = context.SimpleQueue(), context.SimpleQueue()
given["last@"] = context.Event()""",
)
fixed(
    """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
given["waits@"].put(os.getpid())
say(signal.sigwait([signal.SIGRTMIN]))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGRTMIN])
""",
    """
os.kill(given["waits@"].get(), signal.SIGRTMIN)
""",
    setup="given['waits@'] = context.SimpleQueue()",
)

# ---- one process: clocks, chance, console

step(
    "say(time.time(), time.monotonic_ns(), time.perf_counter(), time.process_time() >= 0)\n",
    "say(random.random(), random.randrange(1000), random.choice('abcdef'), random.gauss(0, 1))\n",
    "say(os.urandom(6).hex(), uuid.uuid4(), secrets.token_hex(3))\n",
    "say(os.getpid(), os.getppid() > 0, os.getpgrp() > 0, os.cpu_count())\n",
    "say(time.localtime().tm_year, time.strftime('%Y'), time.ctime()[:3])\n",
    "say(sorted({'a', 'b', 'c'}), list({'north', 'south', 'east'}), hash('west'))\n",
    "print(f'{os.getpid()} printed\\n', end='', flush=True)\n",
    "os.write(1, b'%d by descriptor\\n' % os.getpid())\n",
    "time.sleep(random.random() / 500); say('slept')\n",
    """
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "file")
    path.write_text(f"{random.random()}")
    say(len(list(pathlib.Path(folder).iterdir())), path.read_text())
""",
    """
path = pathlib.Path(f"scratch-@-{os.getpid()}")
path.write_text("one\\n")
with path.open("a") as file: file.write("two\\n")
say(path.read_text().split(), path.exists(), path.stat().st_size)
path.rename(path.with_suffix(".moved"))
say(path.exists(), path.with_suffix(".moved").exists())
path.with_suffix(".moved").unlink()
""",
    "say(len(open('/proc/self/stat').read()) > 0, open('/proc/uptime').read())\n",
    "say(gc.collect() >= 0, len(os.listdir('/proc/self/fd')) > 0)\n",
)

# ---- one process: threads

step(
    """
lock, total = threading.Lock(), []
def add(number):
    for item in range(4):
        with lock: total.append(number * item)
threads = [threading.Thread(target=add, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
say(total)
""",
    """
work, done = queue.Queue(2), queue.SimpleQueue()
def serve():
    while (item := work.get()) is not None:
        done.put((threading.current_thread().name, item, random.random()))
        work.task_done()
    work.task_done()
threads = [threading.Thread(target=serve, name=f"server {number}") for number in range(2)]
for thread in threads: thread.start()
for item in range(6): work.put(item)
for _ in threads: work.put(None)
work.join()
for thread in threads: thread.join()
for _ in range(6): say(done.get())
""",
    """
condition, ready = threading.Condition(), []
def tell():
    with condition:
        ready.append(random.random())
        condition.notify()
thread = threading.Thread(target=tell)
with condition:
    thread.start()
    condition.wait_for(lambda: ready, 10)
say(ready)
thread.join()
""",
    """
barrier, order = threading.Barrier(3), []
def arrive(number):
    order.append((number, barrier.wait()))
threads = [threading.Thread(target=arrive, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
say(sorted(place for _, place in order))
""",
    """
flag, room = threading.Event(), threading.Semaphore(1)
def wait():
    flag.wait()
    with room: say("in the room", threading.current_thread().name)
threads = [threading.Thread(target=wait, name=f"waiter {number}") for number in range(3)]
for thread in threads: thread.start()
time.sleep(0.001)
flag.set()
for thread in threads: thread.join()
""",
    """
def call(number):
    time.sleep(random.random() / 1000)
    return number, threading.active_count() > 0
with futures.ThreadPoolExecutor(3) as pool:
    say(list(pool.map(call, range(6))))
    submitted = [pool.submit(call, number) for number in range(4)]
    for future in futures.as_completed(submitted): say(future.result())
    done, pending = futures.wait([pool.submit(call, 7)], timeout=5)
    say(len(done), len(pending))
""",
    """
timer = threading.Timer(0.001, say, ("timer",))
timer.start()
timer.join()
""",
    """
local, results = threading.local(), []
def work(number):
    local.number = number
    for _ in range(3): time.sleep(0)
    results.append(local.number)
threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join(5)
say(sorted(results), [thread.is_alive() for thread in threads])
""",
    """
def fail(): raise ValueError("as meant")
with futures.ThreadPoolExecutor(1) as pool:
    future = pool.submit(fail)
    try: future.result()
    except ValueError as error: say("raised", error)
""",
    """
lock = threading.Lock()
lock.acquire()
say(lock.acquire(timeout=0.002), lock.acquire(False), lock.locked())
lock.release()
try: lock.release()
except RuntimeError as error: say(error)
""",
    """
pool = ThreadPool(2)
say(pool.map(abs, [-3, 2, -1]))
say(sorted(pool.imap_unordered(abs, range(-4, 0))))
pool.close()
pool.join()
""",
)

# ---- one process: descriptors

step(
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

# ---- one process: signals

step(
    """
seen = []
before = signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
signal.setitimer(signal.ITIMER_REAL, 0.002)
rounds = 0
while not seen: rounds += 1
say(rounds > 0, rounds, seen)
signal.signal(signal.SIGALRM, before)
""",
    """
class Late(Exception): pass
def late(number, frame): raise Late
before = signal.signal(signal.SIGALRM, late)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.003)
    time.sleep(10)
except Late: say("late")
signal.signal(signal.SIGALRM, before)
""",
    """
seen = []
before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append((number, random.random())))
for _ in range(3): os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
say(len(seen), seen)
signal.signal(signal.SIGUSR1, before)
""",
    """
ticks = []
def tick(number, frame): ticks.append(time.monotonic())
before = signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
rounds = 0
while len(ticks) < 3:
    for number in range(50): rounds += 1
signal.setitimer(signal.ITIMER_REAL, 0)
say(rounds, len(ticks), ticks)
signal.signal(signal.SIGALRM, before)
""",
    """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
say(signal.sigpending(), signal.sigtimedwait([signal.SIGUSR2], 1).si_signo)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
""",
)

# ---- one process: children of its own

step(
    """
pid = os.fork()
if pid == 0:
    say("forked", random.random())
    os._exit(7)
say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""",
    """
reading, writing = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(reading)
    os.write(writing, str(os.getpid()).encode())
    os._exit(0)
os.close(writing)
say(int(os.read(reading, 100)) == pid, os.read(reading, 1))
os.close(reading)
say(os.waitpid(pid, 0) == (pid, 0))
""",
    """
done = subprocess.run(["/bin/echo", "from", "echo"], capture_output=True, text=True)
say(done.stdout, done.returncode)
""",
    """
child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
say(child.communicate(b"to the cat and back"), child.returncode)
""",
    """
said = "import os, sys; sys.stdout.write(f'{os.getpid()} said {os.urandom(2).hex()}' + chr(10))"
child = subprocess.Popen([sys.executable, "-c", said])
say(child.wait())
""",
    """
child = subprocess.Popen(["/bin/sleep", "60"])
say(child.poll())
child.terminate()
say(child.wait())
""",
    """
say(os.system("exit 3") >> 8)
""",
    """
pid = os.posix_spawn("/bin/true", ["true"], os.environ)
say(os.waitpid(pid, 0)[1])
""",
)
