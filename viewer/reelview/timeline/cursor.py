"""The moment that every panel shows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Cursor(QObject):
    """A moment inside of the run."""

    moved = Signal()

    def __init__(self, first_ns: int, last_ns: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first_ns, self._last_ns = first_ns, last_ns
        self._at_ns = first_ns

    @property
    def at_ns(self) -> int:
        return self._at_ns

    @property
    def extent_ns(self) -> tuple[int, int]:
        return self._first_ns, self._last_ns

    def set_extent(self, first_ns: int, last_ns: int) -> None:
        """The run has grown. At its end the cursor stays at its end."""
        at_end = self._at_ns == self._last_ns
        self._first_ns, self._last_ns = first_ns, last_ns
        self.move_to(last_ns if at_end else self._at_ns)

    def move_to(self, at_ns: int) -> None:
        inside = min(max(at_ns, self._first_ns), self._last_ns)
        if inside != self._at_ns:
            self._at_ns = inside
            self.moved.emit()
