"""Removes what killed runs left behind, and only that."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import sysv_ipc

from energymarket.ipc import MODE, OPEN, remove_quietly
from energymarket.registry import Notes, Process, all_notes

PATIENCE_S = 2.0


def clean() -> Iterator[str]:
    """Cleans up after every run of this user whose main process is gone; one sentence a run that left something."""
    for path, notes in all_notes():
        if not notes.main.alive:
            yield from _clean_run(path, notes)


def _clean_run(path: Path, notes: Notes) -> Iterator[str]:
    ended = [name for name, process in notes.processes.items() if _end(process)]
    removed = [kind for (kind, key), number in notes.objects.items() if _remove(kind, key, number)]
    path.unlink(missing_ok=True)
    counts = [f"{removed.count(kind)} {kind}{'s' * (removed.count(kind) > 1)}" for kind in OPEN if kind in removed]
    if ended:
        counts.append(f"ended {', '.join(ended)}")
    left = f"removed {', '.join(counts)}" if counts else "nothing was left but its notes"
    yield f"run of process {notes.main.pid}: {left}"


def _remove(kind: str, key: int, number: int | None) -> bool:
    """Removes one object, if it is still the one that was noted: keys can be drawn again by others."""
    if kind not in OPEN:
        return False
    try:
        found = OPEN[kind](key)
    except (sysv_ipc.ExistentialError, sysv_ipc.PermissionsError):
        return False
    is_ours = found.cuid == os.getuid() and found.mode & 0o777 == MODE and number in (None, found.id)
    return is_ours and remove_quietly(kind, found)


def _end(process: Process) -> bool:
    """Ends a child that outlived main; True where there was one."""
    if not process.alive:
        return False
    deadline = time.monotonic() + PATIENCE_S
    try:
        os.kill(process.pid, signal.SIGKILL)
        while process.alive and time.monotonic() < deadline:
            time.sleep(0.01)
    except ProcessLookupError:
        pass
    return True
