"""What other packages add: readers of ticks, checks, lenses. A reel names no code: only what is installed runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Any


@cache
def installed(group: str) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """Name and loader of each entry point of a group. All packages are looked through, once in a process."""
    return tuple((point.name, point.load) for point in entry_points(group=group))
