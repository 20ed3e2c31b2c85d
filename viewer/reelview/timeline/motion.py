"""Gliding while a key is held."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject

from reelview.timeline.pace import Pace
from reelview.timeline.view_range import ViewRange

_FIRST_S = 0.08
_ZOOM_RATE = 2.6
_PAN_RATE = 1.1
_FAST = 3.5


class Motion(QObject):
    """Zooms and pans a view while keys are held; a tap alone moves a little.

    Args:
        anchor_ns: the moment that zooming holds where it is.
        clock: monotonic ns.
    """

    def __init__(
        self, view: ViewRange, anchor_ns: Callable[[], int], clock: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._anchor_ns = anchor_ns
        self._clock = clock
        self._held: dict[str, float] = {}
        self._seen_ns = 0
        self._pace = Pace(self)
        self._pace.due.connect(self.advance)

    def press(self, name: str, fast: bool) -> None:
        self._held[name] = _FAST if fast else 1.0
        self._move(_FIRST_S)
        if not self._pace.is_active:
            self._seen_ns = self._clock()
            self._pace.start()

    def release(self, name: str) -> None:
        self._held.pop(name, None)
        if not self._held:
            self._pace.stop()

    def stop(self) -> None:
        self._held.clear()
        self._pace.stop()

    def advance(self) -> None:
        """Moves by the time passed."""
        now_ns = self._clock()
        self._move(min((now_ns - self._seen_ns) / 1e9, 0.1))
        self._seen_ns = now_ns

    def _move(self, seconds: float) -> None:
        zoom = self._held.get("zoom_out", 0.0) - self._held.get("zoom_in", 0.0)
        pan = self._held.get("pan_right", 0.0) - self._held.get("pan_left", 0.0)
        if zoom:
            self._view.zoom(math.exp(zoom * _ZOOM_RATE * seconds), self._anchor_ns())
        if pan:
            self._view.pan(round(pan * _PAN_RATE * seconds * self._view.length_ns))
