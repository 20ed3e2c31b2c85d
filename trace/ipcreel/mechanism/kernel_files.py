"""Files below /proc and /sys: what the kernel says of the running system, which is other at every run."""

from __future__ import annotations

import os

from ipcreel.interpose.builtin import original_of
from ipcreel.mechanism import descriptors
from ipcreel.mechanism.keeping import give_payload
from ipcreel.mechanism.operation import RUN, Operation
from ipcreel.mechanism.pipe_files import nothing, on_raw_file
from ipcreel.mechanism.rawfile import recording, rows
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]

_FOLDERS = ("/proc/", "/sys/")
_open_descriptor = original_of(os.open)


def _path(value: Any) -> str:
    """The path that the program gave, empty where it is not known to be one without running its code."""
    if type(value) is str:
        return value
    return str(value) if type(value).__module__.startswith("pathlib") else ""


def _is_of_kernel(args: Args, kwargs: Kwargs) -> bool:
    return bool(args) and f"{_path(args[0])}/".startswith(_FOLDERS)


def _reads_kernel(args: Args, kwargs: Kwargs) -> bool:
    mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
    return _is_of_kernel(args, kwargs) and type(mode) is str and not set(mode) & set("wax+") and "opener" not in kwargs


def _object(args: Args, kwargs: Kwargs, result: Any) -> int:
    path = _path(args[0])
    return object_number("kernel.file", path, path)


def _file(args: Args, kwargs: Kwargs, result: Any) -> int:
    path = getattr(args[0], "name", "")
    return object_number("kernel.file", path, path) if type(path) is str else 0


def _asked(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return 0, _path(args[0])


def _answered(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, len(result), result


OPEN = Operation(
    0x5801, "kernel.file.open", concerns=_reads_kernel, identify=_object, before=_asked, replay=RUN, payload="the path",
)  # fmt: skip
_FILE_ROWS = tuple(row.like(identify=_file, flow=None) for row in rows(0x5802, "kernel.file"))
LIST = Operation(
    0x5806, "kernel.folder.list", "os.listdir", concerns=_is_of_kernel, identify=_object, after=_answered,
    give=give_payload, b="how many names", payload="the names",
)  # fmt: skip
OPERATIONS = (OPEN, LIST, *_FILE_ROWS)


def install(module: ModuleType, reading: Reading) -> None:
    """`open` puts a raw file that records beneath what it makes of a file of the kernel's."""
    if module.__name__ != "builtins":
        return
    plain = module.open
    open_recorded = reading.wrap(OPEN, _opening(plain, recording(reading, _FILE_ROWS)))

    def open_(*args: Any, **kwargs: Any) -> Any:
        return open_recorded(*args, **kwargs) if _reads_kernel(args, kwargs) else plain(*args, **kwargs)

    descriptors.put(module, "open", None, open_, reading)


def _opening(plain: Callable[..., Any], kind: type) -> Callable[..., Any]:
    def open_(file: Any, *args: Any, **kwargs: Any) -> Any:
        path = _path(file)
        descriptor = _open_descriptor(path, os.O_RDONLY | os.O_CLOEXEC) if descriptors.inert is None else nothing()
        made, raw = on_raw_file(plain, kind, descriptor, *args, **kwargs)
        raw.name = path
        return made

    return open_
