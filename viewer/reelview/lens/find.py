"""Which lenses know a reel."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel, ReelError
from ipcreel.reel.installed import installed
from reelview.lens.lens import Lens
from reelview.lens.market import market_lens

GROUP = "ipcreel.lenses"
"""The entry points of other programs' lenses: each a function from a reel to its lens, or to None."""

Read = Callable[[Reel], Lens | None]


def find_lens(reel: Reel, others: Iterable[tuple[str, Callable[[], Read]]] | None = None) -> tuple[Lens | None, str]:
    """The first lens that knows a reel, and what went wrong in those that were asked before it.

    Args:
        others: name and loader of each lens beside the market's; by default those that are installed.
    """
    loaders: list[tuple[str, Callable[[], Read]]] = [("market", lambda: market_lens)]
    loaders += installed(GROUP) if others is None else others
    troubles: list[str] = []
    for name, load in loaders:
        try:
            found = load()(reel)
        except Exception as error:  # a lens is somebody else's: its fault is told and is not the viewer's end
            troubles.append(f"the lens {name} failed: {type(error).__name__}: {error}")
            continue
        if found is not None:
            return found, "; ".join(troubles)
    return None, "; ".join(troubles)


def ticks_of(reel: Reel, lens: Lens | None) -> tuple[NDArray[np.int64], str]:
    """When each tick began, and what went wrong in finding out: the lens's own ticks, else those of the reel."""
    if lens is not None and len(lens.tick_ns):
        return lens.tick_ns, ""
    try:
        return reel.ticks, ""
    except ReelError as error:
        return np.zeros(0, np.int64), str(error)
