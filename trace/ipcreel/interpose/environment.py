"""The recorder's own variables: hidden from the program. `carrying` hands them on to whatever it starts.

They leave the mapping `os.environ` and stay in the environment of C, which `os.system`, `os.execv` and a `Popen`
without `env` hand on by themselves. Where a program sets or deletes PYTHONPATH, our folder is put back before it;
where it gives an environment of its own, ours is added.

The hash seed belongs here: Python cannot tell which one it drew. So whoever starts a process draws one for it, unless
the program has set PYTHONHASHSEED, and the child finds it hidden: each has a seed of its own, as without us.
"""

from __future__ import annotations

import os

OURS, PATH, SEED, OUR_SEED = b"IPCREEL_", b"PYTHONPATH", b"PYTHONHASHSEED", b"IPCREEL_HASHSEED"
_OURS = len(OURS)
SEPARATOR = os.pathsep.encode()

folder = b""  # what stands first in PYTHONPATH; empty: nothing is handed on
variables: dict[bytes, bytes] = {}  # ours, as they came


def hide(bootstrap: str) -> None:
    """Take our variables, and `bootstrap` out of PYTHONPATH, from what the program sees of its environment."""
    global folder  # noqa: PLW0603
    folder = os.fsencode(bootstrap)
    seen: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]
    for name in [name for name in seen if name[:_OURS] == OURS]:
        variables[name] = seen.pop(name)
    entries = [entry for entry in seen.pop(PATH, b"").split(SEPARATOR) if entry != folder]
    if entries:
        seen[PATH] = SEPARATOR.join(entries)
    drawn = variables.pop(OUR_SEED, None)
    if drawn is not None and drawn == seen.get(SEED):
        del seen[SEED]


def setting(name: str) -> str:
    """The value of one of our variables, empty where it is not set."""
    return os.fsdecode(variables.get(name.encode(), b""))
