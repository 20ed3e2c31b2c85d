"""Keeps our own frames out of the tracebacks that a program prints."""

from __future__ import annotations

from ipcreel.interpose.builtin import also_kept
from ipcreel.interpose.frames import HOOKS, is_ours
from ipcreel.interpose.targets import put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType, TracebackType
    from typing import Any


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


def hide_from_uncaught(module: ModuleType) -> None:
    """Strip what the interpreter prints of an exception that nobody caught; `module` is `sys`."""
    plain, plain_unraisable = module.excepthook, module.unraisablehook
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

    put(module, "excepthook", excepthook)
    put(module, "unraisablehook", unraisablehook)
    for hook in HOOKS:
        also_kept(hook)


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
