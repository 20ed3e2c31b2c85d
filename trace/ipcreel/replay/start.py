"""Begins the replay in a new interpreter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType

from ipcreel import mechanism
from ipcreel.interpose import frames
from ipcreel.interpose.imports import when_imported
from ipcreel.replay.reading import Replaying
from ipcreel.replay.script import Script
from ipcreel.tape import process


class _Here:
    """Nothing is written in a replay: a lane is known by its place on the tape."""

    lane = 0
    inside = False


class _NoTape:
    """Objects and call sites get their numbers as they did, and nothing is written."""

    def define(self, *record: object) -> None:
        pass


def start() -> None:
    """Patch every module of `mechanism.PATCHES` so that its operations come from the tape."""
    script = Script(os.environ["IPCREEL_SCRIPT"])
    reading = Replaying(script, _stand)
    process.here = _Here()  # type: ignore[assignment]
    process.tape = _NoTape()  # type: ignore[assignment]
    frames.hide_from_uncaught()
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names=names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["traceback"] = frames.hide_from_traceback
    when_imported(callbacks)


def _stand(where: str) -> None:
    """The replay has come to the end of what was recorded."""
    sys.stdout.flush()
    sys.stderr.write(f"ipcreel: {where}\n")
    sys.stderr.flush()
    os._exit(0)
