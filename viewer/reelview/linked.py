"""Two sessions whose cursors and views go together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject

from reelview.alignment import Alignment
from reelview.session import Session


class Linked(QObject):
    """Moves the other session as the one moves, and the other way round, along an alignment."""

    def __init__(self, one: Session, other: Session, alignment: Alignment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._one, self._other = one, other
        self.alignment = alignment
        self._held = False
        one.view.range_changed.connect(self._on_one_range)
        other.view.range_changed.connect(self._on_other_range)
        one.cursor.moved.connect(self._on_one_cursor)
        other.cursor.moved.connect(self._on_other_cursor)
        self._on_one_range()
        self._on_one_cursor()

    def moments(self, one_event: int | None, other_event: int | None) -> tuple[int, int]:
        """When an event of each began; for one that is not there the moment of the other."""
        one_ns, other_ns = _begin_ns(self._one, one_event), _begin_ns(self._other, other_event)
        if one_ns is None:
            assert other_ns is not None, "there is an event in one of the two"
            return self.alignment.to_one(other_ns), other_ns
        return one_ns, self.alignment.to_other(one_ns) if other_ns is None else other_ns

    def go_to(self, one_event: int | None, other_event: int | None) -> None:
        """Selects an event in each, at the same place of the view; one that has none goes to the same moment."""
        with self._alone():
            length_ns = self._one.view.length_ns
            events, moments = (one_event, other_event), self.moments(one_event, other_event)
            for session, event, at_ns in zip((self._one, self._other), events, moments, strict=True):
                with session.history.step():
                    session.selection.select_event(event)
                    session.cursor.move_to(at_ns)
                    session.view.show(at_ns - length_ns // 2, at_ns - length_ns // 2 + length_ns)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """For as long as each is moved by itself."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def _on_one_range(self) -> None:
        to = self.alignment.to_other
        if not self._held:
            with self._alone():
                self._other.view.glide(to(self._one.view.begin_ns), to(self._one.view.end_ns))

    def _on_other_range(self) -> None:
        to = self.alignment.to_one
        if not self._held:
            with self._alone():
                self._one.view.glide(to(self._other.view.begin_ns), to(self._other.view.end_ns))

    def _on_one_cursor(self) -> None:
        if not self._held:
            with self._alone():
                self._other.cursor.move_to(self.alignment.to_other(self._one.cursor.at_ns))

    def _on_other_cursor(self) -> None:
        if not self._held:
            with self._alone():
                self._one.cursor.move_to(self.alignment.to_one(self._other.cursor.at_ns))


def _begin_ns(session: Session, event: int | None) -> int | None:
    assert session.reel is not None, "two reels are linked"
    return None if event is None else int(session.reel.begin[event])
