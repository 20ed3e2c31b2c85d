"""Memory of large columns is kept for the next ones."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h; mallopt(3)


def keep_memory() -> None:
    """What this process frees it uses again, instead of giving it back to the system, which clears all that it gives.

    A question about ten million events makes and frees arrays of 80 MB by the hundred: the clearing took as long as the
    answer. What is never kept is more than the process had in use at one time. Where there is no `mallopt`, as in musl,
    all stays as it is.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, -1)
