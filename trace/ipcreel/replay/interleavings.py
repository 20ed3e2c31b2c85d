"""Other interleavings of the threads of a process, tried where its replay diverged.

What threads do between two operations has no order on the tape (see `switching`). Where they race for a variable, a
replay may let the wrong one come first; then one of them does what the tape does not have. So it is run again, and one
thread comes back from one operation later: when all that the tape has before its next one is done. Where the replay
gets further by that, it is kept.

    main     ── put ── closed = True ── put ──            the worker came back from its second `get`, and was
    worker      ── get ──────── get ·  · ·  if closed     interrupted before it looked
"""

from __future__ import annotations

from typing import Any

Late = tuple[int, int]  # a process, and a place in the order of its threads: who comes from there is late
Notes = list[dict[str, Any]]
_MOST, _MOST_IN_VAIN = 60, 8  # runs in all, and one after the other that get no further


def was_left(notes: Notes) -> dict[str, Any] | None:
    """What a run noted that ended without a word, since another interleaving may be tried; None where it did not."""
    return next((note["interleavings"] for note in notes if "interleavings" in note), None)


class Interleavings:
    """Chooses what is tried next.

    Attributes:
        late: what is tried now.
        shown: how often the first run has written to the console: that is not written again.
        differs: it has said that the output differs.
        is_first: nothing has run yet.
    """

    def __init__(self) -> None:
        self.late: list[Late] = []
        self.shown = 0
        self.differs = False
        self.is_first = True
        self._kept: list[Late] = []
        self._reached = [-1, -1]
        self._untried: list[Late] = []
        self._runs = self._in_vain = 0

    def see(self, notes: Notes) -> None:
        """Take what the first run has left behind."""
        left = was_left(notes)
        self.is_first = False
        self.shown = left["shown"] if left else 0
        self.differs = any("differs" in note for note in notes)

    def choose(self, notes: Notes) -> bool:
        """Choose anew after a run that left these notes. Returns False where nothing is to be tried any more."""
        left = was_left(notes)
        self._runs += 1
        if left is not None and left["reached"] > self._reached:
            self._kept, self._reached, self._in_vain = self.late, left["reached"], 0
            self._untried = [(process, place) for process, place in left["others"]]
        else:
            self._in_vain += 1
        untried = [late for late in self._untried if late not in self._kept]
        if not untried or self._in_vain >= _MOST_IN_VAIN or self._runs >= _MOST:
            return False
        self.late, self._untried = [*self._kept, untried[0]], untried[1:]
        return True

    def give_up(self) -> None:
        """Go back to what got furthest."""
        self.late = self._kept
