"""Whose a lock, an event or a queue is: the program's own, or one that the library made for its own purposes.

The standard library is full of locks: those of a `queue.Queue`, a logging handler, an executor. They would flood a
tape, and what they do is told better by the operation that they belong to. So it is decided once for each object, where
it is made: what a line of the program made is recorded wherever it is used, what a line of the library made never is.
A package that was installed counts as program.
"""

from __future__ import annotations

import os
import sys

from ipcreel.interpose import environment
from ipcreel.interpose.frames import NOBODY, PASSED, TAKEN, find_frame, is_ours, judge_again
from ipcreel.tape import process
from ipcreel.tape.process import new_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any


# Code of the library, by id: the hash of a code object is that of all that it consists of.
_makers: dict[int, CodeType] = {}
_servants: dict[int, CodeType] = {}
_internals: bool | None = None  # whether the library's own objects are asked for

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_NOT_LIBRARY = tuple(_LIBRARY + name + os.sep for name in ("site-packages", "dist-packages", "test"))
_files: dict[str, bool] = {}
_getframe = sys._getframe


def is_library(file: str) -> bool:
    """Whether a code's file belongs to the standard library. Its tests are programs."""
    known = _files.get(file)
    if known is None:
        known = file.startswith("<frozen ") or (file.startswith(_LIBRARY) and not file.startswith(_NOT_LIBRARY))
        _files[file] = known
    return known


def makes_for_caller(code: CodeType) -> None:
    """Say of code of the library that what it makes belongs to whoever calls it."""
    _makers[id(code)] = code
    judge_again()


def makes_for_other_process(code: CodeType) -> None:
    """Say of code of the library that it makes what the program asks for from another process."""
    _servants[id(code)] = code
    judge_again()


def _judged(code: CodeType) -> int:
    """Whether it is code of this kind that makes an object, or makes it for its caller, or is the library."""
    if is_ours(code.co_filename) or id(code) in _makers:
        return PASSED
    if not is_library(code.co_filename) or id(code) in _servants or _asked_for_internals():
        return TAKEN
    return NOBODY


def _asked_for_internals() -> bool:
    global _internals  # noqa: PLW0603
    if _internals is None:
        _internals = bool(environment.setting("IPCREEL_INTERNALS"))
    return _internals


def new_of_program(kind: str) -> int:
    """The number of an object that is being made, named after the line that makes it; -1 where it is the library's."""
    if process.here is None or process.here.mark < 0:
        return -1
    depth = find_frame(_judged)
    if depth < 0:
        return -1
    frame = _getframe(depth)
    return new_object(kind, None, f"{kind} {os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}")


def made_by_program(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """A `concerns` for the rows of constructors.

    `judge` says how a wrapper may find it out from the frames that run, and does not ask.
    """
    here = process.here
    return here is not None and here.mark >= 0 and find_frame(_judged) >= 0


made_by_program.judge = _judged  # type: ignore[attr-defined]


def watched(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """A `concerns` for the rows of methods: whether it is an object of the program's.

    `of_object` says that a wrapper may find it out from the object itself, and does not ask.
    """
    try:
        return args[0]._ipcreel_object >= 0  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return False


watched.of_object = True  # type: ignore[attr-defined]


def number_of(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    """An `identify` for rows that `watched` lets through."""
    return args[0]._ipcreel_object  # type: ignore[no-any-return]


number_of.in_slot = True  # type: ignore[attr-defined]


def unwatched(*classes: type) -> None:
    """Say of classes written in Python that their instances are the library's until a line of the program makes one."""
    for one in classes:
        one._ipcreel_object = -1  # type: ignore[attr-defined]
