"""Code that runs inside a recorded operation: the program's own is recorded all the same, the library's is not."""

from __future__ import annotations

from ipcreel.tape import process

# The mark is set and restored by itself, not through `inside`: that is a call, in which a signal's handler could raise
# and leave the mark behind.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def of_program(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which an operation calls back, with its operations recorded: a barrier's action, a reducer."""

    def call(*args: Any, **kwargs: Any) -> Any:
        here = process.here
        if here is None or not here.inside:
            return function(*args, **kwargs)
        mark, here.mark = here.mark, here.outside
        try:
            return function(*args, **kwargs)
        finally:
            here.mark = mark

    return call


def of_library(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with nothing recorded of what it does: the library's bookkeeping."""

    def call(*args: Any, **kwargs: Any) -> Any:
        here = process.here
        if here is None or here.inside:
            return function(*args, **kwargs)
        mark, here.mark = here.mark, -1
        try:
            return function(*args, **kwargs)
        finally:
            here.mark = mark

    return call
