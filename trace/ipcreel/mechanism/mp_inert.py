"""Stands in for `_multiprocessing.SemLock` in a replay: it counts, and no kernel object is behind it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class InertSemLock:
    """Never waits: whatever would have is handed out from the tape. `count` is how often this process holds it."""

    SEM_VALUE_MAX = 2**31 - 1
    _handles = 0

    def __init__(self, kind: int, value: int, maxvalue: int, name: str | None, unlink: bool) -> None:
        InertSemLock._handles += 1
        self.kind = kind
        self.maxvalue = maxvalue
        self.name = None if unlink else name
        self.handle = InertSemLock._handles
        self.count = 0

    @classmethod
    def _rebuild(cls, handle: int, kind: int, maxvalue: int, name: str | None) -> InertSemLock:
        return cls(kind, 0, maxvalue, name, name is None)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it, at once."""
        self.count += 1
        return True

    def release(self) -> None:
        """Give it back."""
        self.count -= 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *args: Any) -> None:
        self.release()

    def _count(self) -> int:
        return self.count

    def _is_mine(self) -> bool:
        return self.count > 0

    def _get_value(self) -> int:
        return self.maxvalue - max(self.count, 0)

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        self.count = 0
