"""Modules of ours that no start needs: run when one is asked for, from the file where the recorder left them compiled.

The import system would have to find and read each. Where that file is not there, or no more, it does.
"""

from __future__ import annotations

import marshal
import os
import sys

from ipcreel.compiled import is_compiled
from ipcreel.interpose.sleep import lock
from ipcreel.tape import process

if is_compiled:
    from ipcreel.core import stay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_open, _read, _close, _READ_ONLY = os.open, os.read, os.close, os.O_RDONLY | os.O_CLOEXEC
_MOST = 1 << 24
# What modules of ours import of Python itself.
_OF_PYTHON = (
    "__future__", "_functools", "_io", "_signal", "_struct", "_thread", "_warnings", "marshal", "os", "posix", "sys",
    "time", "types",
)  # fmt: skip

prepared_in = ""  # the file (see `bundle`)
watched: tuple[str, ...] = ()  # the modules of Python in which something is installed
asleep: dict[str, tuple[str, ...]] = {}  # by module of Python: its functions that can sleep (see `interpose.sleep`)
run: Callable[..., None] = print  # that of `bootstrap`, which runs one module: nothing is prepared without it
_prepared: dict[str, Any] | None = None
_coming: set[str] = set()
_kept: dict[str, ModuleType] = {}  # while the interpreter ends: ours, and what they need


def prepared(kind: str, key: object) -> Any:
    """What the recorder left under `key`; None where it left nothing.

    Args:
        kind: `needs`, by the name of a module: those that it imports, and itself, in this order; `modules`, by name:
            what `run` takes; `wrappers`, by shape: their code, marshalled.
        key: as said.
    """
    global _prepared  # noqa: PLW0603
    if _prepared is None:
        _prepared = {}
        try:
            descriptor = _open(prepared_in, _READ_ONLY)
            try:
                _prepared = marshal.loads(_read(descriptor, _MOST))
            finally:
                _close(descriptor)
        except (OSError, ValueError, EOFError, TypeError):  # it is not there, or no more
            pass
    return _prepared.get(kind, {}).get(key)


def load(name: str) -> ModuleType | None:
    """The module `name`, imported now if it was not before; None where this comes in the middle of that."""
    with lock:
        if name in _coming:
            return None
        try:  # a handler of the program's can raise at any call
            _coming.add(name)
            return _loaded(name)
        finally:
            _coming.discard(name)


def _loaded(name: str) -> ModuleType:
    modules = sys.modules
    for kept, module in _kept.items():
        if modules.get(kept) is None:
            modules[kept] = module
    if name not in modules:
        for needed in prepared("needs", name) or ():
            if needed not in modules:
                _run(needed)
    if name not in modules:
        here = process.here
        mark = here.mark
        try:
            here.mark = -1  # the import system opens files, and locks itself
            __import__(name)
        finally:
            here.mark = mark
    return modules[name]


def _run(name: str) -> None:
    file, is_package, code = prepared("modules", name)
    try:
        run(name, file, is_package, marshal.loads(code))
    except BaseException:
        sys.modules.pop(name, None)
        raise


def keep() -> None:
    """Keep what of ours is imported, and what that needs: the interpreter is about to take its modules apart.

    The import system finds nothing any more then, but what is in the table of modules: it is put in there again. What
    is of ours is taken out of it before, and so is never taken apart: that would take longer than to run it took.
    """
    for name, module in sys.modules.items():
        if name.startswith("ipcreel") or name in _OF_PYTHON:
            _kept[name] = module
    if is_compiled:
        stay([sys.modules.pop(name) for name in _kept if name.startswith("ipcreel")])
