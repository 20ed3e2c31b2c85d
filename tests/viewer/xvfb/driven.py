"""The viewer in a process of its own, which answers what it is asked about its window, line by line.

    python driven.py REEL [SETTINGS]

A line is an expression, or `do` and statements; `window` is the viewer's. Answers are JSON, a line each.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QSocketNotifier, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from reelview.chooser import Chooser
from reelview.settings import Remembered
from reelview.window import Window

WARNINGS: list[str] = []


def answer(line: str, names: dict[str, Any]) -> Any:
    try:
        if line.startswith("do "):
            exec(line.removeprefix("do "), names)
            return None
        return eval(line, names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main() -> None:
    qInstallMessageHandler(lambda _kind, _context, text: WARNINGS.append(text))
    app = QApplication(["ipcreel"])
    window = Window(Remembered(QSettings(sys.argv[2], QSettings.Format.IniFormat)))
    names = {"window": window, "app": app, "Chooser": Chooser, "Path": Path, "warnings": WARNINGS}
    left = b""

    def on_words() -> None:
        nonlocal left
        data = os.read(0, 1 << 16)
        if not data:
            app.quit()
        *lines, left = (left + data).split(b"\n")
        for line in lines:
            print(json.dumps(answer(line.decode(), names), default=str), flush=True)

    notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
    notifier.activated.connect(on_words)
    window.show()
    window.open(Path(sys.argv[1]))
    app.exec()
    window.close()


main()
