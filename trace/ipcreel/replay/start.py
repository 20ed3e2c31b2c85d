"""Begins the replay in a new interpreter."""

from __future__ import annotations

import atexit
import builtins
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

from ipcreel import mechanism
from ipcreel.interpose import environment, frames
from ipcreel.interpose.imports import when_imported
from ipcreel.interpose.targets import rebind
from ipcreel.replay.asking import Asking
from ipcreel.replay.ends import Ends
from ipcreel.replay.fence import Fence
from ipcreel.replay.reading import Replaying
from ipcreel.replay.script import Script
from ipcreel.replay.session import Session
from ipcreel.tape import process


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
    # Ctrl-C is for whoever started the replay: a handler of the program's would be told of what never happened.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    script, asking = Script(environment.setting("IPCREEL_SCRIPT")), Asking()
    process.tape = _NoTape()  # type: ignore[assignment]
    ends = Ends(script, asking)
    ends.reading = reading = Replaying(script, ends.over, ends.diverge, ends.leave)
    frames.hide_from_uncaught()
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names=names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["traceback"] = frames.hide_from_traceback
    fence = Fence(asking.scratch, ends.fenced)
    fence.cover_os(os)
    when_imported(callbacks)
    rebind(already)
    fence.cover_open(builtins)
    fence.raise_()
    if script.debug:
        atexit.register(ends.at_exit)
    if script.is_stopping:
        reading.session = Session(reading, asking)
