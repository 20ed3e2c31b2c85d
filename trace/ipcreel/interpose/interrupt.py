"""Lets the handler of Ctrl-C sleep: most short processes are sent no signal."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]

from ipcreel.interpose.sleep import Sleeper, held, is_waking, let_held_come

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

_plain = _signal.default_int_handler
_sleeper: Sleeper | None = None


def interrupt(signalnum: int, frame: FrameType | None) -> Any:
    """What the interpreter calls in the place of the handler that it set itself, until there is another one."""
    if is_waking(frame):
        held.append(signalnum)
        return None
    if _sleeper is not None:
        _sleeper.wake()
        let_held_come()
    return handler_behind(_signal.getsignal(signalnum))(signalnum, frame)


def handler_behind(handler: Any) -> Any:
    """The interpreter's own handler, where ours stands for it; otherwise `handler` itself."""
    return _plain if handler is interrupt else handler


def sleep(module: ModuleType, install: Callable[[Any], None]) -> None:
    """Have `install` called when Ctrl-C comes, if the interpreter's own handler is there; `module` is `_signal`."""
    global _sleeper  # noqa: PLW0603
    if _signal.getsignal(_signal.SIGINT) is _plain:
        _sleeper = Sleeper(module, install)
        _sleeper.give_up = _give_up
        _signal.signal(_signal.SIGINT, interrupt)


def _give_up() -> None:
    global _sleeper  # noqa: PLW0603
    _sleeper = None
