"""Whoever is killed, at whatever moment: what had completed is in the reel, what was in progress is pending there.

The program counts for itself, in a file that it appends to after each message. An event is on tape before its call
returns to the program, so the reel may have one message more of each process than that file, and never one less.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ipcreel.record.family import is_alive
from ipcreel.reel import Reel, open_reel

WORKERS = 3
NEVER_SENT = 1000  # the type of a message that a thread of each worker waits for
LAST_MOMENT_S = 1.5  # kills come up to so long after the recording began; in the soak
LONGER_S = 8.0  # up to so long: on a busy machine the first messages are late
DEADLINE_S = 60

PROGRAM = f"""
import os, sys, sysv_ipc, threading
counts = os.open("counts", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
os.write(counts, b"queue %d\\n" % queue.id)
main = os.getpid()
def exchange(kind, goes_on):
    number = 0
    while goes_on():
        queue.send(b"%d %d" % (kind, number), type=kind)
        os.write(counts, b"sent %d %d\\n" % (kind, number))
        queue.receive(type=kind)
        number += 1
for kind in range(2, 2 + {WORKERS}):
    if os.fork() == 0:
        os.write(counts, b"pid %d\\n" % os.getpid())
        threading.Thread(target=queue.receive, kwargs={{"type": {NEVER_SENT} + kind}}, daemon=True).start()
        exchange(kind, lambda: os.getppid() == main)
        os._exit(0)
exchange(1, lambda: True)
"""


class Round:
    """One recording of the program, and what it says of itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "program.py").write_text(PROGRAM)
        command = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", "a.reel", "--", sys.executable, "program.py"]
        self.recorder = subprocess.Popen(command, cwd=folder, start_new_session=True)

    def said(self) -> list[list[str]]:
        counts = self.folder / "counts"
        lines = counts.read_text().splitlines() if counts.exists() else []
        return [line.split() for line in lines]

    def pids(self, chosen: random.Random, victim: str) -> int | None:
        """Who is to be killed; None where it is not there yet."""
        if victim == "recorder":
            return self.recorder.pid
        if victim == "worker":
            workers = [int(words[1]) for words in self.said() if words[0] == "pid"]
            return chosen.choice(workers) if workers else None
        children = Path(f"/proc/{self.recorder.pid}/task/{self.recorder.pid}/children").read_text().split()
        return int(children[-1]) if children else None

    def end(self) -> None:
        """Let nothing run on: main, then the workers, which end when it has, then whoever is left."""
        main = self.pids(random.Random(), "main") if self.recorder.poll() is None else None
        if main is not None:
            os.kill(main, signal.SIGKILL)
            self.recorder.wait(DEADLINE_S)
        try:
            os.killpg(self.recorder.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.recorder.wait(DEADLINE_S)

    def reel(self) -> Reel:
        """What was recorded, recovered where the recorder did not live to make it."""
        tapes = list(self.folder.glob(".a.reel.*.tapes"))
        if tapes:
            recover = [sys.executable, "-m", "ipcreel", "recover", str(tapes[0])]
            subprocess.run(recover, check=True, capture_output=True, timeout=DEADLINE_S)
        return open_reel(self.folder / "a.reel")

    def remove_queue(self) -> None:
        import sysv_ipc

        for words in self.said():
            if words[0] == "queue":
                sysv_ipc.remove_message_queue(int(words[1]))


def kill_at_a_random_moment(folder: Path, seed: int, last_moment_s: float) -> str:
    """One round. Returns what was killed, when, and what was found.

    Raises:
        AssertionError: something had completed and is not in the reel, or was in progress and is not pending there.
    """
    chosen = random.Random(seed)
    victim = chosen.choice(("main", "worker", "recorder"))
    delay_s = chosen.uniform(0, last_moment_s)
    run = Round(folder)
    try:
        wait_for(lambda: list(folder.glob(".a.reel.*.tapes/run")), "the recording")
        time.sleep(delay_s)  # the moment is the point: nothing is waited for
        pid = run.pids(chosen, victim)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not is_alive(pid), "the end of what was killed")
        said = run.said()
        run.end()
        reel = run.reel()
        return f"seed {seed}: {victim} after {delay_s:.3f} s: {compare(reel, said, run.said())}"
    finally:
        run.end()
        run.remove_queue()


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.001)


def compare(reel: Reel, then: list[list[str]], at_last: list[list[str]]) -> str:
    names = {str(row["name"]): code for code, row in reel.operations.items()}
    rows = np.flatnonzero((reel.op == names["sysv.queue.send"]) & ~reel.pending).tolist()
    messages = [tuple(map(int, bytes(reel.payload(row)).split())) for row in rows]
    sent = Counter(kind for kind, _ in messages)
    for kind in sent:
        assert [number for of, number in messages if of == kind] == list(range(sent[kind])), f"sends of {kind}"
    before, after = (Counter(int(words[1]) for words in lines if words[0] == "sent") for lines in (then, at_last))
    for kind in range(1, 2 + WORKERS):
        assert before[kind] <= sent[kind] <= after[kind] + 1, f"{kind} sent {before[kind]} to {after[kind]}: {sent}"
    waiting = np.flatnonzero((reel.op == names["sysv.queue.receive"]) & reel.pending & (reel.a > NEVER_SENT))
    for kind in range(2, 2 + WORKERS):
        assert (NEVER_SENT + kind in reel.a[waiting]) or not before[kind], f"{kind}: its wait is not pending"
    return f"{sum(sent.values())} sends in the reel, {sum(before.values())} to {sum(after.values())} counted"


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_by_a_kill_at_a_random_moment(tmp_path: Path, seed: int) -> None:
    print(kill_at_a_random_moment(tmp_path, seed, LAST_MOMENT_S))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 103))
def test_nothing_is_lost_by_a_hundred_kills_at_random_moments(tmp_path: Path, seed: int) -> None:
    print(kill_at_a_random_moment(tmp_path, seed, LONGER_S))
