"""What the program has printed and not written yet."""

from __future__ import annotations

import sys
from _thread import allocate_lock, start_new_thread

from ipcreel.tape import process

_PATIENCE_S = 1.0


def flush() -> None:
    """Write it out: nothing of the program comes after this. A thread that holds the stream for ever is not awaited."""
    done = allocate_lock()
    done.acquire()

    def write() -> None:
        process.here.inside = True
        try:
            sys.stdout.flush()
        except (OSError, ValueError, AttributeError):
            pass  # the program closed it
        finally:
            done.release()

    start_new_thread(write, ())
    done.acquire(timeout=_PATIENCE_S)
