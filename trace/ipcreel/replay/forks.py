"""What Python does by itself in the child of a fork, done where a replay goes on as the child without forking."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


class Forks:
    """Collects what is registered with `os.register_at_fork`, and calls what is meant for the child."""

    def __init__(self) -> None:
        self._in_child: list[Callable[[], object]] = []
        self._plain = os.register_at_fork
        os.register_at_fork = self._register

    def _register(
        self,
        *,
        before: Callable[[], object] | None = None,
        after_in_child: Callable[[], object] | None = None,
        after_in_parent: Callable[[], object] | None = None,
    ) -> None:
        given = {"before": before, "after_in_child": after_in_child, "after_in_parent": after_in_parent}
        self._plain(**{name: hook for name, hook in given.items() if hook is not None})
        if after_in_child is not None:
            self._in_child.append(after_in_child)

    def after_in_child(self) -> None:
        """Call the hooks of the child, in the order of their registration; the interpreter's own come first."""
        for hook in self._in_child:
            try:
                hook()
            except Exception:
                sys.excepthook(*sys.exc_info())
