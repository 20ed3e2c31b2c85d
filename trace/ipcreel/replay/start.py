"""Begins the replay in a new interpreter."""

from __future__ import annotations

import builtins
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
from ipcreel.replay.fence import Fence
from ipcreel.replay.reading import Replaying
from ipcreel.replay.script import Event, Script
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
    reading = Replaying(script, _over, _diverge, _leave, partial(_stop, script))
    frames.hide_from_uncaught()
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names=names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["traceback"] = frames.hide_from_traceback
    fence = Fence(os.path.dirname(environment.setting("IPCREEL_SCRIPT")), _fenced)
    fence.cover_os(os)
    when_imported(callbacks)
    rebind(already)
    fence.cover_open(builtins)
    fence.raise_()


def _say(script: str, rows: list[str]) -> None:
    """Leave a note for whoever started the replay."""
    with open(os.path.join(os.path.dirname(script), "result"), "a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def _diverge(what: str) -> NoReturn:
    """The program does what it did not do when it was recorded: say so, and end."""
    process.here.inside = True
    _flush()
    sys.stderr.write(f"ipcreel: the replay diverged: {what}\n")
    if environment.setting("IPCREEL_DEBUG"):
        traceback.print_stack()
        traceback.print_exception(getattr(sys, "last_value", None))
    sys.stderr.flush()
    _say(environment.setting("IPCREEL_SCRIPT"), [f"D {what}"])
    _exit(DIVERGED)


def _fenced(what: str) -> NoReturn:
    """The program does what the tape has no outcome for, and what would be seen outside."""
    _diverge(f"{what}, and the tape has no such operation; nothing was done.")


def _flush() -> None:
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the program closed it


def _over(reading: Replaying) -> NoReturn:
    """No thread goes any further: say where each of them stands."""
    process.here.inside = True
    _flush()
    places = [
        f"{reading.script.lane_names.get(lane, lane)} stands: {place}."
        for lane, place in sorted(reading.standing.places.items())
    ] or ["the tape ends here: the process was killed while it ran."]
    sys.stderr.writelines(f"ipcreel: {place}\n" for place in places)
    sys.stderr.flush()
    _say(environment.setting("IPCREEL_SCRIPT"), [f"R {reading.replayed}", *(f"S {place}" for place in places)])
    _exit(0)


def _leave(code: int) -> NoReturn:
    """The process ended here, without the interpreter's own end."""
    _exit(code & 0xFF)


def _stop(script: Script, event: Event) -> None:
    """The replay has come to where it was to stop."""
    here = process.here
    here.inside = True
    _flush()
    sys.stderr.write(f"ipcreel: before {script.describe(event)}.\n")
    if not script.debug:
        _say(environment.setting("IPCREEL_SCRIPT"), ["S stopped"])
        _exit(0)
    from ipcreel.replay.debugger import debug

    debug(script, sys._getframe(1))
    here.inside = False
