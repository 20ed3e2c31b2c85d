"""Opening a second reel to compare the first with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from reelview.compared import Compared
from reelview.live_view import LiveView
from reelview.loading import Loading, Opened
from reelview.session import Session

if TYPE_CHECKING:
    from reelview.window import Window


class Comparing(QObject):
    """Opens the other reel beside the user interface, and shows it until it is stopped."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._loading: Loading | None = None
        self.shown: Compared | None = None

    def ask(self) -> None:
        if not self._is_possible():
            return
        name, _ = QFileDialog.getOpenFileName(self._window, "Compare with", "", "Reels (*.reel);;All files (*)")
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Opens the other reel in a thread of its own; the first one stays as it is."""
        if not self._is_possible():
            return
        self.stop()
        self._loading = Loading(path)
        self._loading.opened.connect(self._on_opened)
        self._loading.failed.connect(self._on_failed)
        self._window.statusBar().showMessage(f"Opening {path.name} to compare …")
        self._loading.start()

    def show(self, other: Session) -> Compared:
        """Shows a session under the window's own."""
        self.stop()
        self.shown = Compared(self._window, other)
        return self.shown

    def stop(self) -> None:
        """Takes the other reel away."""
        if self._loading:
            self._loading.leave()
            self._loading = None
        if self.shown:
            self.shown.close()
            self.shown = None

    def _is_possible(self) -> bool:
        """Whether there is a whole reel to compare with; says what to do where there is none."""
        trouble = ""
        if self._window.session is None:
            trouble = "Open a reel first: another one is compared with it."
        elif self._window.findChild(LiveView) is not None:
            trouble = "A run can be compared when it has ended."
        if trouble:
            self._window.statusBar().showMessage(trouble, 5000)
        return not trouble

    def _on_failed(self, text: str) -> None:
        if self.sender() is self._loading:
            self._window.statusBar().showMessage(text)

    def _on_opened(self, opened: Opened) -> None:
        if self.sender() is self._loading:
            self._window.statusBar().clearMessage()
            self.show(Session.of_opened(opened))
