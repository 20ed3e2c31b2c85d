"""Panels made anew for a run that has grown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractScrollArea, QCheckBox, QDockWidget, QLineEdit, QWidget

from reelview.docks import Panel


class Renewal(QObject):
    """Puts new panels into the docks of a window: at once where they are seen, the others when they come to be."""

    def __init__(self, docks: Mapping[str, QDockWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._docks = docks
        self._waiting: dict[str, Panel] = {}
        for dock in docks.values():
            dock.visibilityChanged.connect(self._on_visibility_changed)

    def renew(self, panels: list[Panel]) -> None:
        self._waiting = {panel.name: panel for panel in panels if panel.name in self._docks}
        self._on_visibility_changed()

    def _on_visibility_changed(self) -> None:
        for name in list(self._waiting):
            widget = self._docks[name].widget()
            if widget is not None and not widget.visibleRegion().isEmpty():
                self._put(self._docks[name], self._waiting.pop(name))

    def _put(self, dock: QDockWidget, panel: Panel) -> None:
        before, made = dock.widget(), panel.make()
        pairs = list(_pairs(before, made))
        in_focus = [new for old, new in pairs if old.hasFocus()]  # it is lost as soon as the old one is hidden
        dock.setWidget(made)
        made.show()
        for old, new in pairs:
            carry(old, new)
        for new in in_focus:
            new.setFocus()
        before.setParent(None)
        before.deleteLater()


def carry(old: QWidget, new: QWidget) -> None:
    """What a person has typed, ticked or scrolled to in a widget is so in the one that takes its place."""
    if isinstance(old, QLineEdit) and isinstance(new, QLineEdit):
        new.setText(old.text())
        new.setCursorPosition(old.cursorPosition())
    elif isinstance(old, QCheckBox) and isinstance(new, QCheckBox):
        new.setChecked(old.isChecked())
    elif isinstance(old, QAbstractScrollArea) and isinstance(new, QAbstractScrollArea):
        new.verticalScrollBar().setValue(old.verticalScrollBar().value())


def _pairs(before: QWidget, made: QWidget) -> Iterator[tuple[QWidget, QWidget]]:
    yield before, made
    for kind in (QLineEdit, QCheckBox, QAbstractScrollArea):
        yield from zip(before.findChildren(kind), made.findChildren(kind), strict=False)
