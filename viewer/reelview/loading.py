"""Opening a reel beside the user interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ipcreel.analysis.state import States
from ipcreel.reel import Reel, ReelError, open_reel
from reelview.beside import Beside
from reelview.lens import Lens
from reelview.lens.find import find_lens, ticks_of
from reelview.opening import timeline_of
from reelview.raster.choose import Raster
from reelview.timeline.data import TimelineData
from reelview.usage import Usage


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A reel with all that is worked out of it before it is shown."""

    reel: Reel
    data: TimelineData
    lens: Lens | None
    lens_trouble: str
    raster: Raster
    """With all that the first picture needs."""
    states: States
    """Having answered for one moment, it is quick for all others."""
    usage: Usage
    """Prepared."""


def steps(path: Path) -> Iterator[str | Opened]:
    """What is being done, step by step, and in the end the reel.

    Raises:
        ReelError: it cannot be read.
    """
    yield "reading"
    yield from work_out(open_reel(path))


def work_out(reel: Reel) -> Iterator[str | Opened]:
    """What is worked out of a reel before it is shown, as `steps`."""
    yield f"matching {len(reel):,} events"
    _ = reel.flows
    yield "looking for a lens"
    lens, trouble = find_lens(reel)
    tick_ns, tick_trouble = ticks_of(reel, lens)
    yield "asking who holds what"
    states = reel.states
    states.at(reel.begin_ns)
    usage = Usage(reel).prepare()
    yield "arranging lanes"
    data = replace(timeline_of(reel), tick_ns=tick_ns)
    raster = Raster(data.spans)
    for _ in raster.build_first():
        pass
    yield Opened(reel, data, lens, "; ".join(filter(None, (trouble, tick_trouble))), raster, states, usage)


class Loading(Beside):
    """Opens a reel; ends with exactly one of `opened` and `failed`, or with neither where it was cancelled."""

    progressed = Signal(str)
    opened = Signal(object)
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path

    def work(self) -> None:
        try:
            for step in steps(self.path):
                if self.isInterruptionRequested():
                    return
                if isinstance(step, Opened):
                    self.opened.emit(step)
                else:
                    self.progressed.emit(step)
        except ReelError as error:
            self.failed.emit(str(error))
        except Exception as error:  # a damaged reel may fail anywhere: the window says so and stays
            self.failed.emit(f"{self.path}: it cannot be shown: {type(error).__name__}: {error}")
