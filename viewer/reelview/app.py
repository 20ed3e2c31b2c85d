"""The viewer as an application."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from ipcreel.reel import ReelError, open_reel
from reelview.session import Session
from reelview.window import Window


def main(path: str | Path) -> int:
    """Opens a window on a reel, and returns when it is closed: 0, or 2 where the reel cannot be read."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("ipcreel")
    window = Window()
    try:
        window.show_session(Session.of_reel(open_reel(path)), Path(path).name)
    except ReelError as error:
        window.show_trouble(str(error))
    window.show()
    status: int = app.exec()
    return 2 if window.is_in_trouble else status
