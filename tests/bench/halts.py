"""When the machine itself halts: another process looks, which does nothing but read memory of its own.

The host of a virtual machine may take memory away and give it back as it is touched, in pieces of 64 KB: the first byte
of each then takes a tenth of a millisecond or several, at the same moments in every process, with no page fault in any,
and as the time of the thread that reads. A picture of 6 MB has ninety pieces. What is measured then is not the
program's.

    python tests/bench/halts.py        prints each halt as it is over: its begin and its end, monotonic s
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

_PAGES, _PAGE_BYTES = 2048, 4096
_PIECE_BYTES = 1 << 16
_APART_S = 0.004
_HALT_S = 0.002
"""So much of the processor's time: reading a byte of each page takes a tenth of a millisecond otherwise."""

_AROUND_S = 0.2
"""Pieces come back one after another, to whoever touches them: those of the one that looks before or after others."""

Halt = tuple[float, float]


@contextmanager
def looking_for_halts() -> Iterator[list[Halt]]:
    """The halts while this lasts, there when it is over."""
    halts: list[Halt] = []
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None, "it is a pipe"
        other.stdout.readline()
        try:
            yield halts
        finally:
            said, _ = other.communicate()  # what it reads from ends, and so does it
            halts += [(float(begin), float(end)) for begin, end in map(str.split, said.splitlines())]


def find(memory: NDArray[np.uint8]) -> None:
    """Has the host give back what it took of some memory, which is written to and keeps what it holds."""
    memory[::_PIECE_BYTES] |= 0


def is_in(halts: list[Halt], begin_s: float, end_s: float) -> bool:
    """Whether the machine halted in a part of [begin_s, end_s]."""
    return any(begin_s < until + _AROUND_S and since - _AROUND_S < end_s for since, until in halts)


def look() -> None:
    memory = np.ones(_PAGES * _PAGE_BYTES, np.uint8)[::_PAGE_BYTES]
    print("looking", flush=True)
    while not select.select([0], [], [], _APART_S)[0] or os.read(0, 1):
        begun, worked = time.perf_counter(), time.thread_time()
        memory.sum()
        if time.thread_time() - worked > _HALT_S:
            print(begun, time.perf_counter(), flush=True)


if __name__ == "__main__":
    look()
