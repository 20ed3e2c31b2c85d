"""Begins the replay in a new interpreter."""

from __future__ import annotations

import atexit
import builtins
import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

from ipcreel import mechanism
from ipcreel.interpose import environment, tracebacks
from ipcreel.interpose.builtin import rebind
from ipcreel.interpose.ending import Ending
from ipcreel.interpose.imports import when_imported
from ipcreel.replay import servers, switching
from ipcreel.replay.asking import Asking
from ipcreel.replay.ends import Ends
from ipcreel.replay.fence import Fence
from ipcreel.replay.reading import Replaying
from ipcreel.replay.scratch import Scratch
from ipcreel.replay.script import Script
from ipcreel.replay.session import Session
from ipcreel.replay.surroundings import end_with, restore_signals
from ipcreel.tape import process

# Ctrl-C is for whoever started the replay, a new size is that of the replay's terminal, and the children that end are
# checkpoints: a handler of the program's would be told of what never happened.
_NOT_FOR_THE_PROGRAM = (signal.SIGINT, signal.SIGWINCH, signal.SIGCHLD)


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
    end_with(environment.setting("IPCREEL_LAUNCHER"))
    signal.pthread_sigmask(signal.SIG_BLOCK, _NOT_FOR_THE_PROGRAM)
    script, asking = Script(environment.setting("IPCREEL_SCRIPT")), Asking()
    restore_signals(script.surroundings.get("ignored"))
    gc.set_threshold(0)  # garbage is collected where that shows on the tape, see `Replaying.take`
    switching.begin()
    process.tape = _NoTape()  # type: ignore[assignment]
    ends = Ends(script, asking)
    ends.reading = reading = Replaying(script, ends.over, ends.diverge, ends.leave, ends.differ)
    ends.begin()
    tracebacks.hide_from_uncaught(sys)
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names=names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["socketserver"] = partial(servers.adapt, reading=reading)
    callbacks["traceback"] = tracebacks.hide_from_traceback
    scratch = Scratch(asking.scratch)
    scratch.cover_os(os)
    when_imported(callbacks, Ending(ends.at_end))
    rebind(already)
    scratch.cover_open(builtins)
    Fence(scratch, ends.fenced).raise_()
    if not script.debug:  # a checkpoint can be made as long as there is no other thread
        reading.watch.begin()
    atexit.register(ends.at_exit)  # the first to be registered is the last to be called
    if script.is_stopping:
        reading.session = Session(reading, asking)
        reading.session.begin()
