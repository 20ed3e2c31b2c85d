"""Opens the reel that a command is about, and says what of it cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.cli.memory import keep_memory
from ipcreel.reel import Reel
from ipcreel.reel import open_reel as open_quietly

REEL = click.Path(path_type=Path, readable=False)
"""The argument: whether the file may be read is said by who opens it, as all else that may be wrong with it."""


def open_reel(path: Path) -> Reel:
    """Open a reel; what is damaged in it is said on stderr, a line each, also what only shows when it is asked.

    Raises:
        ReelError: nothing of it can be read.
    """
    keep_memory()
    opened = open_quietly(path)

    def say(what: str) -> None:
        sys.stderr.write(f"ipcreel: {path}: {what}\n")

    for what in opened.damage:
        say(what)
    opened.on_damage = say
    return opened
