"""The recorder's own variables: hidden from the program, and handed on to whatever it starts.

They leave the mapping `os.environ` and stay in the environment of C, which `os.system`, `os.execv` and a `Popen`
without `env` hand on by themselves. Where a program sets or deletes PYTHONPATH, our folder is put back before it;
where it gives an environment of its own, ours is added.

The hash seed belongs here: Python cannot tell which one it drew. So whoever starts a process draws one for it, unless
the program has set PYTHONHASHSEED, and the child finds it hidden: each has a seed of its own, as without us.
"""

from __future__ import annotations

import os

from ipcreel.interpose.outside import set_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

OURS, PATH, SEED, OUR_SEED = b"IPCREEL_", b"PYTHONPATH", b"PYTHONHASHSEED", b"IPCREEL_HASHSEED"
_SEPARATOR = os.pathsep.encode()
_put, _remove, _random = os.putenv, os.unsetenv, os.urandom

folder = b""  # what stands first in PYTHONPATH; empty: nothing is handed on
variables: dict[bytes, bytes] = {}  # ours, as they came


def hide(bootstrap: str) -> None:
    """Take our variables, and `bootstrap` out of PYTHONPATH, from what the program sees of its environment."""
    global folder  # noqa: PLW0603
    folder = os.fsencode(bootstrap)
    seen: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]
    for name in [name for name in seen if name.startswith(OURS)]:
        variables[name] = seen.pop(name)
    entries = [entry for entry in seen.pop(PATH, b"").split(_SEPARATOR) if entry != folder]
    if entries:
        seen[PATH] = _SEPARATOR.join(entries)
    drawn = variables.pop(OUR_SEED, None)
    if drawn is not None and drawn == seen.get(SEED):
        del seen[SEED]


def setting(name: str) -> str:
    """The value of one of our variables, empty where it is not set."""
    return os.fsdecode(variables.get(name.encode(), b""))


def fill(environment: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """`environment`, as the program wants it, with ours in it."""
    if folder:
        path = environment.get(PATH)
        environment[PATH] = folder + _SEPARATOR + path if path else folder
        environment.update(variables)
        if SEED not in environment:
            environment[SEED] = environment[OUR_SEED] = draw_seed()
    return environment


def draw_seed() -> bytes:
    """A value for PYTHONHASHSEED."""
    return b"%d" % (int.from_bytes(_random(4), "little") or 1)


def renew() -> None:
    """Before something is started that inherits the environment of C: draw its hash seed."""
    if folder and SEED not in os.environ._data:  # type: ignore[attr-defined]
        seed = draw_seed()
        set_variable(SEED, seed)
        set_variable(OUR_SEED, seed)


def guard(module: ModuleType) -> None:
    """Keep our folder in the PYTHONPATH of C when the program changes its own; `module` is `os`."""
    from ipcreel.interpose.targets import put

    def putenv(*args: Any, **kwargs: Any) -> None:
        if len(args) == 2 and _text(args[0]) == PATH and type(args[1]) in (str, bytes):
            value = _text(args[1])
            args = (PATH, folder + _SEPARATOR + value if value else folder)
        _put(*args, **kwargs)

    def unsetenv(*args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and _text(args[0]) == PATH:
            _put(PATH, folder)
        else:
            _remove(*args, **kwargs)

    put(module, "putenv", putenv)
    put(module, "unsetenv", unsetenv)


def _text(value: Any) -> bytes:
    return os.fsencode(value) if type(value) in (str, bytes) else b""


def carried(environment: Any) -> Any:
    """What to pass on where a program gives an environment of its own; itself where it is none."""
    if not folder or environment is None:
        renew()
        return environment
    try:
        return fill({os.fsencode(name): os.fsencode(environment[name]) for name in list(environment.keys())})
    except Exception:  # the original says what is wrong with it
        return environment


def carried_list(environment: Any) -> Any:
    """The same for a list of `NAME=value`, as `_posixsubprocess.fork_exec` takes it."""
    if not folder or environment is None:
        renew()
        return environment
    try:
        pairs = [entry.partition(b"=") for entry in environment]
        filled = fill({name: value for name, _, value in pairs})
        return [name + b"=" + value for name, value in filled.items()]
    except Exception:
        return environment
