"""Begins the replay in a new interpreter."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from ipcreel import mechanism
from ipcreel.interpose import environment, frames
from ipcreel.interpose.imports import when_imported
from ipcreel.interpose.targets import rebind
from ipcreel.replay.reading import Replaying
from ipcreel.replay.script import Script
from ipcreel.tape import process

DIVERGED = 1
_exit = os._exit


class _NoTape:
    """Objects and call sites get their numbers as they did, and nothing is written."""

    name = "replay"
    pid = 0

    def define(self, *record: object) -> None:
        """Nothing: see above."""


def start() -> None:
    """Patch every module of `mechanism.PATCHES` so that its operations come from the tape."""
    already = dict(sys.modules)
    environment.hide(str(Path(__file__).with_name("bootstrap")))
    script = Script(environment.setting("IPCREEL_SCRIPT"))
    process.tape = _NoTape()  # type: ignore[assignment]
    reading = Replaying(script, _over, _diverge, _leave)
    frames.hide_from_uncaught()
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names=names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["traceback"] = frames.hide_from_traceback
    when_imported(callbacks)
    rebind(already)


def _diverge(what: str) -> NoReturn:
    """The program does what it did not do when it was recorded: say so, and end."""
    process.here.inside = True
    _flush()
    sys.stderr.write(f"ipcreel: the replay diverged: {what}\n")
    if environment.setting("IPCREEL_DEBUG"):
        traceback.print_stack()
        traceback.print_exception(getattr(sys, "last_value", None))
    sys.stderr.flush()
    _exit(DIVERGED)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the program closed it


def _over(reading: Replaying) -> NoReturn:
    """No thread goes any further: say where each of them stands."""
    process.here.inside = True
    _flush()
    for lane, place in sorted(reading.standing.places.items()):
        sys.stderr.write(f"ipcreel: {reading.script.lane_names.get(lane, lane)} stands: {place}.\n")
    if not reading.standing.places:
        sys.stderr.write("ipcreel: the tape ends here: the process was killed while it ran.\n")
    sys.stderr.flush()
    _exit(0)


def _leave(code: int) -> NoReturn:
    """The process ended here, without the interpreter's own end."""
    _exit(code & 0xFF)
