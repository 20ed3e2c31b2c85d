"""Which part of the run is seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

LEAST_NS = 100
_MARGIN = 0.04


class ViewRange(QObject):
    """A range of time that never leaves the run, with bookmarks.

    `left` comes before a range is left for another: once before each jump, and once before a glide (zooming and panning
    bit by bit), however long it lasts.
    """

    range_changed = Signal()
    left = Signal()

    def __init__(self, first_ns: int, last_ns: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first_ns, self._last_ns = first_ns, last_ns
        self._shown = self._whole()
        self._gliding = False
        self._bookmarks: dict[int, tuple[int, int]] = {}

    @property
    def begin_ns(self) -> int:
        return self._shown[0]

    @property
    def end_ns(self) -> int:
        return self._shown[1]

    @property
    def length_ns(self) -> int:
        return self._shown[1] - self._shown[0]

    @property
    def extent_ns(self) -> tuple[int, int]:
        return self._first_ns, self._last_ns

    @property
    def is_at_end(self) -> bool:
        """Whether the end of the run is seen: then it goes on being seen while the run grows."""
        return self._shown[1] >= self._last_ns

    def set_extent(self, first_ns: int, last_ns: int) -> None:
        """The run is another, or has grown. What showed the whole goes on showing the whole, and the end the end."""
        whole, grown_ns = self._shown == self._whole(), last_ns - self._last_ns if self.is_at_end else 0
        self._first_ns, self._last_ns = first_ns, last_ns
        self._put(self._whole() if whole else self._fit(self.begin_ns + grown_ns, self.end_ns + grown_ns))

    def show_end(self) -> None:
        """Jumps to the end, as near as the view is."""
        _, last = self._whole()
        self.show(last - self.length_ns, last)

    def zoom(self, factor: float, at_ns: int) -> None:
        """Shows `factor` times as much, with the moment `at_ns` where it is."""
        length = max(LEAST_NS, round(self.length_ns * factor))
        share = (at_ns - self.begin_ns) / self.length_ns
        begin = at_ns - round(share * length)
        self._glide(begin, begin + length)

    def pan(self, by_ns: int) -> None:
        self._glide(self.begin_ns + by_ns, self.end_ns + by_ns)

    def show(self, begin_ns: int, end_ns: int) -> None:
        """Jumps to a range."""
        target = self._fit(begin_ns, end_ns)
        if target != self._shown:
            self.left.emit()
            self._gliding = False
            self._put(target)

    def glide(self, begin_ns: int, end_ns: int) -> None:
        """Shows a range as a part of one movement."""
        self._glide(begin_ns, end_ns)

    def show_around(self, begin_ns: int, end_ns: int, share: float = 0.6) -> None:
        """Jumps so that a range takes a share of the view."""
        length = max(round((end_ns - begin_ns) / share), LEAST_NS)
        middle = (begin_ns + end_ns) // 2
        self.show(middle - length // 2, middle - length // 2 + length)

    def centre(self, at_ns: int) -> None:
        self.show(at_ns - self.length_ns // 2, at_ns - self.length_ns // 2 + self.length_ns)

    def reveal(self, at_ns: int) -> None:
        """Centres a moment if it is not seen."""
        if not self.begin_ns <= at_ns < self.end_ns:
            self.centre(at_ns)

    def follow(self, at_ns: int, ahead: float = 0.8) -> None:
        """Keeps a moving moment in view: pages on when it passes the share `ahead` of the view."""
        if not self.begin_ns <= at_ns < self.begin_ns + round(self.length_ns * ahead):
            begin = at_ns - round(self.length_ns * 0.1)
            self._glide(begin, begin + self.length_ns)

    def show_all(self) -> None:
        self.show(*self._whole())

    def set_bookmark(self, number: int) -> None:
        self._bookmarks[number] = self._shown

    def go_to_bookmark(self, number: int) -> None:
        if number in self._bookmarks:
            self.show(*self._bookmarks[number])

    def _whole(self) -> tuple[int, int]:
        margin = max(round((self._last_ns - self._first_ns) * _MARGIN / 4), LEAST_NS // 2)
        return self._first_ns - margin, self._last_ns + margin

    def _fit(self, begin_ns: int, end_ns: int) -> tuple[int, int]:
        first, last = self._whole()
        length = min(max(end_ns - begin_ns, LEAST_NS), last - first)
        begin = min(max(begin_ns, first), last - length)
        return begin, begin + length

    def _glide(self, begin_ns: int, end_ns: int) -> None:
        target = self._fit(begin_ns, end_ns)
        if target == self._shown:
            return
        if not self._gliding:
            self.left.emit()
            self._gliding = True
        self._put(target)

    def _put(self, target: tuple[int, int]) -> None:
        if target != self._shown:
            self._shown = target
            self.range_changed.emit()
