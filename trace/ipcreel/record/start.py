"""Begins the recording of an interpreter that has just started."""

from __future__ import annotations

import os
import sys

from ipcreel import mechanism
from ipcreel.interpose import frames
from ipcreel.interpose.imports import when_imported
from ipcreel.record.wrap import Recording
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def start() -> None:
    """Open the tape, and patch every module of `mechanism.PATCHES`, now or when it is imported."""
    directory = os.environ["IPCREEL_TAPES"]
    limit = int(os.environ.get("IPCREEL_PAYLOAD_LIMIT", 1 << 20))
    facts: dict[str, object] = {"argv": list(sys.orig_argv), "executable": sys.executable, "python": sys.version}
    process.open_tape(directory, "exec", limit, None, facts)
    process.here = process.Here()
    frames.hide_from_uncaught()
    reading = Recording()
    callbacks: dict[str, Callable[[ModuleType], None]] = {
        name: partial(reading.install, names) for name, names in mechanism.PATCHES.items()
    }
    callbacks["traceback"] = frames.hide_from_traceback
    when_imported(callbacks)
    os.register_at_fork(after_in_child=_forked)


def partial(
    install: Callable[[ModuleType, tuple[str, ...]], None], names: tuple[str, ...]
) -> Callable[[ModuleType], None]:
    """`install` for `names`. functools would be one more import."""
    return lambda module: install(module, names)


def _forked() -> None:
    """In the child of a fork: begin a tape of its own."""
    parent = process.tape
    process.open_tape(parent.directory, "fork", parent.payload_limit, parent.name, {})
    process.here = process.Here()
