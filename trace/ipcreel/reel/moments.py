"""The moments of a reel, as a person writes them on a command line.

1.5s   20ms   3.2       a time after the begin of the reel; a number alone is seconds
tick 12   12t           the begin of a tick of the simulation
tick 12 + 50ms          some time after another moment
+ 50ms                  the same after the moment that was named before it: where --from is, for --to
"""

from __future__ import annotations

import re

from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.text import parse_duration

FORMS = "1.5s, 20ms, 'tick 12', 12t, 'tick 12 + 50ms', +50ms"
_TICK = re.compile(r"tick\s*(\d+)|(\d+)\s*t", re.IGNORECASE)


def moment_ns(reel: Reel, text: str, before_ns: int | None = None) -> int:
    """The moment that `text` means, in ns of CLOCK_MONOTONIC.

    Args:
        reel: of which it is a moment.
        text: as a person wrote it.
        before_ns: the moment that was named before it; by default the begin of the reel.

    Raises:
        ReelError: it means none.
    """
    base, plus, later = text.rpartition("+")
    if plus:
        start_ns = moment_ns(reel, base) if base.strip() else reel.begin_ns if before_ns is None else before_ns
        return start_ns + _duration_ns(text, later)
    tick = _TICK.fullmatch(text.strip())
    if tick:
        return _tick_ns(reel, int(tick[1] or tick[2]))
    return reel.begin_ns + _duration_ns(text, text)


def window_ns(reel: Reel, since: str | None, until: str | None) -> tuple[int, int]:
    """The part of a reel from one moment to another, each of which may be left open.

    Raises:
        ReelError: one of them means nothing, or nothing lies between them.
    """
    begin = reel.begin_ns if since is None else moment_ns(reel, since)
    end = reel.end_ns if until is None else moment_ns(reel, until, begin)
    if since is not None and until is not None and begin > end:
        raise ReelError(f"--from {since} is after --to {until}. Exchange them.")
    return begin, end


def _tick_ns(reel: Reel, tick: int) -> int:
    if not len(reel.ticks):
        raise ReelError(f"{reel.path.name}: it has no ticks: no simulation was recorded. Give a time, such as 1.5s.")
    if tick >= len(reel.ticks):
        raise ReelError(f"{reel.path.name}: there is no tick {tick}: the last one is {len(reel.ticks) - 1}.")
    return int(reel.ticks[tick])


def _duration_ns(text: str, part: str) -> int:
    part = part.strip()
    duration_ns = parse_duration(part if part[-1:].isalpha() else part + "s")
    if duration_ns is None:
        raise ReelError(f"{text}: no moment of a reel. Those are: {FORMS}.")
    return duration_ns
