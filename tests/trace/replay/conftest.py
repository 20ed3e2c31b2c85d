"""Replays what was recorded, as a person does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from ipcreel.reel import Reel

DEADLINE_S = 60

LEDGER = """
    import multiprocessing, os, time
    def add(queue, answers, amount):
        total = 0
        for number in range(5):
            total += queue.get() * amount
            print(number, total, flush=True)
        answers.put(total)
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        queue, answers = context.SimpleQueue(), context.SimpleQueue()
        child = context.Process(target=add, args=(queue, answers, 3), name="adder")
        child.start()
        for item in range(5):
            queue.put(item)
        print("in all", answers.get())
        child.join()
"""
GET_LINE = 6
"""The line of LEDGER in which the adder gets an item."""

DEADLOCK = """
    import threading
    first, second, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
    def take(one, other):
        with one:
            both.wait()
            with other: pass
    threading.Thread(target=take, args=(first, second), name="left").start()
    threading.Thread(target=take, args=(second, first), name="right").start()
"""


def replay(reel: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """`ipcreel replay`, with `text` typed into its debugger."""
    command = [sys.executable, "-m", "ipcreel", "replay", str(reel), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=DEADLINE_S, check=False, input=text, cwd=reel.parent
    )


def events_of(reel: Reel, process: str, operation: str = "") -> list[int]:
    """The rows of an operation's events in a process, or of all of them."""
    codes = [code for code, row in reel.operations.items() if operation in ("", row["name"])]
    rows = np.flatnonzero(np.isin(reel.op, codes)).tolist()
    return [row for row in rows if reel.process_name(int(reel.process[row])) == process]
