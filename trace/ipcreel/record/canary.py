"""Tells a signal to the whole process group from one to the recorder alone.

A signal to the group reaches the program by itself, and must not be passed on a second time; one that was meant for
the recorder must be. The kernel says who sent it, not to whom (sigaction(2)). So a child of the recorder stays in the
group, does nothing, and says which signals it gets too.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterable
from types import FrameType

_PATIENCE_S = (
    0.5  # the group gets its signal in one system call; this is for the child to be scheduled on a busy machine
)


class Canary:
    """The child. It ends when this object is closed, and when its process ends, however that happens."""

    def __init__(self, signals: Iterable[signal.Signals]) -> None:
        """Start it. The signals must be blocked already, so that none is missed."""
        self._heard, tell = os.pipe()
        listen, self._alive = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._heard)
            os.close(self._alive)
            _sing(listen, tell, tuple(signals))
        os.close(tell)
        os.close(listen)

    def heard(self, number: int) -> bool:
        """Whether the child got this signal too."""
        while select.select([self._heard], [], [], _PATIENCE_S)[0]:
            told = os.read(self._heard, 1)
            if not told:
                return False
            if told[0] == number:
                return True
        return False

    def close(self) -> None:
        """Let the child end."""
        os.close(self._alive)
        os.close(self._heard)
        os.waitpid(self.pid, 0)


def _sing(listen: int, tell: int, signals: tuple[signal.Signals, ...]) -> None:
    """Say each signal, until the other side of `listen` is gone."""

    def say(number: int, frame: FrameType | None) -> None:
        os.write(tell, bytes((number,)))

    status = 1
    try:
        for number in signals:
            signal.signal(number, say)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        os.read(listen, 1)
        status = 0
    finally:
        os._exit(status)
