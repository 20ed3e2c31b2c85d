"""Tells our own frames from those of the program."""

from __future__ import annotations

import os
import sys

from ipcreel.compiled import is_compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

# The file name of generated wrappers. `warnings` leaves frames out of its count that bear these two words (warnings.c,
# is_internal_frame): a `stacklevel` reaches as far as it would without us.
WRAPPER_FILE = "<ipcreel, as importlib._bootstrap>"
_ours: dict[str, bool] = {}  # asked for at every step outwards
OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

HOOKS = ("excepthook", "unraisablehook")  # of `sys`, which print what strips ours (see `tracebacks`)


def is_ours(file: str) -> bool:
    """Whether code from `file` belongs to the recorder."""
    known = _ours.get(file)
    if known is None:
        known = _ours[file] = file == WRAPPER_FILE or file.startswith(OUR_FOLDER)
    return known


def program_frame(frame: FrameType | None) -> FrameType | None:
    """The first frame from `frame` outwards that belongs to the program."""
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


# What is said of a code by who judges which of the frames is the one that counts.
PASSED, TAKEN, NOBODY = range(3)


def find_in_python(judge: Callable[[CodeType], int], /) -> int:
    """The first frame that counts, by how many it lies outwards from the caller's; -1 where there is none.

    Args:
        judge: says of a code whether frames of it are PASSED over or TAKEN, or that NOBODY further out is. It may be
            asked of each once and for all.
    """
    frame: FrameType | None = sys._getframe(1)
    depth = 0
    while frame is not None:
        verdict = judge(frame.f_code)
        if verdict != PASSED:
            return depth if verdict == TAKEN else -1
        frame = frame.f_back
        depth += 1
    return -1


if is_compiled:
    from ipcreel import core

    find_frame, judge_again = core.find_frame, core.judge_again
else:
    find_frame = find_in_python

    def judge_again() -> None:
        """Judges say another thing from here on."""
