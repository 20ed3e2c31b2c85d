"""When the next frame of what moves is due."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

FRAME_NS = 15_000_000
"""A little less than a screen's of 60 a second: where one comes late, none of those is without a new picture."""

_MADE_UP_NS = 4 * FRAME_NS
"""So much of what was missed is made up for: after a halt, frames in a burst would look like another one."""


class Pace(QObject):
    """Says when a frame is due; one that comes late does not put off those after it.

    A timer of Qt's that repeats leaves out a frame where one took longer than its interval: of each such frame a screen
    would see two.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(parent)
        self._clock = clock
        self._next_ns = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    @property
    def is_active(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        self._wait_until(self._clock() + FRAME_NS)

    def stop(self) -> None:
        self._timer.stop()

    def _on_time(self) -> None:
        self._wait_until(next_due(self._next_ns, self._clock()))  # first: what hears that a frame is due may stop it
        self.due.emit()

    def _wait_until(self, moment_ns: int) -> None:
        self._next_ns = moment_ns
        self._timer.start(max(-(-(moment_ns - self._clock()) // 1_000_000), 0))


def next_due(due_ns: int, now_ns: int) -> int:
    """When the frame after one is due, which was due at `due_ns` and is drawn now."""
    return max(due_ns + FRAME_NS, now_ns - _MADE_UP_NS)
