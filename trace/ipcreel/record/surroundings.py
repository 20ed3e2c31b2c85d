"""What an interpreter found when it started, and a replay of it must find again: streams and signals."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STREAMS = ("stdin", "stdout", "stderr")


def surroundings() -> dict[str, object]:
    """Plain values: the signals ignored, and of each standard stream
    [1 where it is a terminal, bytes of its buffer, 1 where it is written line by line], None where it is closed.
    """
    handler, ignored = _signal.getsignal, _signal.SIG_IGN
    return {
        "ignored": [number for number in range(1, _signal.NSIG) if handler(number) == ignored],
        "streams": [_stream(getattr(sys, name, None)) for name in _STREAMS],
    }


def _stream(stream: Any) -> list[int] | None:
    try:
        buffer = stream.buffer
        is_buffered = hasattr(buffer, "raw")
        size = buffer.__sizeof__() - type(buffer).__basicsize__ if is_buffered else 0
        return [int(stream.isatty()), size, int(stream.line_buffering)]
    except (AttributeError, OSError, ValueError):  # it is closed, or another thing by now
        return None
