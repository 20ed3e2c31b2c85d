"""Makes a builtin function that calls a function of ours, and cannot be told from the builtin that it stands for.

A Python function in the place of `time.sleep` would show: by its type, its repr, its pickle, its signature, and by
becoming a method where a class holds it. So what stands there is a builtin too. Its definition in C is a copy of the
original's, but for what it does: that calls what the builtin belongs to, an `Origin`, a module to whoever asks for
`__self__`.
"""

from __future__ import annotations

import sys

from ipcreel.compiled import is_compiled
from ipcreel.interpose.outside import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import BuiltinFunctionType, ModuleType
    from typing import Any
else:  # `types` would be one more import at every start
    ModuleType = type(sys)

Builtin = type(len)


class Origin(ModuleType):
    """What a replaced builtin belongs to.

    Attributes:
        __call__: what is called. Where it is not set, `asleep` knows how to get it (`interpose.sleep`).
        original: the builtin that is replaced.
    """

    __slots__ = ("__call__", "asleep", "original")


if is_compiled:
    from ipcreel.core import origins_have

    origins_have(Origin.__call__, Origin.original, Origin.asleep)  # type: ignore[attr-defined]

LEFT_ALONE = ("listdir",)  # the import system calls that of `posix`, for each folder: it is left alone

# By the id of an original, which is kept alive by it: that, and what stands for it.
replacements: dict[int, tuple[Any, Any]] = {}


def stand_for(original: Callable[..., Any], called: Callable[..., Any]) -> BuiltinFunctionType:
    """A builtin function that is like `original`, a function of a module, and calls `called`."""
    origin: Any = Origin(original.__module__)
    origin.original = original
    origin.__call__ = called
    made: BuiltinFunctionType = stand_in(original, origin)
    replacements[id(original)] = original, made
    return made


def also_at_home(name: str, original: Any, made: Any) -> None:
    """Put what stands for a function in the module that it comes from too: in `posix` for `os.kill`."""
    home = sys.modules.get(original.__module__)
    if name not in LEFT_ALONE and getattr(home, name, None) is original:
        setattr(home, name, made)


def rebind(modules: dict[str, ModuleType]) -> None:
    """Put our functions in the place of those that modules took, `from os import urandom`, before ours were there."""
    replaced = replacements.keys()
    for name, module in list(modules.items()):
        taken = getattr(module, "__dict__", {})
        if name.startswith("ipcreel") or not str(taken.get("__file__")).endswith(".py"):
            continue
        if replaced.isdisjoint(map(id, taken.values())):
            continue
        for attribute, value in list(taken.items()):
            if id(value) in replaced:
                setattr(module, attribute, replacements[id(value)][1])


def original_of(value: Any) -> Any:
    """What `value` was made to stand for; itself where it stands for nothing."""
    while type(origin := getattr(value, "__self__", None)) is Origin:
        value = origin.original
    return value


def also_kept(hook: str) -> None:
    """Put what stands for a hook of `sys` where `sys` keeps the first one: in `sys.__excepthook__` for `excepthook`."""
    made, kept = getattr(sys, hook), f"__{hook}__"
    if getattr(sys, kept) is original_of(made):
        setattr(sys, kept, made)
