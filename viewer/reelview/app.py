"""The viewer as an application."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from reelview.settings import Remembered
from reelview.window import Window


def main(path: str | Path | None = None) -> int:
    """Opens a window, on a reel where one is given, and returns when it is closed: 0, or 2 where it cannot be read."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("ipcreel")
    window = Window(Remembered())
    window.show()
    if path is not None:
        window.open(Path(path))
    status: int = app.exec()
    return 2 if window.is_in_trouble else status
