"""Threads beside that of the user interface."""

from __future__ import annotations

import atexit
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QThread

_left: dict[QThread, object] = {}
"""Threads that nobody waits for, each with what it works on: a thread that runs must not lose it."""


class _Garbage:
    """Cyclic garbage, which nobody may collect while somebody holds it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holders = 0

    def hold(self) -> None:
        with self._guard:
            self._holders += 1
            gc.disable()

    def release(self) -> None:
        with self._guard:
            self._holders -= 1
            if not self._holders:
                gc.enable()


_garbage = _Garbage()


class Beside(QThread):
    """A thread that works beside the user interface; subclasses say what in `work`.

    While it works no cyclic garbage is collected. Python collects in whichever thread allocates, and an object of Qt
    that is destroyed in another thread than its own ends the process sooner or later.
    """

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        _garbage.hold()
        super().start(priority)

    def run(self) -> None:
        try:
            self.work()
        finally:
            _garbage.release()

    def work(self) -> None:
        raise NotImplementedError

    @contextmanager
    def resting(self) -> Iterator[None]:
        """While the thread waits, garbage may be collected."""
        _garbage.release()
        try:
            yield
        finally:
            _garbage.hold()

    def leave(self, owner: object = None) -> None:
        """Asks the thread to end after the step that it is in, and does not wait for that.

        Args:
            owner: what is to live as long as the thread.
        """
        self.requestInterruption()
        if not self.isRunning():
            self.wait()
            return
        self.setParent(None)
        _left[self] = owner
        self.finished.connect(lambda: _left.pop(self, None))


@atexit.register
def wait_for_left() -> None:
    """Waits for the threads that were left: a process must not end under a thread of Qt."""
    for thread in list(_left):
        thread.wait()
