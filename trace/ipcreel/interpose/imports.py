"""Calls back when a module has been imported for the first time, before anyone else sees it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


_Loader: Any = None  # made when a module is found first: many processes import nothing that concerns us


class _Finder:
    """A meta path finder that finds nothing by itself: it lets the others find, and wraps the loader they found."""

    def __init__(self, callbacks: dict[str, Callable[[ModuleType], None]], companion: object) -> None:
        self.callbacks = callbacks
        self.companion = companion

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        callback = self.callbacks.get(name)
        if callback is None:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None else None
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _loading(spec.loader, callback)
                return spec  # type: ignore[no-any-return]
        return None


def _loading(found: Loader, callback: Callable[[ModuleType], None]) -> Loader:
    global _Loader  # noqa: PLW0603
    if _Loader is None:
        _Loader = _loader_class()
    return _Loader(found, callback)  # type: ignore[no-any-return]


def _loader_class() -> type:
    class Loading:
        """The loader that was found, with a call after the module has run."""

        def __init__(self, loader: Loader, callback: Callable[[ModuleType], None]) -> None:
            self.loader = loader
            self.callback = callback

        def __getattr__(self, name: str) -> Any:
            return getattr(self.loader, name)

        def create_module(self, spec: ModuleSpec) -> ModuleType | None:
            return self.loader.create_module(spec)

        def exec_module(self, module: ModuleType) -> None:
            # The module sees the loader that it would see without us.
            module.__loader__ = self.loader
            if module.__spec__ is not None:
                module.__spec__.loader = self.loader
            self.loader.exec_module(module)
            self.callback(module)

    return Loading


def when_imported(callbacks: dict[str, Callable[[ModuleType], None]], companion: object = None) -> None:
    """Call each callback with its module: now where it is imported already, otherwise right after its first import.

    Args:
        callbacks: by the names of the modules.
        companion: an object that is to live as long as `sys.meta_path`.
    """
    waiting = {}
    for name, callback in callbacks.items():
        module = sys.modules.get(name)
        if module is not None:
            callback(module)
        else:
            waiting[name] = callback
    # A new list: the interpreter keeps a copy of what `sys` held at first, and with it the old one, until the very end.
    sys.meta_path = [_Finder(waiting, companion), *sys.meta_path]
