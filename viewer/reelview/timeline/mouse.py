"""What each drag does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from reelview.snap import snap
from reelview.timeline import commands
from reelview.timeline.names import fold_hit

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline

_CLICK_PX = 4
_BORDER_PX = 4
_WHEEL_ZOOM = 1.25
_WHEEL_PAN = 0.1
_NOTCH = 120

_LEFT, _MIDDLE, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_SHIFT, _CONTROL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Mouse:
    """The drag under way in a timeline, from press to release.

    `drag` is one of "", range, zoom, pan, scrub, border, track, menu; the last shows one if it stays where it is, and
    else pans. `tracy` makes the left button pan and the wheel zoom.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.drag = ""
        self.tracy = False
        self.range_ns: tuple[int, int] | None = None
        self.drop_line: int | None = None
        self._pressed = QPointF()
        self._last = QPointF()
        self._moved = False
        self._anchor_ns = 0

    def where(self, at: QPointF) -> str:
        """The part of the timeline at a point: border, names, axis, corner or picture."""
        timeline = self._timeline
        if abs(at.x() - timeline.picture_area.left()) <= _BORDER_PX:
            return "border"
        right = at.x() >= timeline.picture_area.left()
        if at.y() < timeline.picture_area.top():
            return "axis" if right else "corner"
        return "picture" if right else "names"

    def press(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        self._moved = False
        self.drag = self._drag_of(event, self.where(event.position()))
        if self.drag in ("range", "zoom"):
            self._anchor_ns = self._snapped(event)
        elif self.drag == "scrub":
            self._timeline.cursor_model.move_to(self._timeline.at_ns(event.position().x()))

    def _drag_of(self, event: QMouseEvent, where: str) -> str:
        if event.button() == _MIDDLE and where in ("picture", "axis"):
            return "zoom"
        if event.button() == _RIGHT:
            return "menu"
        if event.button() != _LEFT:
            return ""
        if where == "picture":
            return "pan" if self.tracy != bool(event.modifiers() & _SHIFT) else "range"
        return {"axis": "scrub", "border": "border", "names": "track"}.get(where, "")

    def move(self, event: QMouseEvent) -> None:
        at = event.position()
        if not self.drag:
            self._timeline.hover_at(at if self.where(at) == "picture" else None, at)
            return
        self._moved = self._moved or (at - self._pressed).manhattanLength() >= _CLICK_PX
        by, self._last = at - self._last, at
        timeline = self._timeline
        if self.drag == "scrub":
            timeline.cursor_model.move_to(timeline.at_ns(at.x()))
        elif self.drag == "border":
            timeline.set_names_px(int(at.x()))
        elif self.drag == "pan" or (self._moved and self.drag == "menu" and self.where(self._pressed) == "picture"):
            timeline.view.pan(round(-by.x() * timeline.view.length_ns / max(timeline.picture_area.width(), 1)))
            timeline.scroll_by(-by.y())
        elif self._moved and self.drag == "track":
            self.drop_line = timeline.line_at(at.y())
            timeline.update()
        elif self._moved and self.drag in ("range", "zoom"):
            end_ns = self._snapped(event)
            self.range_ns = min(self._anchor_ns, end_ns), max(self._anchor_ns, end_ns)
            timeline.update()

    def release(self, event: QMouseEvent) -> None:
        drag, self.drag = self.drag, ""
        chosen, self.range_ns = self.range_ns, None
        dropped, self.drop_line = self.drop_line, None
        timeline = self._timeline
        if drag in ("range", "zoom") and self._moved and chosen and chosen[0] < chosen[1]:
            if drag == "zoom":
                timeline.view.show(*chosen)
            else:
                timeline.selection.select_range(*chosen)
        elif drag in ("range", "pan") and not self._moved:
            timeline.click(event.position())
        elif drag == "menu" and not self._moved:
            commands.show_menu(timeline, event.position().y(), event.globalPosition().toPoint())
        elif drag == "track":
            self._release_track(event, dropped)
        timeline.update()

    def _release_track(self, event: QMouseEvent, dropped: int | None) -> None:
        timeline = self._timeline
        pressed = timeline.line_at(self._pressed.y())
        if pressed is None:
            return
        line = timeline.layout_.lines[pressed]
        if not self._moved:
            if line.is_header and fold_hit(line.indent, event.position().x()):
                timeline.order.fold(line.track)
            else:
                timeline.set_current_line(pressed)
        elif not line.pinned:
            before = timeline.layout_.lines[dropped].track if dropped is not None else None
            timeline.order.move(line.track, before)

    def double_click(self, event: QMouseEvent) -> None:
        """Fits an event in the picture; folds a track in the names; shows the whole run on the axis."""
        where = self.where(event.position())
        if where == "axis":
            self._timeline.view.show_all()
        elif where == "names":
            number = self._timeline.line_at(event.position().y())
            if number is not None:
                self._timeline.order.fold(self._timeline.layout_.lines[number].track)
        elif where == "picture":
            self._timeline.fit_selected()

    def wheel(self, event: QWheelEvent) -> None:
        timeline = self._timeline
        steps, across = event.angleDelta().y() / _NOTCH, event.angleDelta().x() / _NOTCH
        modifiers = event.modifiers()
        if modifiers & _ALT and not steps:  # Qt turns the wheel by Alt
            steps, across = across, 0.0
        if modifiers & _CONTROL or (self.tracy and not modifiers & _SHIFT):
            timeline.view.zoom(_WHEEL_ZOOM**-steps, timeline.at_ns(event.position().x()))
        elif modifiers & _SHIFT:
            timeline.view.pan(round(-(steps or across) * _WHEEL_PAN * timeline.view.length_ns))
        else:
            timeline.scroll_by(-steps * timeline.order.lane_px * 2.5)
            if across:
                timeline.view.pan(round(-across * _WHEEL_PAN * timeline.view.length_ns))

    def _snapped(self, event: QMouseEvent) -> int:
        at_ns = self._timeline.at_ns(event.position().x())
        if event.modifiers() & _ALT:
            return at_ns
        return snap(self._timeline.data.spans, self._timeline.rows_in_view(), self._timeline.range_window, at_ns)
