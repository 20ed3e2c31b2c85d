"""What a person asks the window to write to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from reelview.export import Table, csv_text, events_table, save_picture, table_of, tables
from reelview.panels.search import Search

if TYPE_CHECKING:
    from reelview.window import Window


class Exporting:
    """Writes the data behind each panel, and each as it is seen; says in the status bar what came of it."""

    def __init__(self, window: Window) -> None:
        self._window = window

    @property
    def data(self) -> list[str]:
        """The names of what can be written as CSV."""
        session = self._window.session
        return [*tables(session), "search"] if session and "search" in self._window.docks else []

    @property
    def pictures(self) -> dict[str, str]:
        """The names of what can be drawn, and how each is called in a menu."""
        window = self._window
        panels = {name: made.windowTitle() for name, made in window.docks.items()}
        return {"window": "Window", "timeline": "Timeline", **panels} if window.session else {}

    def ask_for_data(self, name: str) -> None:
        path, _ = QFileDialog.getSaveFileName(self._window, f"Export {name}", f"{name}.csv", "CSV (*.csv)")
        if path:
            self.write_data(name, Path(path))

    def ask_for_picture(self, name: str) -> None:
        kinds = "Pictures (*.png);;Drawings (*.svg)"
        path, _ = QFileDialog.getSaveFileName(self._window, f"Export {name} as it is seen", f"{name}.png", kinds)
        if path:
            self.draw(name, Path(path))

    def write_data(self, name: str, path: Path) -> None:
        """Writes a panel's data as CSV."""
        try:
            path.write_text(csv_text(self._table(name)), encoding="utf-8", newline="")
            self._say(f"{path} written", 5000)
        except OSError as error:
            self._say(f"{path}: cannot be written: {error.strerror}")

    def draw(self, name: str, path: Path) -> None:
        """Draws the window, the timeline, or a panel, as it is seen, as PNG or SVG."""
        self._window.show_panel(name)
        if save_picture(self.widget(name), path):
            self._say(f"{path} written", 5000)
        else:
            self._say(f"{path}: cannot be written")

    def widget(self, name: str) -> QWidget:
        """What a name of `pictures` stands for."""
        window = self._window
        return {"window": window, "timeline": window.centralWidget()}.get(name) or window.docks[name].widget()

    def _table(self, name: str) -> Table:
        session = self._window.session
        assert session is not None, "there is something to export only in a session"
        if name == "search" and session.reel is not None:
            return events_table(session.reel, self._window.findChildren(Search)[0].found.rows)
        return table_of(session, name)

    def _say(self, text: str, for_ms: int = 0) -> None:
        self._window.statusBar().showMessage(text, for_ms)
