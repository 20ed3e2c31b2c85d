"""Hands the recorder's own variables on to whatever a program starts (see `environment`)."""

from __future__ import annotations

import os

from ipcreel.interpose import environment as _ours
from ipcreel.interpose.builtin import original_of
from ipcreel.interpose.environment import OUR_SEED, PATH, SEED, SEPARATOR
from ipcreel.interpose.outside import set_variable
from ipcreel.interpose.targets import put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_put, _remove, _random = original_of(os.putenv), original_of(os.unsetenv), original_of(os.urandom)


def fill(environment: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """`environment`, as the program wants it, with ours in it."""
    if _ours.folder:
        path = environment.get(PATH)
        environment[PATH] = _ours.folder + SEPARATOR + path if path else _ours.folder
        environment.update(_ours.variables)
        if SEED not in environment:
            environment[SEED] = environment[OUR_SEED] = draw_seed()
    return environment


def draw_seed() -> bytes:
    """A value for PYTHONHASHSEED."""
    return b"%d" % (int.from_bytes(_random(4), "little") or 1)


def renew() -> None:
    """Before something is started that inherits the environment of C: draw its hash seed."""
    if _ours.folder and SEED not in os.environ._data:  # type: ignore[attr-defined]
        seed = draw_seed()
        set_variable(SEED, seed)
        set_variable(OUR_SEED, seed)


def guard(module: ModuleType) -> None:
    """Keep our folder in the PYTHONPATH of C when the program changes its own; `module` is `os`."""

    def putenv(*args: Any, **kwargs: Any) -> None:
        if len(args) == 2 and _text(args[0]) == PATH and type(args[1]) in (str, bytes):
            value = _text(args[1])
            args = (PATH, _ours.folder + SEPARATOR + value if value else _ours.folder)
        _put(*args, **kwargs)

    def unsetenv(*args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and _text(args[0]) == PATH:
            _put(PATH, _ours.folder)
        else:
            _remove(*args, **kwargs)

    put(module, "putenv", putenv)
    put(module, "unsetenv", unsetenv)


def _text(value: Any) -> bytes:
    return os.fsencode(value) if type(value) in (str, bytes) else b""


def carried(environment: Any) -> Any:
    """What to pass on where a program gives an environment of its own; itself where it is none."""
    if not _ours.folder or environment is None:
        renew()
        return environment
    try:
        return fill({os.fsencode(name): os.fsencode(environment[name]) for name in list(environment.keys())})
    except Exception:  # the original says what is wrong with it
        return environment


def carried_list(environment: Any) -> Any:
    """The same for a list of `NAME=value`, as `_posixsubprocess.fork_exec` takes it."""
    if not _ours.folder or environment is None:
        renew()
        return environment
    try:
        pairs = [entry.partition(b"=") for entry in environment]
        filled = fill({name: value for name, _, value in pairs})
        return [name + b"=" + value for name, value in filled.items()]
    except Exception:
        return environment
