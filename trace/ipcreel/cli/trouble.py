"""What a person can mend is said in one line, with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def report_trouble() -> Iterator[None]:
    """Turn the errors that a user can cause into one line on stderr."""
    from ipcreel.record.trouble import LaunchError
    from ipcreel.reel import ReelError

    try:
        yield
    except (LaunchError, ReelError) as error:
        sys.stderr.write(f"ipcreel: {error}\n")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
