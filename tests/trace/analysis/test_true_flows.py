"""Programs that number all that they send, and draw what they do: no exact flow joins two numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ipcreel.analysis.joins import EXACT
from ipcreel.reel import Reel

PROGRAM = """
    import multiprocessing, os, posix_ipc, queue, random, socket, sysv_ipc, sys, threading

    SEED = int(sys.argv[1])
    COUNT = 12

    def number(who, k):
        return b"%02d%06d" % (who, k)

    def give(who, sysv, posix, queues, pipes, stream, datagrams):
        chance = random.Random(SEED * 100 + who)
        jobs = ["sysv", "posix", "queue", "simple", "pipe", "stream", "datagram"] * COUNT
        chance.shuffle(jobs)
        done = dict.fromkeys(jobs, 0)
        messages = sysv_ipc.MessageQueue(sysv)
        letters = posix_ipc.MessageQueue(posix)
        for job in jobs:
            done[job] += 1
            text = number(who, done[job])
            if job == "sysv":
                messages.send(text, type=chance.randint(1, 3))
            elif job == "posix":
                letters.send(text, priority=chance.randint(0, 2))
            elif job == "queue":
                queues[0].put(text)
            elif job == "simple":
                queues[1].put(text)
            elif job == "pipe":
                pipes[who].send_bytes(text)
            elif job == "stream":
                stream[who].sendall(text * chance.randint(1, 3))
            else:
                datagrams[who].send(text)
        stream[who].shutdown(socket.SHUT_WR)

    def take(who, sysv, posix, queues):
        messages, letters = sysv_ipc.MessageQueue(sysv), posix_ipc.MessageQueue(posix)
        for _ in range(COUNT):
            messages.receive(type=0)
            letters.receive()
            queues[0].get()
            queues[1].get()

    def read(pipe, stream, datagram):
        chance = random.Random(SEED)
        for _ in range(COUNT):
            pipe.recv_bytes()
            datagram.recv(100)
        while stream.recv(chance.randint(1, 30)):
            pass

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        kernel = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        letters = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
        queues = context.Queue(), context.SimpleQueue()
        pipes = [context.Pipe(duplex=who == 0) for who in range(2)]
        streams = [socket.socketpair() for _ in range(2)]
        datagrams = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
        ends = [pipe[1] for pipe in pipes], [pair[0] for pair in streams], [pair[0] for pair in datagrams]
        shared = kernel.key, letters.name, queues
        people = [context.Process(target=give, args=(who, *shared, *ends)) for who in range(2)]
        people += [context.Process(target=take, args=(who, *shared)) for who in range(2)]
        for person in people:
            person.start()
        for each in ends[1]:
            each.close()
        inside = queue.Queue()
        readers = [
            threading.Thread(target=read, args=(pipes[who][0], streams[who][1], datagrams[who][1])) for who in range(2)
        ]
        for reader in readers:
            reader.start()
        putter = threading.Thread(target=lambda: [inside.put(k) for k in range(COUNT)])
        putter.start()
        print(sum(inside.get() for _ in range(COUNT)))
        for each in (*readers, putter, *people):
            each.join()
        kernel.remove()
        letters.unlink()
"""
CARRY_THE_SAME = {
    "sysv.queue.receive", "posix.queue.receive", "mp.queue.get", "mp.simple_queue.get", "connection.message.recv",
    "socket.endpoint.recv",
}  # fmt: skip


def exact(reel: Reel) -> list[tuple[int, int]]:
    flows = reel.flows
    chosen = flows.certainty == EXACT
    return list(zip(flows.cause[chosen].tolist(), flows.effect[chosen].tolist(), strict=True))


def name(reel: Reel, row: int) -> str:
    return str(reel.operations[int(reel.op[row])]["name"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_exact_flow_joins_two_different_numbers(recorded, seed):
    reel = recorded(PROGRAM, str(seed)).reel
    seen: Counter[str] = Counter()
    sent: dict[int, bytes] = {}
    streams = np.flatnonzero(reel.events.of_kind("unix.stream"))
    for cause, effect in exact(reel):
        kind = name(reel, effect)
        if kind == "socket.endpoint.recv" and int(reel.object[effect]) in streams:
            sent[effect] = sent.get(effect, b"") + reel.payload(cause)
        elif kind in CARRY_THE_SAME:
            assert reel.payload(cause) == reel.payload(effect), (name(reel, cause), kind)
            seen[kind] += 1
        elif kind == "queues.queue.get":  # inside a process the item itself is handed on: its id tells
            assert reel.a[cause] == reel.a[effect]
            seen[kind] += 1
    for effect, content in sent.items():
        assert reel.payload(effect) in content
        seen["stream"] += 1
    # What overlaps is told apart by its number: nearly all is exact.
    few = {kind: seen[kind] for kind in (*CARRY_THE_SAME, "queues.queue.get", "stream") if seen[kind] < 8}
    assert few == {}


PEOPLE = """
    import os, signal, time

    def child(number):
        handled = []
        def handle(signum, frame):
            handled.append(signum)
            os.write(told[1], b"%d" % (signum - signal.SIGUSR1))
        signal.signal(signal.SIGUSR1, handle)
        signal.signal(signal.SIGUSR2, handle)
        os.write(ready[1], b"r")
        while len(handled) < 4:
            time.sleep(0.001)
        os._exit(number)

    told, ready = os.pipe(), os.pipe()
    pids = []
    for number in range(2):
        pid = os.fork()
        if not pid:
            child(number)
        pids.append(pid)
        os.read(ready[0], 1)
    for k in range(4):
        for pid in pids:
            os.kill(pid, signal.SIGUSR1 if k % 2 else signal.SIGUSR2)
            os.read(told[0], 1)
    for pid in pids:
        os.waitpid(pid, 0)
"""


def test_signals_and_processes_are_joined_by_who_they_are(recorded):
    reel = recorded(PEOPLE).reel
    seen: Counter[str] = Counter()
    for cause, effect in exact(reel):
        kind = name(reel, effect)
        if kind == "signal.delivered":
            assert reel.a[cause] == reel.a[effect]
            assert reel.b[cause] == reel.processes[int(reel.process[effect])]["pid"]
        elif name(reel, cause) == "process.fork":
            assert reel.b[cause] == reel.processes[int(reel.process[effect])]["pid"]
            kind = "birth"
        elif kind == "process.wait_pid":
            assert reel.a[effect] == reel.processes[int(reel.process[cause])]["pid"]
        else:
            continue
        seen[kind] += 1
    assert seen == {"signal.delivered": 8, "birth": 2, "process.wait_pid": 2}


COUNTED = """
    import multiprocessing, posix_ipc, sys, sysv_ipc, threading

    def acquire(gate, times):
        for _ in range(times):
            gate.acquire()
            taken.release()

    kind, first, count = sys.argv[1], int(sys.argv[2]), 5
    taken = threading.Semaphore(0)
    if kind == "sysv":
        gate = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=first)
    elif kind == "posix":
        gate = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=first)
    else:
        gate = threading.Semaphore(first)
    taker = threading.Thread(target=acquire, args=(gate, first + count))
    taker.start()
    for _ in range(first):
        taken.acquire()
    for _ in range(count):
        gate.release()
        taken.acquire()
    taker.join()
    if kind == "sysv":
        gate.remove()
    elif kind == "posix":
        gate.unlink()
"""


@pytest.mark.parametrize("kind", ["sysv", "posix", "threads"])
def test_the_release_after_the_first_value_is_used_up_lets_the_next_acquire_through(recorded, kind):
    reel = recorded(COUNTED, kind, "2").reel
    gate = {"sysv": "sysv.semaphore", "posix": "posix.semaphore", "threads": "threads.semaphore"}[kind]
    first = int(reel.object[reel.events.rows(f"{gate}.release")[-1 if kind == "threads" else 0]])
    if kind == "threads":  # the first of them is `taken`
        first = int(reel.object[reel.events.rows("threads.semaphore.create")[1]])
    acquires = [row for row in reel.events.rows(f"{gate}.acquire").tolist() if reel.object[row] == first]
    releases = [row for row in reel.events.rows(f"{gate}.release").tolist() if reel.object[row] == first]
    joined = [pair for pair in exact(reel) if pair[1] in acquires]
    assert sorted(joined) == list(zip(releases, acquires[2:], strict=True))


MOMENTS = """
    import sysv_ipc, threading

    gate = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)
    waiter = threading.Thread(target=gate.Z)
    waiter.start()
    gate.acquire()
    waiter.join()
    for value in (3, 2):  # counted anew from each setting
        gate.value = value
        for _ in range(value):
            gate.acquire()
        other = threading.Thread(target=gate.acquire)
        other.start()
        gate.release()
        other.join()
    gate.remove()
"""


def test_a_wait_for_zero_belongs_to_what_made_it_zero_and_a_set_value_counts_anew(recorded):
    reel = recorded(MOMENTS).reel
    flows = list(zip(reel.flows.cause.tolist(), reel.flows.effect.tolist(), strict=True))
    acquires = reel.events.rows("sysv.semaphore.acquire").tolist()
    releases = reel.events.rows("sysv.semaphore.release").tolist()
    (zero,) = reel.events.rows("sysv.semaphore.z").tolist()
    assert (acquires[0], zero) in flows
    assert [pair for pair in exact(reel) if pair[0] in releases] == [
        (releases[0], acquires[4]),
        (releases[1], acquires[7]),
    ]
