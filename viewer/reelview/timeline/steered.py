"""A widget that a mouse and keys steer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from reelview.timeline.keys import HELD, action_of

if TYPE_CHECKING:
    from reelview.timeline.motion import Motion
    from reelview.timeline.mouse import Mouse


class Steered(QWidget):
    """Gives what Qt tells of the mouse and of keys to those who know what it means.

    Keys that are held move the view; what others ask for is triggered.
    """

    mouse: Mouse
    motion: Motion

    def trigger(self, name: str) -> None:
        """Does an action of keys.py."""
        raise NotImplementedError

    def show_menu(self, y_px: float, at: QPoint) -> None:
        """Shows the menu of what stands at a height, at a place of the screen."""
        raise NotImplementedError

    def hover_at(self, at: QPointF | None, mouse_px: QPointF) -> None:
        """The mouse is over a point; None: over nothing of the widget."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mouse.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.mouse.wheel(event)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hover_at(None, QPointF(-1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The key for menus; of the mouse it is the release that shows one, where it was no drag."""
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self.show_menu(event.pos().y(), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = action_of(event)
        if name is None:
            super().keyPressEvent(event)
        elif name not in HELD:
            self.trigger(name)
        elif not event.isAutoRepeat():
            self.motion.press(name, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        name = action_of(event)
        if name in HELD and not event.isAutoRepeat():
            self.motion.release(name)
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.motion.stop()
        super().focusOutEvent(event)
