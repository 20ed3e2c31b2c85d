"""The end of an interpreter: noticed, and once more before our own modules are taken apart.

An exit hook would be too early, and its place among the program's own would show. What the interpreter does at its end
is this: it sets `sys.meta_path` to None, takes every module out of `sys.modules`, and empties those that are still
alive, the one that came last first (Python/pylifecycle.c, finalize_modules). So what lies in `sys.meta_path` is deleted
at the beginning of that, and what lies in a module that is added then is deleted just before the first is emptied.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LAST = "ipcreel.last"


class Ending:
    """Calls a function when it is deleted because the interpreter ends."""

    __slots__ = ("action", "is_finalizing")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.is_finalizing = sys.is_finalizing

    def __del__(self) -> None:
        if self.is_finalizing():
            self.action()


def at_last(action: Callable[[], None]) -> Any:
    """Call a function just before the first module is emptied. To be called at the beginning of the end.

    Returns:
        The module that does: it has to be kept alive.
    """
    last: Any = type(sys)(LAST)
    last.ending = Ending(action)
    sys.modules[LAST] = last
    return last
