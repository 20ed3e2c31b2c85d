"""What a mechanism is given when it installs itself: one of the two readings of its table."""

from __future__ import annotations

from ipcreel.interpose import environment
from ipcreel.interpose.targets import install_rows
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.operation import Operation


class Reading:
    """The table read in order to record, or in order to replay.

    A mechanism module has `OPERATIONS`, whose rows with a target are installed by themselves, and may have
    `install(module, reading)` for what a target cannot name: it is called in addition, once for each module of
    `mechanism.PATCHES` that lists it, after the rows were installed.
    """

    replays = False
    streams: tuple[Any, ...] = ()  # in a replay: what the standard streams were, see `record.surroundings`
    skip: frozenset[str] = frozenset()  # mechanisms that were left out: nothing is written of them

    def __init__(self) -> None:
        self.skip = frozenset(filter(None, environment.setting("IPCREEL_SKIP").split(",")))

    def load(self, name: str) -> Any:
        """The module `name`, imported now if it was not before."""
        import sys

        __import__(name)
        return sys.modules[name]

    def wrap(self, row: Operation, original: Callable[..., Any]) -> Callable[..., Any]:
        """A function to stand in the place of `original`."""
        raise NotImplementedError

    def note(
        self, row: Operation, object_: int, a: int = 0, b: int = 0, payload: object = None, begin_ns: int = 0
    ) -> int:
        """Something happened that no wrapper stands for: a signal was delivered, a thread began.

        It happened just now, or has taken from `begin_ns` until now.

        Returns:
            The slot of its event, -1 where nothing was written.
        """
        raise NotImplementedError

    def teller(self, row: Operation) -> Callable[[int], object]:
        """A function that notes `row` of the object with a number, where this thread is outside of any operation."""

        def tell(object_: int) -> None:
            here = process.here
            if here is not None and here.mark >= 0:
                self.note(row, object_)

        return tell

    def install(self, module: ModuleType, names: tuple[str, ...]) -> None:
        """Install the mechanisms `names` in `module`, which has just been imported."""
        for name in names:
            mechanism = self.load("ipcreel.mechanism." + name)
            rows = mechanism.OPERATIONS
            if self.skip:
                rows = [row for row in rows if row.mechanism not in self.skip]
            install_rows(module, rows, self.wrap)
            extra = getattr(mechanism, "install", None)
            if extra is not None:
                extra(module, self)
