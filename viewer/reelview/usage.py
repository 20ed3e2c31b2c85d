"""Which of the program's functions an object belongs to, where its own name says nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

import numpy as np

from ipcreel.reel import Reel

_MOST_EVENTS = 1_000_000
"""Of a larger reel every so many-th event is looked at, which tells the same."""
_MOST_NAMED, _LEAST_SHARE = 2, 0.25
"""So many functions are named, and only those that are not far behind the first."""
_NAMELESS = re.compile(r"0x[0-9a-f]+|\.py:\d+|pipe \d+")
"""Names that are an address or a number, or the line that made it."""

_LIBRARY = re.compile(r"/lib/python\d[\d.]*/")
"""Files that came with Python, or were installed: their functions tell nothing of the program."""


class Usage:
    """Names the functions that use an object more than others: a lock of `Books.sell`, a queue of `Sharing._send`.

    A function that uses many objects, as a helper around every `acquire`, says little of each: what counts is how
    often it uses the object, divided by the square of how many objects it uses. One that does whatever it is given,
    as a helper that tries any operation again, says nothing.
    """

    def __init__(self, reel: Reel) -> None:
        self._reel = reel

    def prepare(self) -> Usage:
        """Works out now what the first question would: for those who ask where nobody may wait."""
        _ = self._functions
        return self

    def functions(self, object_: int) -> tuple[str, ...]:
        """The functions of an object, the first first; none where it has a name, or no line of the program is known."""
        named = not _NAMELESS.search(str(self._reel.objects[object_][3]))
        return () if named else self._functions.get(object_, ())

    def text(self, object_: int) -> str:
        """`in Sharing._send, Sharing._next_offer`; empty where nothing is known."""
        found = self.functions(object_)
        return f"in {', '.join(found)}" if found else ""

    @cached_property
    def _functions(self) -> dict[int, tuple[str, ...]]:
        reel = self._reel
        names = [
            "" if _LIBRARY.search(str(file)) else str(function).partition(".<locals>")[0]
            for file, _, function, _ in reel.sites
        ]
        known, of_site = np.unique(np.array(names), return_inverse=True)
        step = max(len(reel) // _MOST_EVENTS, 1)
        object_, site = reel.object[::step].astype(np.int64), reel.site[::step]
        pairs, count = np.unique(object_ * len(known) + of_site[site], return_counts=True)
        objects, functions = np.divmod(pairs, len(known))
        helper = np.isin(known[functions], names_of_helpers(reel))
        objects, functions, count = objects[~helper], functions[~helper], count[~helper]
        score = count / np.bincount(functions, minlength=len(known))[functions] ** 2
        found: dict[int, dict[str, float]] = {}
        for place in np.argsort(-score, kind="stable").tolist():
            name, named = str(known[functions[place]]), found.setdefault(int(objects[place]), {})
            if name and len(named) < _MOST_NAMED and score[place] >= _LEAST_SHARE * max(named.values(), default=0):
                named[name] = float(score[place])
        return {object_: tuple(named) for object_, named in found.items()}


def names_of_helpers(reel: Reel) -> list[str]:
    """The functions of which one and the same call waits for a queue now, and then for a semaphore of its mechanism."""
    things: dict[tuple[int, str], set[str]] = defaultdict(set)
    for place in np.unique(reel.site.astype(np.int64) << 16 | reel.op).tolist():
        row = reel.operations[place & 0xFFFF]
        mechanism, _, rest = str(row["name"]).partition(".")
        if row["blocks"] and place >> 16:
            things[place >> 16, mechanism].add(rest.rpartition(".")[0])
    return [str(reel.sites[site][2]).partition(".<locals>")[0] for (site, _), found in things.items() if len(found) > 1]
