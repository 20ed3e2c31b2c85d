"""What Python does by itself around a fork, done where a replay goes on without forking, as the parent or the child."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

Hook = Callable[[], object]


class Forks:
    """Collects what is registered with `os.register_at_fork`, and calls it."""

    def __init__(self) -> None:
        self._before: list[Hook] = []
        self._in_child: list[Hook] = []
        self._in_parent: list[Hook] = []
        self._plain = os.register_at_fork
        os.register_at_fork = self._register

    def _register(
        self,
        *,
        before: Hook | None = None,
        after_in_child: Hook | None = None,
        after_in_parent: Hook | None = None,
    ) -> None:
        given = {"before": before, "after_in_child": after_in_child, "after_in_parent": after_in_parent}
        self._plain(**{name: hook for name, hook in given.items() if hook is not None})
        for hook, hooks in (
            (before, self._before), (after_in_child, self._in_child), (after_in_parent, self._in_parent),
        ):  # fmt: skip
            if hook is not None:
                hooks.append(hook)

    def before(self) -> None:
        """Call the hooks that stand before a fork: the last that was registered comes first."""
        _call(reversed(self._before))

    def after_in_child(self) -> None:
        """Call the hooks of the child, in the order of their registration; the interpreter's own come first."""
        _call(self._in_child)

    def after_in_parent(self) -> None:
        """Call the hooks of the parent."""
        _call(self._in_parent)


def _call(hooks: Iterable[Hook]) -> None:
    for hook in hooks:
        try:
            hook()
        except Exception:
            sys.excepthook(*sys.exc_info())
