"""Lets the functions of a module sleep: what is to stand in their places is made when the first of them is called.

Most of what a mechanism replaces is never called by a short program, which would pay for all of it. So a builtin stands
there at once, with nothing behind it. When it is called, the mechanisms install themselves: not in the module, which
the program may have changed meanwhile, but in a `Sleeper`, which looks like the module as it was. Then all of its
builtins wake together. This takes the part that is in C.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _thread

from ipcreel.compiled import is_compiled
from ipcreel.interpose.builtin import Builtin, Origin, also_at_home, replacements

if is_compiled:
    from ipcreel.core import put_to_sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

lock = _thread.RLock()  # of whoever wakes
held: list[int] = []  # signals that came as something woke: see `delivery.shielded`
kill_thread = getattr(_signal.pthread_kill, "__wrapped__", _signal.pthread_kill)
_is_waking = False
_sleepers: list[Sleeper] = []


class Sleeper:
    """A module, and what is to be called in the places of its functions."""

    def __init__(self, module: ModuleType, install: Callable[[Any], None]) -> None:
        self.module = module
        self.install: Callable[[Any], None] | None = install
        self.origins: dict[str, Any] = {}
        self.given: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:
        """As the module was, but for what was given since."""
        if name in self.given:
            return self.given[name]
        origin = self.origins.get(name)
        return origin.original if origin is not None else getattr(self.module, name)

    def give(self, name: str, function: Callable[..., Any]) -> None:
        """Have `function` called in the place of `module.name`."""
        self.given[name] = function

    def woken(self, origin: Any) -> Callable[..., Any]:
        """What to call for one that has nothing to call yet."""
        self.wake()
        while held:  # this thread runs their handlers at once, before the function that the program calls
            kill_thread(_thread.get_ident(), held.pop(0))
        function: Callable[..., Any] = getattr(origin, "__call__", origin.original)  # noqa: B004
        return function

    def wake(self) -> None:
        """Install what sleeps here, if nobody has, and unless it is this which calls it."""
        global _is_waking  # noqa: PLW0603
        waking = True  # no handler of the program runs in here: see `delivery.shielded`
        with lock:
            if self.install is not None and not _is_waking:
                _is_waking = True
                try:
                    self.install(self)
                finally:
                    _is_waking = False
                for name, origin in self.origins.items():
                    origin.__call__ = self.given.get(name, origin.original)
                self.install = None
        del waking


def sleep(module: ModuleType, names: tuple[str, ...], install: Callable[[Any], None]) -> None:
    """Put builtins in the places of functions of `module`, for which `install` gives others when one is called.

    Args:
        module: of Python.
        names: of those of its functions that `install` gives others for, all of them builtins.
        install: given a `Sleeper`, puts functions in there (`targets.put`). It has to keep its exceptions for itself.
    """
    sleeper, functions = Sleeper(module, install), vars(module)
    origins: dict[str, Any] = put_to_sleep(Origin, functions, names, sleeper)
    sleeper.origins = origins
    _sleepers.append(sleeper)
    for name, origin in origins.items():
        original, made = origin.original, functions[name]
        replacements[id(original)] = original, made
        also_at_home(name, original, made)


def names_given(module: ModuleType, install: Callable[[Any], None]) -> tuple[str, ...]:
    """The names of those functions that `install` gives others for.

    Raises:
        TypeError: it replaces what is no builtin.
    """
    sleeper = Sleeper(module, install)
    install(sleeper)
    for name in sleeper.given:
        if type(getattr(module, name)) is not Builtin:
            raise TypeError(f"{module.__name__}.{name} is no builtin, and cannot sleep")
    return tuple(sleeper.given)


def end() -> None:
    """From here on nothing wakes any more: the originals are called."""
    for sleeper in _sleepers:
        for origin in sleeper.origins.values():
            origin.asleep = None
