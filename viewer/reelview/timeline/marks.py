"""Moments and ranges that a person marked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment (begin_ns == end_ns) or a range, with a note. One that is not kept goes when the next is set."""

    begin_ns: int
    end_ns: int
    note: str = ""
    kept: bool = False


class Marks(QObject):
    """All marks, in order of begin."""

    marks_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[Mark, ...] = ()

    @property
    def all(self) -> tuple[Mark, ...]:
        return self._marks

    def set_all(self, marks: tuple[Mark, ...]) -> None:
        self._put(marks)

    def mark(self, begin_ns: int, end_ns: int, *, keep: bool = False) -> None:
        """Sets a mark; one that is not kept takes the place of the one before it that was not."""
        self._put((*(mark for mark in self._marks if mark.kept), Mark(begin_ns, end_ns, kept=keep)))

    def keep(self) -> None:
        """Keeps the mark that would go."""
        self._put(tuple(replace(mark, kept=True) for mark in self._marks))

    def note(self, mark: Mark, text: str) -> None:
        self._put(tuple(replace(mark, note=text, kept=True) if each == mark else each for each in self._marks))

    def remove_near(self, at_ns: int, within_ns: float) -> None:
        """Removes the nearest mark within reach, or the one that is not kept."""
        near = min(self._marks, key=lambda mark: _distance(mark, at_ns), default=None)
        if near is None or _distance(near, at_ns) > within_ns:
            near = next((mark for mark in self._marks if not mark.kept), None)
        self._put(tuple(mark for mark in self._marks if mark is not near))

    def _put(self, marks: tuple[Mark, ...]) -> None:
        ordered = tuple(sorted(marks, key=lambda mark: (mark.begin_ns, mark.end_ns)))
        if ordered != self._marks:
            self._marks = ordered
            self.marks_changed.emit()


def _distance(mark: Mark, at_ns: int) -> int:
    return max(mark.begin_ns - at_ns, at_ns - mark.end_ns, 0)
