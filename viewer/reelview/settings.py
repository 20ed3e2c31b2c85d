"""What is remembered from one window to the next: the layout, and the reels that were open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

MOST_RECENT = 10
_LAYOUT = 1
"""Raised when docks change so much that an older layout says nothing."""


class Remembered:
    """Reads and writes the settings of one person.

    Args:
        settings: where they are kept; by default where Qt keeps those of the application.
    """

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings or QSettings("ipcreel", "reelview")

    @property
    def recent(self) -> list[Path]:
        """The last reels, the latest first, as far as they are still there."""
        value = self._settings.value("recent", [])
        names = (
            [value] if isinstance(value, str) else value if isinstance(value, list) else []
        )  # Qt gives a list of one as its item
        return [path for path in map(Path, names) if path.exists()]

    def add_recent(self, path: Path) -> None:
        others = [each for each in self.recent if each != path.resolve()]
        self._settings.setValue("recent", [str(each) for each in [path.resolve(), *others][:MOST_RECENT]])

    def keep_layout(self, window: QMainWindow) -> None:
        self._settings.setValue("geometry", window.saveGeometry())
        self._settings.setValue("layout", window.saveState(_LAYOUT))

    def restore_geometry(self, window: QMainWindow) -> None:
        geometry = self._settings.value("geometry")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)

    def restore_layout(self, window: QMainWindow) -> bool:
        """Puts the docks where they were; False where nothing is known of them."""
        layout = self._settings.value("layout")
        return isinstance(layout, QByteArray) and window.restoreState(layout, _LAYOUT)
