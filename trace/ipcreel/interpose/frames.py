"""Keeps our own frames out of the tracebacks that a program prints."""

from __future__ import annotations

import os
import sys

from ipcreel.compiled import is_compiled
from ipcreel.interpose.builtin import stand_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType, ModuleType, TracebackType
    from typing import Any

# The file name of generated wrappers. `warnings` leaves frames out of its count that bear these two words (warnings.c,
# is_internal_frame): a `stacklevel` reaches as far as it would without us.
WRAPPER_FILE = "<ipcreel, as importlib._bootstrap>"
_ours: dict[str, bool] = {}  # asked for at every step outwards
OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


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


def strip(traceback: TracebackType | None) -> TracebackType | None:
    """Unlink our entries from a traceback, in place. Returns its first entry."""
    while traceback is not None and is_ours(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    entry = traceback
    while entry is not None:
        following = entry.tb_next
        while following is not None and is_ours(following.tb_frame.f_code.co_filename):
            following = following.tb_next
        if following is not entry.tb_next:
            entry.tb_next = following
        entry = following
    return traceback


def strip_all(error: BaseException | None, seen: set[int] | None = None) -> None:
    """Unlink our entries from the tracebacks of an exception, of its causes and of its contexts."""
    seen = set() if seen is None else seen
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if error.__traceback__ is not None:
            error.__traceback__ = strip(error.__traceback__)
        for inner in getattr(error, "exceptions", ()) if isinstance(error, BaseExceptionGroup) else ():
            strip_all(inner, seen)
        strip_all(error.__cause__, seen)
        error = error.__context__


if is_compiled:
    from ipcreel import core

    find_frame, judge_again = core.find_frame, core.judge_again
else:
    find_frame = find_in_python

    def judge_again() -> None:
        """Judges say another thing from here on."""


def hide_from_uncaught() -> None:
    """Strip what the interpreter prints of an exception that nobody caught."""
    plain, plain_unraisable = sys.excepthook, sys.unraisablehook
    # Kept here: the interpreter's last messages come when our modules are emptied already.
    without_ours, without_any_of_ours = strip, strip_all

    def excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> Any:
        if isinstance(error, BaseException):  # a program may call the hook with anything
            without_any_of_ours(error)
            traceback = without_ours(traceback) if hasattr(traceback, "tb_frame") else traceback
        return plain(kind, error, traceback)

    def unraisablehook(given: Any) -> Any:
        try:
            if given.exc_traceback is not None:
                without_any_of_ours(given.exc_value)
                kept = without_ours(given.exc_traceback)
                given = type(given)((given.exc_type, given.exc_value, kept, given.err_msg, given.object))
        except Exception:  # a program may call the hook with anything, and what strips may be gone at the very end
            pass
        return plain_unraisable(given)

    sys.excepthook = sys.__excepthook__ = stand_for(plain, excepthook)
    sys.unraisablehook = sys.__unraisablehook__ = stand_for(plain_unraisable, unraisablehook)


def hide_from_traceback(module: ModuleType) -> None:
    """Strip what the traceback module, and all that uses it, reads of a stack or a traceback."""

    def stripped(plain: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def walk(start: Any) -> Iterator[Any]:
            entries = plain(start)
            if start is None:
                next(entries, None)  # `walk_stack(None)` counts frames from itself outwards, and there is one more now
            for frame, line in entries:
                if not is_ours(frame.f_code.co_filename):
                    yield frame, line

        return walk

    for name in ("walk_tb", "walk_stack", "_walk_tb_with_full_positions"):
        plain = getattr(module, name, None)
        if plain is not None:
            setattr(module, name, stripped(plain))
