"""Goes back to an earlier event: the replay forks as it goes, and what stands behind waits to be asked to go on again.

Each checkpoint is a process that waits for the one that it forked, which goes on with the replay. Who wants to go back
leaves a note and ends; the first that waits, and stands before the wanted event, forks anew, and stops there.

    root ── waits ── waits ── replays          back to an event after the second checkpoint:
    root ── waits ── waits ── replays anew

A thread does not live through a fork: a process that has started threads has no checkpoint from then on, and is run
again from the last one before.
"""

from __future__ import annotations

import json
import os
import posix
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from ipcreel.interpose.clibrary import Int, Size, function
from ipcreel.replay.disk import Disk

_FIRST_S, _SHARE = 0.03, 0.1  # between two: at least so long, and that part of the time that has passed
_MOST = 40
_DEATH_SIGNAL, _KILL, _SET = 1, 9, 2  # PR_SET_PDEATHSIG, SIGKILL, SIG_SETMASK
_NOTE = "jump"
_fork, _prctl = function("fork"), function("prctl", Int, Size)  # no hook of the program's runs in such a fork
_waitpid, _exit, _kill, _getpid = posix.waitpid, posix._exit, posix.kill, posix.getpid
_open, _read, _write, _close, _unlink = posix.open, posix.read, posix.write, posix.close, posix.unlink
_monotonic, _frames = time.monotonic, sys._current_frames

Note = dict[str, Any]


class Checkpoints:
    """Makes checkpoints, and goes back to them.

    Attributes:
        note: what the one who went back left for whoever stops there; None where nobody has.
    """

    def __init__(
        self,
        scratch: str,
        is_ahead: Callable[[int], bool],
        begin_again: Callable[[int], None],
        is_watched: Callable[[], bool],
        terminal: tuple[int, ...] = (),
    ) -> None:
        """Take the folder of the replay, what tells whether an event is to come, what is called to stop there, and what
        tells whether a thread of ours looks on. That one has no frame before it runs for the first time, and where a
        checkpoint waits it would see that nothing moves. What a person types comes from `terminal`, descriptors.
        """
        self.note: Note | None = None
        self._path = os.path.join(scratch, _NOTE)
        self._disk = os.path.join(scratch, "disk")
        self._terminal = terminal
        self._is_ahead = is_ahead
        self._begin_again = begin_again
        self._is_watched = is_watched
        self._begun_s = _monotonic()
        self._due_s = 0.0
        self._made = 0

    def consider(self) -> None:
        """Make a checkpoint where one is due and can be: return in the process that goes on."""
        now = _monotonic()
        if now < self._due_s or self._made >= _MOST:
            return
        if self._is_watched() or len(_frames()) > 1:
            self._due_s = now + _FIRST_S
            return
        self._make()
        self._made += 1
        now = _monotonic()
        self._due_s = now + max(_FIRST_S, _SHARE * (now - self._begun_s))

    def due(self) -> None:
        """Here is a good place for one: the begin of a process."""
        self._due_s = 0.0

    def _make(self) -> None:
        disk = Disk(self._disk, self._terminal)
        while (pid := int(_fork())) != 0:
            self._wait(pid)
            disk.put_back()
        _prctl(_DEATH_SIGNAL, _KILL)
        if self.note is not None:
            self._begin_again(self.note["event"])

    def _wait(self, pid: int) -> None:
        """Return where somebody is to go on from here again; otherwise end as the one that went on has ended."""
        _, status = _waitpid(pid, 0)
        note = self._left()
        if note is not None and self._is_ahead(note["event"]):
            _unlink(self._path)
            self.note = note
            return
        if os.WIFSIGNALED(status):
            _kill(_getpid(), os.WTERMSIG(status) if os.WTERMSIG(status) != 0 else _KILL)
        _exit(os.waitstatus_to_exitcode(status) & 0xFF)

    def _left(self) -> Note | None:
        try:
            file = _open(self._path, os.O_RDONLY)
        except OSError:
            return None
        said = b""
        while part := _read(file, 65536):
            said += part
        _close(file)
        note: Note = json.loads(said)
        return note

    def go_back(self, note: Note) -> NoReturn:
        """End here, and begin again before the event that `note` has."""
        file = _open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        _write(file, json.dumps(note).encode())
        _close(file)
        _exit(0)
