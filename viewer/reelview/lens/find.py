"""Which lenses know a reel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import entry_points

from ipcreel.reel import Reel
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
    loaders += [(point.name, point.load) for point in entry_points(group=GROUP)] if others is None else others
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
