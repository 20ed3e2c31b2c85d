"""Which lanes stand where."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from reelview.timeline.data import Track

HEIGHTS_PX = (3, 5, 8, 11, 14, 18, 22, 28, 36, 48)
_USUAL, _GREATEST = 5, 9
"""Lanes are no lower, and no higher, unless a person wants them so."""


class LaneOrder(QObject):
    """What a person has changed of the order of tracks and lanes: the sequence, what is folded, hidden, pinned."""

    order_changed = Signal()

    def __init__(self, tracks: Sequence[Track], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tracks = tuple(tracks)
        self._sequence = family_order(tracks)
        self._folded: set[int] = set()
        self._hidden: set[int] = set()
        self._pinned: list[int] = []
        self._height: int | None = None
        """What a person has chosen."""
        self._fitting = _USUAL

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self._tracks

    @property
    def sequence(self) -> tuple[int, ...]:
        """The tracks from top to bottom."""
        return tuple(self._sequence)

    @property
    def hidden(self) -> frozenset[int]:
        """Lanes that are not shown."""
        return frozenset(self._hidden)

    @property
    def pinned(self) -> tuple[int, ...]:
        """Lanes that stay on top, in order."""
        return tuple(self._pinned)

    @property
    def lane_px(self) -> int:
        """How high a lane is: as there is room, until a person makes it higher or lower."""
        return HEIGHTS_PX[self._fitting if self._height is None else self._height]

    def is_folded(self, track: int) -> bool:
        return track in self._folded

    def set_tracks(self, tracks: Sequence[Track], moved_tracks: Sequence[int], moved_lanes: Sequence[int]) -> None:
        """The run has grown: what a person has arranged stays, and new tracks come last then.

        Args:
            moved_tracks, moved_lanes: the number that each track and each lane has now.
        """
        arranged = self._sequence != family_order(self._tracks)
        before = [moved_tracks[track] for track in self._sequence]
        self._tracks = tuple(tracks)
        family = family_order(tracks)
        self._sequence = before + [track for track in family if track not in set(before)] if arranged else family
        self._folded = {moved_tracks[track] for track in self._folded}
        self._hidden = {moved_lanes[lane] for lane in self._hidden}
        self._pinned = [moved_lanes[lane] for lane in self._pinned]
        self.order_changed.emit()

    def fold(self, track: int, folded: bool | None = None) -> None:
        """Folds or unfolds a track; by default whichever it is not."""
        wanted = track not in self._folded if folded is None else folded
        (self._folded.add if wanted else self._folded.discard)(track)
        self.order_changed.emit()

    def fold_all(self, folded: bool) -> None:
        self._folded = set(range(len(self._tracks))) if folded else set()
        self.order_changed.emit()

    def pin(self, lane: int) -> None:
        """Pins a lane, or lets it go."""
        if lane in self._pinned:
            self._pinned.remove(lane)
        else:
            self._pinned.append(lane)
        self.order_changed.emit()

    def hide(self, lanes: Sequence[int]) -> None:
        self._hidden.update(lanes)
        self.order_changed.emit()

    def show(self, lanes: Sequence[int] | None = None) -> None:
        """Shows hidden lanes again; by default all of them."""
        self._hidden = self._hidden - set(lanes) if lanes is not None else set()
        self.order_changed.emit()

    def show_only(self, lanes: Sequence[int]) -> None:
        every = {lane for track in self._tracks for lane in track.lanes}
        self._hidden = every - set(lanes)
        self.order_changed.emit()

    def move(self, track: int, before: int | None) -> None:
        """Puts a track before another, or last."""
        if track == before:
            return
        self._sequence.remove(track)
        at = len(self._sequence) if before is None else self._sequence.index(before)
        self._sequence.insert(at, track)
        self.order_changed.emit()

    def grow(self, steps: int) -> None:
        """Makes lanes higher, or lower."""
        before = self.lane_px
        self._height = min(max(HEIGHTS_PX.index(before) + steps, 0), len(HEIGHTS_PX) - 1)
        if self.lane_px != before:
            self.order_changed.emit()

    def fit(self, lane_px: float) -> None:
        """There is room for lanes of a height."""
        before = self.lane_px
        self._fitting = max((n for n in range(_USUAL, _GREATEST + 1) if HEIGHTS_PX[n] <= lane_px), default=_USUAL)
        if self.lane_px != before:
            self.order_changed.emit()


def family_order(tracks: Sequence[Track]) -> list[int]:
    """Parents before their children, a family together; a track whose parents form a ring stands as if it had none."""
    children: dict[int, list[int]] = {}
    for number, track in enumerate(tracks):
        children.setdefault(track.parent if track.parent != number else -1, []).append(number)
    order: list[int] = []
    seen: set[int] = set()
    for root in (*children.get(-1, []), *range(len(tracks))):
        stack = [root]
        while stack:
            number = stack.pop()
            if number not in seen:
                seen.add(number)
                order.append(number)
                stack += reversed(children.get(number, []))
    return order


def generation(tracks: Sequence[Track], track: int) -> int:
    """How many ancestors a track has."""
    count, seen = 0, {track}
    while (track := tracks[track].parent) >= 0 and track not in seen:
        seen.add(track)
        count += 1
    return count
