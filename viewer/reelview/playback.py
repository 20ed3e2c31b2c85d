"""Playing a run: the cursor moves as time passes, at a speed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from reelview.timeline.cursor import Cursor
from reelview.timeline.pace import Pace

SLOWEST, FASTEST = 0.001, 1000.0


class Playback(QObject):
    """Moves a cursor.

    Args:
        clock: monotonic ns; its steps, times the speed, are what the cursor moves by.
        event_ns, flow_ns, tick_ns: ascending moments to step to: begins of events, ends of flows, begins of ticks.
    """

    playing_changed = Signal()
    speed_changed = Signal()

    def __init__(
        self,
        cursor: Cursor,
        clock: Callable[[], int],
        *,
        event_ns: NDArray[np.int64],
        flow_ns: NDArray[np.int64],
        tick_ns: NDArray[np.int64],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._cursor = cursor
        self._clock = clock
        self._moments = {"event": event_ns, "flow": flow_ns, "tick": tick_ns}
        self._speed = 1.0
        self._seen_ns = 0
        self._rest_ns = 0.0
        self._pace = Pace(self)
        self._pace.due.connect(self.advance)

    def take_moments(self, other: Playback) -> None:
        """The run has grown: steps to the moments of another from here on."""
        self._moments = other._moments

    @property
    def is_playing(self) -> bool:
        return self._pace.is_active

    @property
    def speed(self) -> float:
        """Recorded seconds a second."""
        return self._speed

    def play(self) -> None:
        """Plays on from the cursor; from the begin where it stands at the end."""
        if self.is_playing:
            return
        first_ns, last_ns = self._cursor.extent_ns
        if self._cursor.at_ns >= last_ns:
            self._cursor.move_to(first_ns)
        self._seen_ns, self._rest_ns = self._clock(), 0.0
        self._pace.start()
        self.playing_changed.emit()

    def pause(self) -> None:
        if self.is_playing:
            self._pace.stop()
            self.playing_changed.emit()

    def toggle(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        inside = min(max(speed, SLOWEST), FASTEST)
        if inside != self._speed:
            self.advance()
            self._speed = inside
            self.speed_changed.emit()

    def faster(self) -> None:
        self.set_speed(self._speed * 2)

    def slower(self) -> None:
        self.set_speed(self._speed / 2)

    def advance(self) -> None:
        """Moves the cursor by the time passed since it was last moved; pauses at the end."""
        if not self.is_playing:
            return
        now_ns = self._clock()
        moved_ns = (now_ns - self._seen_ns) * self._speed + self._rest_ns
        self._seen_ns, self._rest_ns = now_ns, moved_ns % 1
        target_ns = self._cursor.at_ns + int(moved_ns)
        self._cursor.move_to(target_ns)
        if target_ns >= self._cursor.extent_ns[1]:
            self.pause()

    def step(self, what: str, by: int) -> None:
        """Pauses and moves to the next (by=1) or the previous (by=-1) moment of `what`: event, flow or tick."""
        self.pause()
        moments = self._moments[what]
        at_ns = np.int64(self._cursor.at_ns)
        found = int(moments.searchsorted(at_ns, "right")) if by > 0 else int(moments.searchsorted(at_ns)) - 1
        if 0 <= found < len(moments):
            self._cursor.move_to(int(moments[found]))


def speed_label(speed: float) -> str:
    """1×, 0.25×, 0.001×, 64×."""
    return f"{speed:.3g}×"
