"""What the recorder does around a fork: none of it is on the parent's tape, and the child begins one of its own.

A signal that comes meanwhile waits until the hooks have run: the interpreter would run its handler inside a hook, and
swallow what that raises. So the last hook before a fork blocks signals, and the first thing that runs after ours are
done is the program. Both are calls of C: where no bytecode runs, no handler does.
"""

from __future__ import annotations

import os

from ipcreel.interpose import sleep
from ipcreel.interpose.outside import hold_signals, let_signals_come
from ipcreel.tape import process


def follow_forks() -> None:
    """Register the hooks. Those before a fork run in reverse order."""
    os.register_at_fork(before=hold_signals)
    os.register_at_fork(before=_forking, after_in_parent=_has_forked, after_in_child=_forked)
    wakes = sleep.lock  # no child begins with half of a mechanism
    os.register_at_fork(before=wakes.acquire, after_in_parent=wakes.release, after_in_child=wakes.release)
    os.register_at_fork(after_in_parent=let_signals_come, after_in_child=let_signals_come)


def _forking() -> None:
    """Before a fork: what the hooks of others do until ours have run is not recorded, as it is not yet clear where."""
    here = process.here
    here.inside, here.before_fork = True, here.inside


def _has_forked() -> None:
    here = process.here
    here.inside = here.before_fork


def _forked() -> None:
    """In the child of a fork: begin a tape of its own."""
    parent, chosen = process.tape, isinstance(process.here, process.Here)
    try:
        process.open_tape(parent.directory, "fork", parent.payload_limit, parent.name, {})
        if chosen:  # a name that comes later may choose it still
            process.here = process.Here()
    except OSError as error:  # no descriptor or no room left: the parent's tape must not be written on
        process.stop_recording()
        _leave_note(parent.directory, f"no tape could be made: {error.strerror}")


def _leave_note(directory: str, why: str) -> None:
    """Say that this process was seen, and why it could not be recorded."""
    try:
        descriptor = os.open(f"{directory}/{os.getpid()}.unrecorded", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, why.encode())
        finally:
            os.close(descriptor)
    except OSError:
        pass  # the empty file, if that much could be made, says it
