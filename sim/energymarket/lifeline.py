"""What makes a child end when its parent does."""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait

PR_SET_PDEATHSIG = 1
SUPERVISORS_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """Keeps SIGINT and SIGTERM waiting while a child starts, which must not run its parent's handlers."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SUPERVISORS_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SUPERVISORS_SIGNALS)


def begin_child() -> None:
    """Called first in every child: Ctrl-C is main's business, SIGTERM and the parent's end are the child's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SUPERVISORS_SIGNALS)
    parent = multiprocessing.parent_process()
    assert parent is not None, "begin_child is for children"
    if parent.pid == os.getppid():
        _ask_for_death_signal(parent.pid)
    else:
        threading.Thread(target=_end_after, args=(parent.sentinel,), name="lifeline", daemon=True).start()


def _ask_for_death_signal(parent: int) -> None:
    """The kernel sends SIGTERM when the thread that forked us ends (PR_SET_PDEATHSIG(2const)): main's main thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def _end_after(sentinel: int) -> None:
    """Under forkserver the kernel's parent is the server, which outlives main; the pipe that main holds does not."""
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
