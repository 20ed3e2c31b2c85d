"""What is worked out of a whole reel, beside the user interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from reelview.beside import Beside

Tasks = Mapping[str, Callable[[], Any]]


class Answers(QObject):
    """Answers of some names, each there once its work is done: they are worked out one after another."""

    answered = Signal(str)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._done: dict[str, Any] = {}
        self._worker: _Worker | None = None

    def get(self, name: str) -> Any:
        """An answer; None while it is worked out, or where that failed."""
        found = self._done.get(name)
        return None if isinstance(found, Exception) else found

    def trouble(self, name: str) -> str:
        """Why there is no answer: its work failed, or goes on; "" where there is one."""
        found = self._done.get(name)
        if isinstance(found, Exception):
            return f"This cannot be worked out: {type(found).__name__}: {found}"
        return "" if name in self._done else "Being worked out …"

    @property
    def is_whole(self) -> bool:
        return len(self._done) == len(self._tasks)

    def start(self) -> None:
        """Begins to work out what is not there yet."""
        if self._worker is None and not self.is_whole:
            self._worker = _Worker(self._tasks, self)
            self._worker.found.connect(self._on_found)
            self._worker.start()

    def stop(self) -> None:
        """Asks the work to end, and waits until the answer that it is at is there."""
        if self._worker is not None:
            self._worker.requestInterruption()
            self._worker.found.disconnect()
            self._worker.wait()
            self._worker = None

    def leave(self) -> None:
        """Wants no answer any more, and does not wait for the one that the work is at."""
        if self._worker is not None:
            self._worker.found.disconnect()
            self._worker.leave(self)
            self._worker = None

    def finish(self) -> None:
        """Works out here and now what is not there yet."""
        self.stop()
        for name, task in self._tasks.items():
            if name not in self._done:
                self._on_found(name, _outcome(task))

    def _on_found(self, name: str, answer: Any) -> None:
        self._done[name] = answer
        self.answered.emit(name)


class _Worker(Beside):
    """Does the tasks in their order."""

    found = Signal(str, object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def work(self) -> None:
        for name, task in self._tasks.items():
            if self.isInterruptionRequested():
                return
            self.found.emit(name, _outcome(task))


def _outcome(task: Callable[[], Any]) -> Any:
    """What a task gives, or what it raised: a damaged reel may fail anywhere, and the window says so and stays."""
    try:
        return task()
    except Exception as error:
        return error
