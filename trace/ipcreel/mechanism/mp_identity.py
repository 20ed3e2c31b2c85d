"""What the objects of `multiprocessing` are known by in every process that has them.

A semaphore has a name in the kernel, and copies unpickled in a spawned process have the same. Under fork the name is
unlinked and forgotten at once, but there are no such copies either: the key given here goes over with the memory.
"""

from __future__ import annotations

import os
import sys

from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

KEY = "_ipcreel_key"  # the attribute of a `synchronize.SemLock`; its `__getstate__` leaves it out
_made = 0
_named: dict[tuple[str, str], int] = {}


def pass_over(folder: str) -> None:
    """Let no call site lie in the library's own files: those of `multiprocessing` in `folder`."""
    for name in (
        "connection", "context", "forkserver", "heap", "managers", "pool", "popen_fork", "popen_forkserver",
        "popen_spawn_posix", "process", "queues", "reduction", "resource_tracker", "shared_memory", "sharedctypes",
        "spawn", "synchronize", "util",
    ):  # fmt: skip
        process.passed.add(os.path.join(folder, name + ".py"))
    process.passed.add(sys.modules["threading"].__file__ or "")


def key_of(semlock: Any) -> str:
    """What a `synchronize.SemLock` is known by."""
    global _made  # noqa: PLW0603
    known: str | None = getattr(semlock, KEY, None) or semlock._semlock.name
    if known is None:
        _made += 1
        known = f"{process.tape.name}.{_made}"
        setattr(semlock, KEY, known)
    return known


def named(noun: str) -> str:
    """A name for an object that is made now: what it is, and the line of the program that makes it."""
    frame = process.outside_of_library(sys._getframe(1))
    if frame is None:
        return noun
    place = f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
    count = _named[noun, place] = _named.get((noun, place), 0) + 1
    return f"{noun} {place}" if count == 1 else f"{noun} {place} #{count}"


def object_of(args: tuple[Any, ...], noun: str, holder: Callable[[Any], Any], attribute: str, name: str = "") -> int:
    """The number of an object that is made of semaphores, 0 where it was not made.

    Args:
        args: those of the operation; the object is the first.
        noun: what it is.
        holder: the object → the one of its semaphores that it is known by.
        attribute: where on the object, dotted, its number is kept for the next time.
        name: for people, where it is made now; a copy has the name of what it is a copy of.
    """
    try:
        number = process.object_number("mp." + noun, key_of(holder(args[0])), name)
        owner, _, last = attribute.rpartition(".")
        setattr(getattr(args[0], owner) if owner else args[0], last, number)
    except (AttributeError, IndexError):
        return 0
    return number
