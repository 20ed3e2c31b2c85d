"""The processes of a program, as the kernel knows them (proc(5))."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ipcreel.tape.layout import tape_names

_LAST_MOMENT_S = 0.5  # granted to children that outlive the program
# It outlives whatever it tracks by design, removes what was left, and ends by itself then.
_TRACKER = b"from multiprocessing.resource_tracker import main"


def is_alive(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return _stat(pid)[0] not in "ZX"
    except (OSError, IndexError):
        return False


def descends(pid: int, ancestor: int) -> bool:
    """Whether `pid` is `ancestor` or one of its descendants."""
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(_stat(pid)[1])
        except (OSError, ValueError, IndexError):
            return False
    return False


def outlived(tapes: Path) -> list[int]:
    """The recorded processes that are still there shortly after the program has ended."""
    pids = {int(name.rpartition("-")[2]) for name in tape_names(tapes)}
    return sorted(_wait_until_ended(pids, _LAST_MOMENT_S))


def end_rest(tapes: Path, patience_s: float) -> None:
    """End what a program has left running: by SIGTERM, and by SIGKILL what is still there after `patience_s`.

    A pid may have become another one's. Whoever belongs to a recording has its directory in the environment.
    """
    mark = b"IPCREEL_TAPES=" + os.fsencode(tapes)
    for number in (signal.SIGTERM, signal.SIGKILL):
        rest = list(_carriers(mark))
        for pid in rest:
            try:
                os.kill(pid, number)
            except OSError:  # it has ended meanwhile, or is no longer ours
                pass
        _wait_until_ended(rest, patience_s)


def _carriers(mark: bytes) -> Iterator[int]:
    """The processes that began with this in their environment."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            belongs = mark in (folder / "environ").read_bytes().split(b"\0")
            if belongs and _TRACKER not in (folder / "cmdline").read_bytes() and is_alive(int(folder.name)):
                yield int(folder.name)
        except OSError:  # it has ended, or belongs to somebody else
            continue


def _wait_until_ended(pids: Iterable[int], patience_s: float) -> set[int]:
    """Returns those that have not ended by then."""
    left = set(pids)
    deadline = time.monotonic() + patience_s
    while True:
        left = {pid for pid in left if is_alive(pid)}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name of the program: its state, its parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
