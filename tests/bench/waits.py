"""What a thread spends its time on while it does something: computing, or waiting, and for what.

The kernel counts how long a thread that could run waited for a processor, and how often it gave one up of its own
accord, as it does for a lock. What is left of the time on the clock is for a lock, or it is the host's, which runs
something else on a processor of a virtual machine: the kernel counts that in hundredths of a second (proc_stat(5),
steal).
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one piece of work of the thread that asks."""

    begun_s: float
    took_ms: float
    cpu_ms: float
    queued_ms: float
    """It could run, and another had the processor."""
    waits: int
    """So often it gave up the processor: for a lock."""
    faults: int
    stolen_ms: float
    """So long all processors together were the host's."""

    @property
    def else_ms(self) -> float:
        return max(self.took_ms - self.cpu_ms - self.queued_ms, 0.0)

    def __str__(self) -> str:
        other = "the host" if self.stolen_ms or not self.waits else "a lock"
        return (
            f"{self.took_ms:.1f} ms: computed {self.cpu_ms:.1f}, waited {self.queued_ms:.1f} for a processor, "
            f"{self.else_ms:.1f} for {other}; {self.faults} page faults"
        )


class Watch:
    """Begins as it is made; `spent` says what was spent since then."""

    def __init__(self) -> None:
        self._stolen_ms, self._queued_ms, usage = _stolen_ms(), _queued_ms(), resource.getrusage(resource.RUSAGE_THREAD)
        self._waits, self._faults = usage.ru_nvcsw, usage.ru_minflt
        self._begun_s, self._worked_s = time.perf_counter(), time.thread_time()

    def spent(self) -> Spent:
        took_ms, cpu_ms = (time.perf_counter() - self._begun_s) * 1e3, (time.thread_time() - self._worked_s) * 1e3
        usage = resource.getrusage(resource.RUSAGE_THREAD)
        waits, faults = usage.ru_nvcsw - self._waits, usage.ru_minflt - self._faults
        queued_ms, stolen_ms = _queued_ms() - self._queued_ms, _stolen_ms() - self._stolen_ms
        return Spent(self._begun_s, took_ms, cpu_ms, queued_ms, waits, faults, stolen_ms)


def _queued_ms() -> float:
    with open("/proc/thread-self/schedstat", "rb", buffering=0) as told:
        return int(told.read().split()[1]) / 1e6


def _stolen_ms() -> float:
    with open("/proc/stat", "rb", buffering=0) as told:
        return int(told.read(200).split()[8]) * 1e3 / os.sysconf("SC_CLK_TCK")
