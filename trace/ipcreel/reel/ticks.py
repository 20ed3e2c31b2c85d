"""When the ticks of a recorded program began."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel.error import ReelError
from ipcreel.reel.installed import installed

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

GROUP = "ipcreel.ticks"
"""The entry points of those who know a program's ticks: each a function from a reel to (n,) ns, or to None."""

Read = Callable[["Reel"], NDArray[np.int64] | None]

_BARRIERS = ("mp.barrier.wait", "threads.barrier.wait")


def find_ticks(reel: Reel, readers: Iterable[tuple[str, Callable[[], Read]]] | None = None) -> NDArray[np.int64]:
    """(n,) when tick i began, ns of CLOCK_MONOTONIC, ascending; empty where the program has none.

    The first installed reader that knows the reel says so. Where none does, the ticks are the rounds of the barrier
    that was waited at most: tick 0 is what comes before it first opened.

    Args:
        readers: name and loader of each; by default those that are installed.

    Raises:
        ReelError: a reader failed, and not because the reel is damaged.
    """
    for name, load in installed(GROUP) if readers is None else readers:
        try:
            found = load()(reel)
        except ReelError as error:  # the reader is right, the reel is damaged
            reel.note_damage(f"its ticks are not known: {str(error).removeprefix(f'{reel.path}: ')}")
            return np.empty(0, np.int64)
        except Exception as error:
            raise ReelError(f"{reel.path}: the ticks of {name} failed: {type(error).__name__}: {error}.") from error
        if found is not None:
            return found
    return _rounds(reel)


def _rounds(reel: Reel) -> NDArray[np.int64]:
    """The begin of the reel, then each moment at which the last of its parties came to the barrier."""
    waits = reel.events.rows(*_BARRIERS)
    if not len(waits):
        return np.empty(0, np.int64)
    barriers, counts = np.unique(reel.object[waits], return_counts=True)
    waits = waits[reel.object[waits] == barriers[np.argmax(counts)]]
    last = waits[reel.b[waits] == reel.b[waits].max()]
    return np.concatenate(([reel.begin_ns], reel.begin[last]))
