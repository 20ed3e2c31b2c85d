"""What an operation gave, taken from the tape: a result, or an exception of the type that was raised."""

from __future__ import annotations

import sys
from typing import Any


def name_of(kind: type) -> str:
    """What the tape calls a type."""
    return f"{kind.__module__}.{kind.__qualname__}"


def rebuild(payload: Any) -> BaseException | None:
    """The exception that a payload describes: of the same type, with equal arguments.

    Returns:
        None where the program has not imported the type by now, as it had when it was recorded.
    """
    path = str(payload["raised"])
    module, _, name = path.rpartition(".")
    while module and module not in sys.modules:
        module, _, outer = module.rpartition(".")
        name = f"{outer}.{name}"
    home = sys.modules.get(module)
    kind: Any = home
    for part in name.split("."):
        kind = getattr(kind, part, None)
    if kind is None:  # a type of C, which its module has under another name: signal.ItimerError is `itimer_error`
        named = (one for one in vars(home or sys).values() if getattr(one, "__qualname__", "") == name)
        kind = next(named, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return None
    try:
        error: BaseException = kind(*payload["args"])
    except Exception:  # its constructor takes something else than it keeps
        error = kind.__new__(kind)
    error.args = tuple(payload["args"])
    for name, file in zip(("filename", "filename2"), payload.get("files", ()), strict=False):
        if file is not None:
            setattr(error, name, file)
    return error
