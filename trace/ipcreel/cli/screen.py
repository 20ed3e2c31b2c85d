"""What prints tables for people to stdout."""

from __future__ import annotations

from rich.console import Console


class Screen(Console):
    """A console whose reader may go away: that is no failure of the command."""

    def __init__(self, markup: bool = True) -> None:
        super().__init__(highlight=False, markup=markup)

    def on_broken_pipe(self) -> None:
        """Leave it to who runs the commands: rich itself ends the program with exit code 1."""
        raise BrokenPipeError
