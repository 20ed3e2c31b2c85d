"""Files and folders that `tempfile` makes: their names were new when the run was recorded, whatever the disk has now.

What a run that was killed has left there is still on the disk when it is replayed.
"""

from __future__ import annotations

import sys

_MODULE, _DEEPEST = "tempfile", 4  # our own frames lie between


def is_name_of_tempfile() -> bool:
    """Whether `tempfile` asks for what it has just drawn a name for."""
    frame = sys._getframe(1)
    for _ in range(_DEEPEST):
        if frame.f_globals.get("__name__") == _MODULE:
            return frame.f_code.co_name in ("mkdtemp", "_mkstemp_inner", "_exists")
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False
