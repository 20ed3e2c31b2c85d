"""What the recorder does around a fork: none of it is on the parent's tape, and the child begins one of its own.

A signal that comes meanwhile waits until the hooks have run: the interpreter would run its handler inside a hook, and
swallow what that raises. So the last hook before a fork blocks signals, and the first thing that runs after ours are
done is the program. Both are calls of C: where no bytecode runs, no handler does.
"""

from __future__ import annotations

import _ctypes
import os
import sys
from _functools import partial  # type: ignore[import-not-found]

from ipcreel.interpose.clibrary import Byte, Int, Size, kept_lock_function
from ipcreel.tape import process

_SIG_BLOCK, _SIG_SETMASK = 0, 2
_SET_SIZE = 128  # a `sigset_t`
# Those that the processor raises are not blocked: they cannot wait (pthread_sigmask(3)).
_OF_THE_PROCESSOR = (4, 5, 6, 7, 8, 11)  # SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV
_WAITING = (1 << 64) - 1 - sum(1 << number - 1 for number in _OF_THE_PROCESSOR)


class _Set(_ctypes.Array):  # type: ignore[type-arg]
    _type_, _length_ = Byte, _SET_SIZE


_waiting, _before = _Set(*_WAITING.to_bytes(8, sys.byteorder)), _Set()


def follow_forks() -> None:
    """Register the hooks. Those before a fork run in reverse order."""
    mask = kept_lock_function("pthread_sigmask", Int, Size, Size)
    waiting, before = _ctypes.addressof(_waiting), _ctypes.addressof(_before)
    wait, wait_no_more = partial(mask, _SIG_BLOCK, waiting, before), partial(mask, _SIG_SETMASK, before, 0)
    os.register_at_fork(before=wait)
    os.register_at_fork(before=_forking, after_in_parent=_has_forked, after_in_child=_forked)
    os.register_at_fork(after_in_parent=wait_no_more, after_in_child=wait_no_more)


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
