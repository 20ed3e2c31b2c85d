"""How long a thread of a replay goes on before another one is let in: to its next operation, if that is not far.

What threads do between two operations has no order on the tape. But the interpreter lets a thread that has come back
from one go on for a while, and operations are written down as it comes back: so they did it in the order in which they
came back, nearly always, and in a replay they do, if none is interrupted before its next operation.

Where they compute and no operation comes, one may wait for another in a loop: then they are let in as they were.
"""

from __future__ import annotations

import sys

_LONG_S = 0.1
_plain_set = sys.setswitchinterval
_of_program_s = sys.getswitchinterval()
_is_over = False


def begin() -> None:
    """From here on. The program sees its own interval."""
    _plain_set(_LONG_S)
    sys.setswitchinterval, sys.getswitchinterval = _set, lambda: _of_program_s


def hurry() -> None:
    """Threads compute, and do no operation."""
    _plain_set(min(_of_program_s, _LONG_S))


def take_time() -> None:
    """They do operations again."""
    if not _is_over:
        _plain_set(_LONG_S)


def end() -> None:
    """The order of the tape is over."""
    global _is_over  # noqa: PLW0603
    _is_over = True
    sys.setswitchinterval = _plain_set
    _plain_set(_of_program_s)


def _set(interval: float, /) -> None:
    global _of_program_s  # noqa: PLW0603
    if not isinstance(interval, (int, float)) or interval <= 0:
        _plain_set(interval)  # which says what is wrong
    _of_program_s = float(interval)
