"""Threads beside that of the user interface."""

from __future__ import annotations

import atexit
import gc
from functools import cache

from PySide6.QtCore import QObject, QThread, QTimer, Slot

_LOOK_MS = 100

_left: dict[QThread, object] = {}
"""Threads that nobody waits for, each with what it works on: a thread that runs must not lose it."""


class _Garbage(QObject):
    """Cyclic garbage, which Python may not collect of its own accord while somebody holds it.

    It lives in the thread of the user interface.
    """

    def __init__(self) -> None:
        super().__init__()
        self._holders = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._on_time)

    def collect_between_events(self) -> None:
        gc.disable()
        self._timer.start()

    @Slot()
    def _on_time(self) -> None:
        """Collects what Python would have collected by now."""
        due = [
            n for n, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most
        ]
        if due and not self._holders:
            gc.collect(due[-1])

    def hold(self) -> None:
        self._holders += 1
        gc.disable()

    @Slot()
    def release(self) -> None:
        self._holders -= 1
        if not self._holders and not self._timer.isActive():
            gc.enable()


@cache
def _garbage() -> _Garbage:
    return _Garbage()


class Beside(QThread):
    """A thread that works beside the user interface, which starts it; subclasses say what in `work`.

    Until it has ended no cyclic garbage is collected but by `collect`. Python collects in whichever thread allocates,
    and an object of Qt that is destroyed in another thread than its own ends the process sooner or later, or stops it:
    Qt waits for a lock under the interpreter's there, and for the interpreter's under that lock here.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # In the user interface, not in the thread: once it is allowed there, the next object that is made collects.
        self.finished.connect(_garbage().release)

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        _garbage().hold()
        super().start(priority)

    def run(self) -> None:
        self.work()

    def work(self) -> None:
        raise NotImplementedError

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


def collect() -> None:
    """Collects cyclic garbage, in the thread of the user interface: for those who show much while a thread works on."""
    gc.collect()


def collect_between_events() -> None:
    """Has cyclic garbage collected between events of Qt from here on, and nowhere else.

    Qt holds a lock while it takes an object's connections away, and PySide asks Python for overrides under it. Were
    garbage collected there, another object might be destroyed that needs the same lock, and wait for ever.
    """
    _garbage().collect_between_events()


def keep_modules() -> None:
    """Leaves what there is now, which is what was imported, out of collections: with it one may halt two frames."""
    gc.freeze()


@atexit.register
def wait_for_left() -> None:
    """Waits for the threads that were left: a process must not end under a thread of Qt."""
    for thread in list(_left):
        thread.wait()
