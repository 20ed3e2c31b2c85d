"""Lets the functions of a module sleep: what is to stand in their places is made when the first of them is called.

Most of what a mechanism replaces is never called by a short program, which would pay for all of it. So a builtin stands
there at once, with nothing behind it. When it is called, the mechanisms install themselves: not in the module, which
the program may have changed meanwhile, but in a `Sleeper`, which looks like the module as it was. Then all of its
builtins wake together. This takes the part that is in C.

Not only functions of modules sleep: see `interrupt` and `streams`.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _thread

from ipcreel.compiled import is_compiled
from ipcreel.interpose.builtin import LEFT_ALONE, Builtin, Origin, replacements

if is_compiled:
    from ipcreel.core import put_to_sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType, ModuleType
    from typing import Any

lock = _thread.RLock()  # of whoever wakes
held: list[int] = []  # signals that came as something woke
kill_thread = getattr(_signal.pthread_kill, "__wrapped__", _signal.pthread_kill)
# Code of ours in which no handler of the program may run once this variable of its is there: see `mechanism.delivery`.
shielded: dict[CodeType, str] = {}
_is_waking = False
_sleepers: list[Sleeper] = []


class Sleeper:
    """A module, and what is to be called in the places of its functions.

    Attributes:
        install: given this, has functions called; None once it has.
        rise, give_up: called when it has, or when nothing wakes any more, of what sleeps otherwise than `origins` do.
    """

    def __init__(self, module: ModuleType, install: Callable[[Any], None]) -> None:
        self.module = module
        self.install: Callable[[Any], None] | None = install
        self.rise: Callable[[], None] | None = None
        self.give_up: Callable[[], None] | None = None
        self.origins: dict[str, Any] = {}
        self.given: dict[str, Callable[..., Any]] = {}
        _sleepers.append(self)

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
        let_held_come()
        function: Callable[..., Any] = getattr(origin, "__call__", origin.original)  # noqa: B004
        return function

    def wake(self) -> None:
        """Install what sleeps here, if nobody has, and unless it is this which calls it."""
        global _is_waking  # noqa: PLW0603
        waking = True  # no handler of the program runs in here
        with lock:
            if self.install is not None and not _is_waking:
                _is_waking = True
                try:
                    self.install(self)
                finally:
                    _is_waking = False
                for name, origin in self.origins.items():
                    origin.__call__ = self.given.get(name, origin.original)
                if self.rise is not None:
                    self.rise()
                self.install = None
        del waking


WAKING = Sleeper.wake.__code__
shielded[WAKING] = "waking"


def is_waking(frame: FrameType | None) -> bool:
    """Whether something wakes in `frame` or further out."""
    while frame is not None:
        if frame.f_code is WAKING and shielded[WAKING] in frame.f_locals:
            return True
        frame = frame.f_back
    return False


def let_held_come() -> None:
    """Something has woken: this thread runs the handlers that waited for it, before what the program calls."""
    while held:
        kill_thread(_thread.get_ident(), held.pop(0))


def sleep(module: ModuleType, names: tuple[str, ...], install: Callable[[Any], None]) -> Sleeper:
    """Put builtins in the places of functions of `module`, for which `install` gives others when one is called.

    Args:
        module: of Python.
        names: of those of its functions that `install` gives others for, all of them builtins.
        install: given a `Sleeper`, puts functions in there (`targets.put`). It has to keep its exceptions for itself.
    """
    sleeper = Sleeper(module, install)
    sleeper.origins = put_to_sleep(Origin, vars(module), names, sleeper, replacements, LEFT_ALONE)
    return sleeper


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
    """From here on nothing wakes any more."""
    for sleeper in _sleepers:
        for origin in sleeper.origins.values():
            origin.asleep = None
        if sleeper.install is not None and sleeper.give_up is not None:
            sleeper.give_up()
