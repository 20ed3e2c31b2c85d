"""The files of a replay's scratch directory as they were at one moment, to be put back."""

from __future__ import annotations

import os
import stat

_FILES = "/proc/self/fd"
_walk, _stat, _lstat, _listdir = os.walk, os.stat, os.lstat, os.listdir
_open, _read, _write, _close, _truncate = os.open, os.read, os.write, os.close, os.ftruncate
_seek, _unlink, _rmdir, _makedirs, _readlink, _symlink = (
    os.lseek, os.unlink, os.rmdir, os.makedirs, os.readlink, os.symlink
)  # fmt: skip


class Disk:
    """What lay below a folder, and how far every open file had been read or written."""

    def __init__(self, root: str, ours: tuple[int, ...]) -> None:
        """Look at what is there now. In the files behind `ours`, descriptors, nobody goes back."""
        self._root = root
        self._folders: list[str] = []
        self._contents: dict[str, bytes] = {}
        self._links: dict[str, str] = {}
        for folder, folders, files in _walk(root):
            self._folders += [os.path.join(folder, name) for name in folders]
            for name in files:
                self._keep(os.path.join(folder, name))
        self._offsets = dict(_open_files(ours))

    def _keep(self, path: str) -> None:
        mode = _lstat(path).st_mode
        if stat.S_ISLNK(mode):
            self._links[path] = _readlink(path)
        elif stat.S_ISREG(mode):
            self._contents[path] = _content(path)

    def put_back(self) -> None:
        """Make it so again: in the same files, since they may be open."""
        self._remove_later()
        for path in self._folders:
            _makedirs(path, exist_ok=True)
        for path, content in self._contents.items():
            _fill(path, content)
        for path, target in self._links.items():
            _symlink(target, path)
        for descriptor, offset in self._offsets.items():
            try:
                _seek(descriptor, offset, os.SEEK_SET)
            except OSError:
                pass  # a file of another kind has taken its number

    def _remove_later(self) -> None:
        for folder, folders, files in _walk(self._root, topdown=False):
            for path in (os.path.join(folder, name) for name in files):
                if path not in self._contents:
                    _unlink(path)
            for path in (os.path.join(folder, name) for name in folders):
                if path not in self._folders:
                    _rmdir(path)


def _content(path: str) -> bytes:
    file = _open(path, os.O_RDONLY)
    try:
        parts = []
        while part := _read(file, 1 << 20):
            parts.append(part)
        return b"".join(parts)
    finally:
        _close(file)


def _fill(path: str, content: bytes) -> None:
    file = _open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        _truncate(file, 0)
        while content:
            content = content[_write(file, content) :]
    finally:
        _close(file)


def _open_files(ours: tuple[int, ...]) -> list[tuple[int, int]]:
    """The descriptors of regular files, and where each of them is: not of `ours`, nor of what the replay writes to."""
    found = []
    places = [_place(descriptor) for descriptor in (1, 2, *ours)]
    for name in _listdir(_FILES):
        try:
            if stat.S_ISREG(_stat(int(name)).st_mode) and _place(int(name)) not in places:
                found.append((int(name), _seek(int(name), 0, os.SEEK_CUR)))
        except OSError:
            pass  # the one that the list itself was read with
    return found


def _place(descriptor: int) -> tuple[int, int]:
    """What tells an open file from others; nothing where the program closed the descriptor."""
    try:
        status = _stat(descriptor)
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino
