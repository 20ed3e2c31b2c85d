"""What the program has printed and not written yet."""

from __future__ import annotations

import sys


def flush() -> None:
    """Write it out: nothing of the program comes after this."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the program closed it
