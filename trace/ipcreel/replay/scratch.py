"""The scratch directory that stands for the disk: what a program changes is changed there, and read there later."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from ipcreel.replay.temporary import is_name_of_tempfile

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ELSEWHERE = ("/dev/", "/proc/", "/sys/")
_MEMORY = "/dev/shm/"  # a disk as any other
_NO_DEVICES = (_MEMORY, "/dev/mqueue/")
open_plain, _chmod, _utime = open, os.chmod, os.utime
_mkdir, _readlink, _stat, _lstat = os.mkdir, os.readlink, os.stat, os.lstat
_ON_ONE = {
    "mkdir": True, "remove": True, "unlink": True, "rmdir": True, "truncate": True, "chmod": True, "chown": True,
    "lchown": True, "setxattr": True, "removexattr": True, "mknod": True, "fchmod": True, "fchown": True,
    "utime": True, "stat": False, "lstat": False, "access": False, "readlink": False, "listxattr": False,
    "getxattr": False,
}  # fmt: skip
_REMOVES = frozenset(("remove", "unlink", "rmdir"))
_LOOKED_FOR = frozenset(("mkdir", "lstat"))  # with names that were drawn
_DIRECTORY_KEYS = ("dir_fd", "src_dir_fd", "dst_dir_fd")


def _mode(path: str, look: Callable[..., os.stat_result]) -> int:
    try:
        return look(path).st_mode
    except (OSError, ValueError):
        return 0


def _lexists(path: str) -> bool:
    return _mode(path, _lstat) != 0


def _isfile(path: str) -> bool:
    return stat.S_ISREG(_mode(path, _stat))


def _isdir(path: str) -> bool:
    return stat.S_ISDIR(_mode(path, _stat))


class Scratch:
    """Says where the replay has what the program calls a path, and covers what takes one."""

    def __init__(self, scratch: str) -> None:
        self.scratch = scratch
        self._root = os.path.join(scratch, "disk")
        self._gone: set[str] = set()  # what the program removed; the disk may have it still
        self._renewed: set[str] = set()  # folders that it made anew: nothing of what the disk has in them is there
        self._folder: str | None = None  # the program's own, where it changed to one that it had made

    def has(self, path: Any, directory: int | None = None) -> bool:
        """Whether a path lies where the replay may change what it likes."""
        return isinstance(path, int) or self._absolute(path, directory).startswith(self.scratch + os.sep)

    def is_device(self, path: Any) -> bool:
        """Whether a path is that of a device, which may be written to, such as a terminal."""
        text = self._absolute(path)
        return text.startswith("/dev/") and not text.startswith(_NO_DEVICES)

    def _absolute(self, path: Any, directory: int | None = None) -> str:
        text = os.fsdecode(path)
        if directory is not None and directory >= 0 and not os.path.isabs(text):
            text = os.path.join(_readlink(f"/proc/self/fd/{directory}"), text)
        return os.path.abspath(text if self._folder is None else os.path.join(self._folder, text))

    def place(self, path: Any, writes: bool, directory: int | None = None) -> Any:
        """Where the replay has what the program calls `path`, relative to an open directory if one is given."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return path
        text = self._absolute(path, directory)
        if text.startswith((self.scratch, *_ELSEWHERE)) and not text.startswith(_MEMORY):
            return path
        own = self._root + text
        is_gone = self._is_gone(text)
        if _lexists(own) or (is_gone and not writes):
            return self._like(path, own)
        if not writes:
            return path
        self._make_folder(os.path.dirname(text))
        if not is_gone and _isfile(text):
            self._copy(text, own)
        elif not is_gone and _isdir(text):
            self._make_folder(text)
        return self._like(path, own)

    def _is_gone(self, text: str) -> bool:
        """Whether what the disk has there is not there for the program."""
        return text in self._gone or any(text.startswith(folder + os.sep) for folder in self._renewed)

    def _renew(self, path: Any, directory: int | None = None) -> None:
        """Forget what the disk has under a name that is new."""
        text = self._absolute(path, directory)
        if not text.startswith(self.scratch) and not _lexists(self._root + text) and _lexists(text):
            self._gone.add(text)
            self._renewed.add(text)

    def _copy(self, text: str, own: str) -> None:
        with open_plain(text, "rb") as source, open_plain(own, "wb") as target:
            shutil.copyfileobj(source, target)
        status = _stat(text)
        _chmod(own, status.st_mode & 0o7777)
        _utime(own, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _make_folder(self, text: str) -> None:
        """Have a folder of the disk in the scratch directory too, with the permissions that it has."""
        own = self._root + text
        if _lexists(own):
            return
        if text != os.sep:
            self._make_folder(os.path.dirname(text))
        _mkdir(own)
        if not self._is_gone(text) and _isdir(text):
            _chmod(own, _stat(text).st_mode & 0o7777 | stat.S_IRWXU)

    def _like(self, path: Any, own: str) -> Any:
        return os.fsencode(own) if isinstance(os.fspath(path), bytes) else own

    def cover_open(self, module: ModuleType) -> None:
        """Have `open` of `builtins` and `io` use the scratch directory."""
        import io

        plain = module.open

        def open_(file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
            writes = isinstance(mode, str) and bool(set(mode) & set("wax+"))
            opened = plain(self.place(file, writes), mode, *args, **kwargs)
            if writes:
                self._is_there(file)
            return opened

        module.open = io.open = open_  # type: ignore[attr-defined]

    def cover_os(self, module: Any) -> None:
        """Have `os` use it as well."""
        plain_open = module.open

        def open_(path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
            writes = bool(flags & WRITES)
            if flags & os.O_EXCL and is_name_of_tempfile():
                self._renew(path, kwargs.get("dir_fd"))
            opened = plain_open(self.place(path, writes, kwargs.get("dir_fd")), flags, *args, **kwargs)
            if writes:
                self._is_there(path, kwargs.get("dir_fd"))
            return opened

        module.open = open_
        for name, writes in _ON_ONE.items():
            setattr(module, name, self._on_one(getattr(module, name), name, writes))
        for name in ("rename", "replace", "link", "symlink"):
            setattr(module, name, self._on_two(getattr(module, name), name))
        module.chdir, module.getcwd = self._changing(module.chdir), self._current(module.getcwd)
        module.listdir, module.scandir = self._listing(module.listdir), self._scanning(module.scandir, module.listdir)

    def _changing(self, plain: Callable[..., None]) -> Callable[..., None]:
        def chdir(path: Any) -> None:
            placed = self.place(path, False)
            text = self._absolute(path) if isinstance(path, (str, bytes, os.PathLike)) else None
            plain(placed)
            self._folder = text if placed is not path else None

        return chdir

    def _current(self, plain: Callable[[], str]) -> Callable[[], str]:
        def getcwd() -> str:
            return plain() if self._folder is None else self._folder

        return getcwd

    def _is_own(self, descriptor: int) -> bool:
        """Whether what is open is not a file of the disk: one that is only read may be changed by its descriptor."""
        try:
            text = _readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            return True
        return text.startswith(self.scratch + os.sep) or not text.startswith(os.sep)

    def _is_there(self, path: Any, directory: int | None = None) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            self._gone.discard(self._absolute(path, directory))

    def _on_one(self, plain: Callable[..., Any], name: str, writes: bool) -> Callable[..., Any]:
        may_be_new, removes = name in _LOOKED_FOR, name in _REMOVES

        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if writes and type(path) is int and not self._is_own(path):
                return None
            directory = kwargs.get("dir_fd")
            if may_be_new and is_name_of_tempfile():
                self._renew(path, directory)
            done = plain(self.place(path, writes, directory), *args, **kwargs)
            if removes:
                self._gone.add(self._absolute(path, directory))
            elif writes:
                self._is_there(path, directory)
            return done

        return call

    def _on_two(self, plain: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            given = source if name == "symlink" else self.place(source, True, kwargs.get("src_dir_fd"))
            done = plain(given, self.place(target, True, kwargs.get("dst_dir_fd")), *args, **kwargs)
            if name in ("rename", "replace"):
                self._gone.add(self._absolute(source, kwargs.get("src_dir_fd")))
            self._is_there(target, kwargs.get("dst_dir_fd"))
            return done

        return call

    def _listing(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        def listdir(path: Any = ".") -> Any:
            if not self._differs(path):
                return plain(path)
            return [os.fsencode(name) if isinstance(path, bytes) else name for name in self._names(path, plain)]

        return listdir

    def _scanning(self, plain: Callable[..., Any], listdir: Callable[..., Any]) -> Callable[..., Any]:
        def scandir(path: Any = ".") -> Any:
            if not self._differs(path):
                return plain(path)
            return _Entries(_Entry(os.fspath(path), name) for name in self._names(path, listdir))

        return scandir

    def _differs(self, path: Any) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        text = self._absolute(path)
        return not text.startswith(self.scratch) and (_lexists(self._root + text) or self._is_gone(text))

    def _names(self, path: Any, plain: Callable[..., Any]) -> list[str]:
        """What a directory holds, that the program has changed: what the disk has and the program has made."""
        text = self._absolute(path)
        names: dict[str, None] = {}
        if not self._is_gone(text) and text not in self._renewed and _isdir(text):
            names.update(dict.fromkeys(plain(text)))
        if _lexists(self._root + text):
            names.update(dict.fromkeys(plain(self._root + text)))
        elif not names:
            plain(self._root + text)  # raises what there is to raise
        return [name for name in names if os.path.join(text, name) not in self._gone]


class _Entry:
    """A `DirEntry` of a directory that the program has changed."""

    def __init__(self, directory: Any, name: str) -> None:
        self.name = os.fsencode(name) if isinstance(directory, bytes) else name
        self.path = os.path.join(directory, self.name)

    def __fspath__(self) -> Any:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat(self.path) if follow_symlinks else os.lstat(self.path)

    def inode(self) -> int:
        return self.stat(follow_symlinks=False).st_ino

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._is(stat.S_ISDIR, follow_symlinks)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return self._is(stat.S_ISREG, follow_symlinks)

    def is_symlink(self) -> bool:
        return self._is(stat.S_ISLNK, False)

    def _is(self, kind: Callable[[int], bool], follow_symlinks: bool) -> bool:
        try:
            return kind(self.stat(follow_symlinks=follow_symlinks).st_mode)
        except OSError:
            return False


class _Entries:
    """What `scandir` returns."""

    def __init__(self, entries: Iterator[_Entry]) -> None:
        self._entries = entries

    def __iter__(self) -> Iterator[_Entry]:
        return self._entries

    def __next__(self) -> _Entry:
        return next(self._entries)

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""
