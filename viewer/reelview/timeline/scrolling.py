"""How high the lanes are, and how far they are scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from reelview.timeline.axis import axis_height_px
from reelview.timeline.scroll_bar import KeptScrollBar

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline

_LEAST_LANES = 30
"""There is room for so many lanes, however few there are."""


class Scrolling:
    """The bar beside the lanes of a timeline, there where they do not all have room."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._fitted = timeline.order.tracks
        """Whose lanes are as high as there is room."""
        self._bar = KeptScrollBar(Qt.Orientation.Vertical, timeline)
        self._bar.valueChanged.connect(timeline.update)

    @property
    def at_px(self) -> int:
        return self._bar.value()

    @property
    def width_px(self) -> int:
        """How much of the timeline the bar takes."""
        return self._bar.width() if self._bar.isVisibleTo(self._timeline) else 0

    def scroll_by(self, by_px: float) -> None:
        self._bar.setValue(self._bar.value() + round(by_px))

    def show_line(self, number: int) -> None:
        """Scrolls as little as is needed to see a line."""
        layout = self._timeline.layout_
        line = layout.lines[number]
        if line.pinned:
            return
        top = layout.y_px(number, self.at_px)
        below = top + line.height_px - self._timeline.picture_area.height()
        if top < layout.pinned_px:
            self.scroll_by(top - layout.pinned_px)
        elif below > 0:
            self.scroll_by(below)

    def fit_new_tracks(self) -> None:
        """What a person folds or hides makes no others higher; other tracks than before do."""
        if self._timeline.order.tracks is not self._fitted:
            self.fit_lanes()

    def fit_lanes(self) -> None:
        """Lanes fill a large window."""
        order, room_px = self._timeline.order, self._room_px
        self._fitted = order.tracks
        order.fit(min(self._timeline.layout_.lane_px_for(room_px, order.lane_px), room_px / _LEAST_LANES))

    def fit_bar(self) -> None:
        timeline, bar, room_px = self._timeline, self._bar, self._room_px
        most = max(timeline.layout_.height_px - room_px, 0)
        bar.setVisible(most > 0)
        width = bar.sizeHint().width()
        bar.setGeometry(timeline.width() - width, timeline.height() - room_px, width, max(room_px, 0))
        bar.setRange(0, most)
        bar.setPageStep(max(room_px, 1))
        bar.setSingleStep(timeline.order.lane_px)

    @property
    def _room_px(self) -> int:
        return self._timeline.height() - axis_height_px(len(self._timeline.data.tick_ns) > 0)
