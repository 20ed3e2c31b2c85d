"""What stops a replay from touching the real world, and the scratch directory that stands for the disk.

A file that the program writes is written below the scratch directory, and read there from then on.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

_STOPPED = frozenset(
    (
        "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "os.kill", "os.killpg", "os.fork",
        "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "subprocess.Popen", "signal.pthread_kill",
    )
)  # fmt: skip
_CHANGES = frozenset(
    (
        "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.link",
        "os.symlink", "os.utime",
    )
)  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_lexists, _makedirs, _copy = os.path.lexists, os.makedirs, shutil.copy2


class Fence:
    """Lets nothing out but what goes to the scratch directory."""

    def __init__(self, scratch: str, stop: Callable[[str], object]) -> None:
        """Take the scratch directory, and what is called with the name of what was stopped; it does not return."""
        self._scratch = scratch
        self._disk = os.path.join(scratch, "disk")
        self._stop = stop

    def raise_(self) -> None:
        """From here on: the interpreter asks before it does any of these."""
        sys.dont_write_bytecode = True
        sys.addaudithook(self._audit)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if flags & _WRITES and not self._is_inside(path):
                self._stop(f"it would open {path!r} to write")
        elif event in _STOPPED:
            self._stop(f"it would reach outside: {event}")
        elif event in _CHANGES and not self._is_inside(args[0]):
            self._stop(f"it would change {args[0]!r}: {event}")

    def _is_inside(self, path: Any) -> bool:
        if isinstance(path, int):
            return True
        text = os.path.abspath(os.fsdecode(path))
        return text.startswith((self._scratch + os.sep, "/dev/"))

    def place(self, path: Any, writes: bool) -> Any:
        """Where the replay has what the program calls `path`."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return path
        text = os.path.abspath(os.fsdecode(path))
        if text.startswith((self._scratch, "/dev/", "/proc/", "/sys/")):
            return path
        own = self._disk + text
        if _lexists(own):
            return own
        if not writes:
            return path
        _makedirs(os.path.dirname(own), exist_ok=True)
        if os.path.isfile(text):
            _copy(text, own)
        return own

    def cover_open(self, module: ModuleType) -> None:
        """Have `open` of `builtins` and `io` use the scratch directory."""
        import io

        plain = module.open

        def open_(file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
            writes = isinstance(mode, str) and bool(set(mode) & set("wax+"))
            return plain(self.place(file, writes), mode, *args, **kwargs)

        module.open = io.open = open_  # type: ignore[attr-defined]

    def cover_os(self, module: Any) -> None:
        """Have `os` use it as well."""
        plain_open = module.open

        def open_(path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
            return plain_open(self.place(path, bool(flags & _WRITES)), flags, *args, **kwargs)

        module.open = open_
        for name, writes in _ON_ONE.items():
            setattr(module, name, self._on_one(getattr(module, name), writes))
        for name in ("rename", "replace", "link", "symlink"):
            setattr(module, name, self._on_two(getattr(module, name)))

    def _on_one(self, plain: Callable[..., Any], writes: bool) -> Callable[..., Any]:
        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            return plain(self.place(path, writes), *args, **kwargs)

        return call

    def _on_two(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            return plain(self.place(source, True), self.place(target, True), *args, **kwargs)

        return call


_ON_ONE = {
    "mkdir": True, "remove": True, "unlink": True, "rmdir": True, "truncate": True, "chmod": True, "chown": True,
    "utime": True, "stat": False, "lstat": False, "access": False,
}  # fmt: skip
