"""What an operation gave, taken from the tape: a result, or an exception of the type that was raised."""

from __future__ import annotations

import sys
from typing import Any


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
    kind: Any = sys.modules.get(module)
    for part in name.split("."):
        kind = getattr(kind, part, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return None
    try:
        error: BaseException = kind(*payload["args"])
    except Exception:  # its constructor takes something else than it keeps
        error = kind.__new__(kind)
    error.args = tuple(payload["args"])
    return error
