"""Main's watch over the processes of a run: starts them, sees them end, ends them."""

import multiprocessing
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from energymarket.actor import ADRIFT
from energymarket.ipc import LimitError
from energymarket.lifeline import signals_held_back
from energymarket.registry import Process, Registry, start_time

GRACE_S = 0.3  # how long those that noticed a death may be ahead of the dead in being seen
PATIENCE_S = 1.0  # how long SIGTERM may take before SIGKILL follows


class RunError(Exception):
    """The run could not start, or was stopped by something other than its user."""


class InterruptedRunError(RunError):
    """The run was stopped by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended, with its exit code; None where it is not our child and nobody can tell."""

    name: str
    exit_code: int | None

    @property
    def rank(self) -> int:
        """The likeliest cause first: killed, failed, gone, lost the others."""
        if self.exit_code is None:
            return 1
        return 0 if self.exit_code < 0 else 3 if self.exit_code == ADRIFT else 2 if self.exit_code == 0 else 1

    def __str__(self) -> str:
        if self.exit_code is None:
            return f"{self.name} ended"
        if self.exit_code < 0:
            return f"{self.name} was killed by {signal.Signals(-self.exit_code).name}"
        lost = " (it lost the market or the IPC objects of the run)" if self.exit_code == ADRIFT else ""
        return f"{self.name} ended with exit code {self.exit_code}{lost}"


class Supervisor:
    """Lives in main's main thread, where signals arrive."""

    def __init__(self, context: BaseContext, registry: Registry) -> None:
        self._signal: int | None = None
        self._context = context
        self._registry = registry
        self._children: dict[str, BaseProcess] = {}
        self._grandchildren: dict[str, tuple[Process, int]] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}

    def start(self, name: str, target: Callable[..., None], *args: Any) -> None:
        """Starts a process, unless there is a reason to end the run.

        Raises:
            LimitError: the kernel allows no more processes.
        """
        self._check(0, lambda: False)
        child = self._context.Process(target=target, args=args, name=name)  # type: ignore[attr-defined]
        try:
            with signals_held_back():
                child.start()
        except BlockingIOError:
            raise LimitError(
                f"the kernel starts no more processes (at {name}): raise ulimit -u, or kernel.pid_max and "
                "kernel.threads-max with sysctl, or the container's limit of processes"
            ) from None
        self._children[name] = child
        self._registry.note_process(name, Process(child.pid, start_time(child.pid) or 0))
        self._selector.register(child.sentinel, selectors.EVENT_READ, name)

    def start_and_hear(self, name: str, target: Callable[..., None], *args: Any) -> Any:
        """Starts a process with a pipe as its last argument, and waits for what it says there."""
        reader, writer = self._context.Pipe(duplex=False)
        self.start(name, target, *args, writer)
        writer.close()
        while True:
            said = wait([reader, self._selector])  # type: ignore[list-item]
            if reader in said:
                try:
                    return reader.recv()
                except EOFError:
                    pass
            self._check(GRACE_S, lambda: False)

    def adopt(self, name: str, process: Process) -> None:
        """Watches a child's child too."""
        try:
            pidfd = os.pidfd_open(process.pid)
        except ProcessLookupError:  # it is gone already, and its parent with it
            return
        self._registry.note_process(name, process)
        self._grandchildren[name] = (process, pidfd)
        self._selector.register(pidfd, selectors.EVENT_READ, name)

    def wake(self) -> None:
        """From another thread or a handler: makes `wait_end` look again."""
        try:
            os.write(self._wake, b"!")
        except BlockingIOError:
            pass

    def wait_end(self, failed: Callable[[], bool], may_end: Callable[[], bool]) -> None:
        """Waits until everybody ended well, or main has failed.

        Args:
            may_end: the last tick is as good as over, so that processes may end.

        Raises:
            RunError: a process ended too early, or badly.
            InterruptedRunError: SIGINT or SIGTERM came.
        """
        while self._selector_has_processes() and not failed():
            self._check(None, may_end)

    def _selector_has_processes(self) -> bool:
        return len(self._selector.get_map()) > 1

    def _check(self, timeout: float | None, may_end: Callable[[], bool]) -> None:
        seen = self._next_ended(timeout)
        if self._signal is not None:
            raise InterruptedRunError(self._signal)
        if any(each.exit_code not in (0, None) or not may_end() for each in seen):
            raise RunError(f"{self._likeliest(seen)} in the middle of the run; everything was stopped")

    def _likeliest(self, seen: list[Ended]) -> Ended:
        deadline = time.monotonic() + GRACE_S
        while min(each.rank for each in seen) > 0 and (left := deadline - time.monotonic()) > 0:
            seen += self._next_ended(left)
        return min(seen, key=lambda each: each.rank)

    def _next_ended(self, timeout: float | None) -> list[Ended]:
        ended = []
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                os.read(self._woken, 4096)
                continue
            self._selector.unregister(key.fd)
            ended.append(Ended(key.data, self._exit_code(key.data)))
        return ended

    def _exit_code(self, name: str) -> int | None:
        if name in self._grandchildren:
            return None
        child = self._children[name]
        child.join()
        return child.exitcode

    def end(self, remove_objects: Callable[[], None]) -> None:
        """Ends whoever is left, and does not return before they are gone; never mind what they are doing."""
        for child in self._children.values():
            if child.exitcode is None:
                child.terminate()
        remove_objects()
        deadline = time.monotonic() + PATIENCE_S
        for child in self._children.values():
            child.join(max(0.0, deadline - time.monotonic()))
            if child.exitcode is None:
                child.kill()
                child.join()
        for process, pidfd in self._grandchildren.values():
            _end_grandchild(process, pidfd, max(0.0, deadline - time.monotonic()))
        self._close()

    def _close(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._selector.close()
        for each in (self._woken, self._wake):
            os.close(each)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._signal is None:
            self._signal = number
        self.wake()


def _end_grandchild(process: Process, pidfd: int, patience_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pidfd, selectors.EVENT_READ)
        if not selector.select(patience_s) and process.alive:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            selector.select(patience_s)
    os.close(pidfd)


def start_context(method: str) -> BaseContext:
    """The way to start processes, with its helper processes running.

    They are started before any signal is held back: starting one lets SIGINT and SIGTERM through as a side effect.
    """
    context = multiprocessing.get_context(method)
    if method != "fork":
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()
    if method == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(["energymarket.home", "energymarket.market", "energymarket.weather"])
        forkserver.ensure_running()
    return context
