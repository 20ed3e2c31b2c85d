"""Lets the raw files beneath the standard streams sleep: many short processes write and read nothing.

They stay the objects that they are, and become of a class whose methods wake what records, then of one that records.
This takes the part that is in C: no bytecode runs there once a method of the latter has returned, and so no handler of
the program does (see `mechanism.rawfile`).
"""

from __future__ import annotations

from _io import FileIO, TextIOWrapper

from ipcreel.compiled import is_compiled
from ipcreel.interpose.sleep import Sleeper, let_held_come

if is_compiled:
    from ipcreel.core import become, sleeping_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

STREAMS = {"stdin": 0, "stdout": 1, "stderr": 2}


def raw_beneath(stream: Any, descriptor: int) -> FileIO | None:
    """The raw file of a standard stream as the interpreter opened it; None where it is another thing by now.

    Raises:
        ValueError: it was closed.
    """
    if type(stream) is not TextIOWrapper:
        return None
    buffer: Any = stream.buffer
    raw = buffer if type(buffer) is FileIO else getattr(buffer, "raw", None)  # without a buffer, as `python -u` has it
    return raw if type(raw) is FileIO and raw.fileno() == descriptor else None


def kind_of(methods: dict[str, Any]) -> type[FileIO]:
    """A raw file with these methods, under the name of the plain one."""
    named = {
        "__module__": FileIO.__module__,
        "__qualname__": FileIO.__qualname__,
        "__doc__": FileIO.__doc__,
    }
    return type(FileIO.__name__, (FileIO,), named | methods)


def sleep(module: ModuleType, install: Callable[[Any], None]) -> None:
    """Have `install` called when a standard stream is written to or read from; `module` is `sys`.

    It is given a `Sleeper`, to which it gives the methods that the raw files are to have.
    """
    files = list(_files(module))

    def rise() -> None:
        kind = kind_of(sleeper.given)
        for file in files:
            become(file, kind)

    def awake() -> None:
        sleeper.wake()
        let_held_come()

    def give_up() -> None:
        for file in files:
            become(file, FileIO)

    sleeper = Sleeper(module, install)
    sleeper.rise, sleeper.give_up = rise, give_up
    asleep = sleeping_file(FileIO, awake)
    for file in files:
        become(file, asleep)


def _files(module: ModuleType) -> Iterator[FileIO]:
    for name, descriptor in STREAMS.items():
        try:
            file = raw_beneath(getattr(module, name, None), descriptor)
        except (OSError, ValueError):  # it was closed
            continue
        if file is not None:
            yield file
