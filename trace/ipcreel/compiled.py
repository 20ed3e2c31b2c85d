"""Whether the part that is in C (`ipcreel.core`) is there. Where it is not, Python does the same at a higher price."""

from __future__ import annotations

import os

_VERSION = 9  # of what the sources in `c` offer now: a library from before a change is not used


def _is_compiled() -> bool:
    if "IPCREEL_PLAIN" in os.environ:
        return False
    try:
        from ipcreel.core import VERSION
    except ImportError:
        return False
    return VERSION == _VERSION


is_compiled = _is_compiled()
