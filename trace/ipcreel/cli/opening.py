"""Opens the reel that a command is about, and says what of it cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

from ipcreel.reel import Reel
from ipcreel.reel import open_reel as open_quietly


def open_reel(path: Path) -> Reel:
    """Open a reel; what is damaged in it is said on stderr, a line each.

    Raises:
        ReelError: nothing of it can be read.
    """
    opened = open_quietly(path)
    for what in opened.damage:
        sys.stderr.write(f"ipcreel: {path}: {what}\n")
    return opened
