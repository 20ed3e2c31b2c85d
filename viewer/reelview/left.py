"""Threads that nobody waits for any more."""

from __future__ import annotations

import atexit

from PySide6.QtCore import QThread

_left: dict[QThread, object] = {}
"""Each with what it works on: a thread that runs must not lose it."""


def leave(thread: QThread, owner: object = None) -> None:
    """Asks a thread to end after the step that it is in, and does not wait for that.

    Args:
        owner: what is to live as long as the thread.
    """
    thread.requestInterruption()
    if not thread.isRunning():
        thread.wait()
        return
    thread.setParent(None)
    _left[thread] = owner
    thread.finished.connect(lambda: _left.pop(thread, None))


@atexit.register
def wait_for_left() -> None:
    """Waits for the threads that were left: a process must not end under a thread of Qt."""
    for thread in list(_left):
        thread.wait()
