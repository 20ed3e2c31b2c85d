"""The viewer as an application."""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from reelview.beside import collect_between_events, keep_modules
from reelview.settings import Remembered
from reelview.window import Window

INTERRUPTED = 130


def main(
    path: str | Path | None = None,
    *,
    live: bool = False,
    compare: Path | None = None,
    is_recording: Callable[[], bool] = lambda: False,
) -> int:
    """Opens a window, on a reel where one is given, and returns when it is closed.

    Args:
        live: the reel is being recorded: show it as it grows.
        compare: another reel, to be shown under the first.
        is_recording: whether Ctrl-C in the terminal is for the program that is recorded, and not for the window.

    Returns:
        0; 2 where the reel cannot be read; 130 where Ctrl-C closed the window.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("ipcreel")
    keep_modules()
    collect_between_events()
    window = Window(Remembered())
    sys.excepthook = lambda kind, fault, trace: tell_fault(window, kind, fault, trace)
    window.show()
    if path is not None:
        if live:
            window.follow(Path(path))
        else:
            window.open(Path(path), compare)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if not is_recording():
            interrupted = True
            window.close()

    with answering_interrupts(interrupt):
        status: int = app.exec()
    return INTERRUPTED if interrupted else 2 if window.is_in_trouble else status


def tell_fault(window: Window, kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """A fault of ours costs what was asked for, not the window, which says so; IPCREEL_DEBUG shows where it was."""
    window.statusBar().showMessage(f"That did not work, by a fault of the viewer: {kind.__name__}: {fault}")
    if os.environ.get("IPCREEL_DEBUG"):
        traceback.print_exception(kind, fault, trace)


@contextmanager
def answering_interrupts(answer: Callable[[], None]) -> Iterator[None]:
    """Calls `answer` on Ctrl-C in the terminal, although Qt runs no Python while nothing happens in the window."""
    waking, woken = socket.socketpair()
    waking.setblocking(False)
    woken.setblocking(False)
    notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read)

    def on_signal(number: int, frame: FrameType | None) -> None:
        answer()

    def wake() -> None:
        woken.recv(64)  # Python runs its handlers on the way back from here

    notifier.activated.connect(wake)
    handler_before = signal.signal(signal.SIGINT, on_signal)
    wakeup_before = signal.set_wakeup_fd(waking.fileno())
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup_before)
        signal.signal(signal.SIGINT, handler_before)
        notifier.setEnabled(False)
        waking.close()
        woken.close()
