"""The counts of a reel agree with those of the kernel, on the same run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel

PROGRAM = """
import os, random, signal, sysv_ipc
from multiprocessing import Process

def receiver(queue, gate, count):
    for _ in range(count):
        gate.acquire()
        queue.receive()

def main():
    signal.signal(signal.SIGUSR1, lambda number, frame: None)
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    gate = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX)
    try:
        children = [Process(target=receiver, args=(queue, gate, 40)) for _ in range(3)]
        for child in children:
            child.start()
        for number in range(120):
            queue.send(b"%d" % number)
            gate.release()
            if number % 10 == 0:
                os.kill(os.getpid(), signal.SIGUSR1)
        for child in children:
            child.join()
        try:
            queue.receive(block=False)
        except sysv_ipc.BusyError:
            pass
    finally:
        queue.remove()
        gate.remove()

main()
"""

# A system call, and the operations that make it once each, raised or not. A signal may interrupt one: it is made again
# by the program, and is an operation again.
CALLS = {
    "msgsnd": ("sysv.queue.send",),
    "msgrcv": ("sysv.queue.receive",),
    "semop": ("sysv.semaphore.acquire", "sysv.semaphore.release", "sysv.semaphore.p", "sysv.semaphore.v"),
    "kill": ("signal.kill",),
}


def counts_by_strace(report: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in report.splitlines():
        columns = line.split()
        if len(columns) >= 5 and re.fullmatch(r"[0-9.]+", columns[0]):
            found[columns[-1]] = int(columns[3])
    return found


def counts_by_reel(reel: Reel) -> Counter[str]:
    names = Counter(reel.operations[code]["name"] for code in reel.op.tolist())
    return Counter({call: sum(names[name] for name in operations) for call, operations in CALLS.items()})


@pytest.mark.strace
def test_every_call_that_the_kernel_saw_is_an_event(tmp_path: Path) -> None:
    program, reel, report = tmp_path / "program.py", tmp_path / "a.reel", tmp_path / "strace"
    program.write_text(PROGRAM)
    traced = "trace=" + ",".join([*CALLS, "semtimedop"])
    strace = ["strace", "-f", "-c", "-o", str(report), "-e", traced]
    record = [sys.executable, "-m", "ipcreel", "record", "-o", str(reel), "--", sys.executable, str(program)]

    subprocess.run([*strace, *record], check=True, timeout=100, capture_output=True)

    seen = counts_by_strace(report.read_text())
    seen["semop"] += seen.pop("semtimedop", 0)
    assert {call: seen[call] for call in CALLS} == dict(counts_by_reel(open_reel(reel)))
    assert seen["msgsnd"] == 120
