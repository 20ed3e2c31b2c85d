"""Where a person has been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from reelview.timeline.cursor import Cursor
from reelview.timeline.selection import Selection
from reelview.timeline.view_range import ViewRange

_MOST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """What was seen, where the cursor stood, and the selected event."""

    begin_ns: int
    end_ns: int
    at_ns: int
    event: int | None


class History(QObject):
    """The places behind and ahead: each is one that a jump, a glide or a choice of an event led away from."""

    changed = Signal()

    def __init__(self, view: ViewRange, cursor: Cursor, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._cursor, self._selection = view, cursor, selection
        self._behind: list[Place] = []
        self._ahead: list[Place] = []
        self._inside = False
        view.left.connect(self._on_left)

    @property
    def can_go_back(self) -> bool:
        return bool(self._behind)

    @property
    def can_go_forward(self) -> bool:
        return bool(self._ahead)

    @contextmanager
    def step(self) -> Iterator[None]:
        """All that is moved and selected meanwhile is one step, and undone together."""
        if self._inside:
            yield
            return
        before, self._inside = self._here(), True
        try:
            yield
        finally:
            self._inside = False
        after = self._here()
        if replace(after, at_ns=before.at_ns) != before and after != before:
            self._remember(before)

    def back(self) -> None:
        self._go(self._behind, self._ahead)

    def forward(self) -> None:
        self._go(self._ahead, self._behind)

    def renumber(self, rows: NDArray[np.int64]) -> None:
        """The run has grown, and row i of the reel is now `rows[i]`."""
        for places in (self._behind, self._ahead):
            places[:] = [each if each.event is None else replace(each, event=int(rows[each.event])) for each in places]

    def _here(self) -> Place:
        return Place(self._view.begin_ns, self._view.end_ns, self._cursor.at_ns, self._selection.selected_event)

    def _on_left(self) -> None:
        if not self._inside:
            self._remember(self._here())

    def _remember(self, place: Place) -> None:
        self._behind = [*self._behind[-_MOST:], place]
        self._ahead.clear()
        self.changed.emit()

    def _go(self, source: list[Place], target: list[Place]) -> None:
        if not source:
            return
        place = source.pop()
        target.append(self._here())
        self._inside = True
        self._view.show(place.begin_ns, place.end_ns)
        self._cursor.move_to(place.at_ns)
        self._selection.select_event(place.event)
        self._inside = False
        self.changed.emit()
