"""What a person can mend is said in one line, with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130  # what a shell says of a command that Ctrl-C has ended


@contextmanager
def report_trouble() -> Iterator[None]:
    """Turn the errors that a user can cause into one line on stderr."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        # Only now: what these import is not to be waited for by who pressed Ctrl-C, or asked for help.
        from ipcreel.record.trouble import LaunchError
        from ipcreel.reel.error import ReelError

        if not isinstance(error, LaunchError | ReelError):
            raise
        sys.stderr.write(f"ipcreel: {error}\n")
        sys.exit(2)
