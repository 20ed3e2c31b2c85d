"""What is remembered from one window to the next: the layout, and the reels that were open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

MOST_RECENT = 10
_LAYOUT = 2
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

    @property
    def theme(self) -> str:
        """Light or dark; empty: as the system is."""
        value = str(self._settings.value("theme", ""))
        return value if value in ("light", "dark") else ""

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def tracy(self) -> bool:
        """Whether the left button moves and the wheel zooms, as in Tracy."""
        return str(self._settings.value("tracy", "")) == "yes"

    @tracy.setter
    def tracy(self, wanted: bool) -> None:
        self._settings.setValue("tracy", "yes" if wanted else "")

    def keep_layout(self, window: QMainWindow, panels: Iterable[str]) -> None:
        """Keeps how large the window is, and where its panels stand; a window without panels says nothing of them."""
        self._settings.setValue("geometry", window.saveGeometry())
        names = list(panels)
        if names:
            self._settings.setValue("layout", window.saveState(_LAYOUT))
            self._settings.setValue("panels", names)

    def restore_geometry(self, window: QMainWindow) -> None:
        geometry = self._settings.value("geometry")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)

    def restore_layout(self, window: QMainWindow) -> list[str] | None:
        """Puts the panels where they were; the names of those that were there, None where nothing is known of that."""
        layout, names = self._settings.value("layout"), self._settings.value("panels")
        if not isinstance(layout, QByteArray) or not isinstance(names, list):
            return None
        return names if window.restoreState(layout, _LAYOUT) else None
