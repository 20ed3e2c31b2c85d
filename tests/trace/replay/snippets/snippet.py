"""What a random program is made of: steps of one process, and exchanges between two or more.

A snippet is a function of a source of chance and of a number that no other snippet of the program has. It returns the
lines that the root does before it starts anybody, those of each one who takes part, and those that clear up. The lines
of a part wait for lines of the same snippet only: parts that stand in one order in all processes never wait in a ring.
`given` is a dict that every process has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Snippet:
    """The lines of one snippet.

    Attributes:
        parts: for each one who takes part, the lines that it does.
        setup: what the root does before.
        clearing: what the root does at the end.
    """

    parts: tuple[str, ...]
    setup: str = ""
    clearing: str = ""


Make = Callable[[Random, str], Snippet]


def fixed(*parts: str, setup: str = "", clearing: str = "") -> Make:
    """A snippet whose lines are always the same, but for its number `@`."""

    def make(chance: Random, number: str) -> Snippet:
        return Snippet(
            tuple(part.replace("@", number) for part in parts),
            setup.replace("@", number),
            clearing.replace("@", number),
        )

    return make


def steps(*texts: str) -> tuple[Make, ...]:
    """Snippets of one process, likewise."""
    return tuple(map(fixed, texts))
