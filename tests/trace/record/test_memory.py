"""What a recorded program takes of memory does not depend on how much it has done."""

from __future__ import annotations

import pytest

from tests.trace.conftest import Record

# After the first part all that is made once is there. Pages of files, which the tapes are, are not counted.
BUSY = """
    import os, queue, select, signal, socket, sys, sysv_ipc, threading, time

    def memory():
        fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
        return int(fields["RssAnon"].split()[0])

    signal.signal(signal.SIGUSR1, lambda *_: None)
    messages = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)
    lock, items = threading.Lock(), queue.Queue()
    left, right = socket.socketpair()
    read, write = os.pipe()

    def work(rounds):
        for number in range(rounds):
            text = b"%d" % number * 9
            messages.send(text)
            messages.receive()
            left.send(text)
            right.recv(1000)
            os.write(write, text)
            os.read(read, 1000)
            with semaphore, lock:
                items.put(number)
            items.get()
            time.monotonic()
            if not number % 50:
                here, there = socket.socketpair()
                here.close()
                there.close()
                threading.Thread(target=time.monotonic).start()
                os.kill(os.getpid(), signal.SIGUSR1)
                select.select([], [left], [])

    work(2_000)
    before = memory()
    work(int(sys.argv[1]))
    print(memory() - before)
    messages.remove()
    semaphore.remove()
"""


@pytest.mark.parametrize("rounds", [2_000, pytest.param(40_000, marks=pytest.mark.soak)])
def test_the_memory_of_a_recorded_program_does_not_grow_with_its_events(recorded: Record, rounds: int) -> None:
    run = recorded(BUSY, str(rounds))

    assert run.exit == 0
    assert len(run.reel) > 12 * rounds
    assert int(run.stdout) - int(run.bare.stdout) < 1024  # kilobytes
