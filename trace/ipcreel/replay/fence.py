"""What stops a replay from touching the real world."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from typing import Any

from ipcreel.replay.scratch import WRITES, Scratch

_STOPPED = frozenset(
    (
        "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "os.kill", "os.killpg", "os.fork",
        "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "subprocess.Popen", "signal.pthread_kill",
        "syslog.syslog", "webbrowser.open", "shutil.chown", "sqlite3.connect",
    )
)  # fmt: skip
_CHANGES = {  # at which place is the descriptor of the directory that a path is relative to, -1 without one
    "os.remove": 1, "os.rename": 2, "os.mkdir": 2, "os.rmdir": 1, "os.truncate": -1, "os.chmod": 2, "os.chown": 3,
    "os.link": 3, "os.symlink": 2, "os.utime": 3, "os.setxattr": -1, "os.removexattr": -1,
}  # fmt: skip
_CHANGED_AT = {"os.rename": (0, 1), "os.link": (1,), "os.symlink": (1,)}  # which arguments are paths that change
# C functions that a program may reach through ctypes, past all that is replaced here.
_CALLED_FROM_C = frozenset(
    (
        "kill", "killpg", "tgkill", "tkill", "raise", "fork", "vfork", "clone", "execv", "execve", "execvp", "system",
        "popen", "posix_spawn", "connect", "bind", "send", "sendto", "sendmsg", "msgget", "msgsnd", "msgrcv", "msgctl",
        "semget", "semop", "semtimedop", "semctl", "shmget", "shmat", "shmctl", "mq_open", "mq_send", "mq_receive",
        "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "sem_open", "sem_unlink", "shm_open", "shm_unlink",
        "unlink", "rename", "mkdir", "rmdir", "syscall", "ptrace", "reboot", "mount", "umount",
    )
)  # fmt: skip
_lstat = os.stat


class Fence:
    """Lets nothing out but what goes to the scratch directory."""

    def __init__(self, scratch: Scratch, stop: Callable[[str], object]) -> None:
        """Take the scratch directory, and what is called with the name of what was stopped; it does not return."""
        self._scratch = scratch
        self._stop = stop

    def raise_(self) -> None:
        """From here on: the interpreter asks before it does any of these."""
        sys.dont_write_bytecode = True
        sys.addaudithook(self._audit)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._open(*args)
        elif event in _STOPPED:
            self._stop(f"it would reach outside: {event}")
        elif event in _CHANGES:
            self._change(event, args)
        elif event == "ctypes.dlsym" and args[1] in _CALLED_FROM_C:
            self._stop(f"it would reach outside: {args[1]}, through ctypes")

    def _open(self, path: Any, _: Any, flags: Any) -> None:
        if self._scratch.has(path) or self._scratch.is_device(path):
            return
        if flags & WRITES:
            self._stop(f"it would open {path!r} to write")
        try:
            is_fifo = stat.S_ISFIFO(_lstat(path).st_mode)
        except (OSError, ValueError):
            return
        if is_fifo:
            self._stop(f"it would open the FIFO {path!r}")

    def _change(self, event: str, args: tuple[Any, ...]) -> None:
        at = _CHANGES[event]
        directory = args[at] if 0 <= at < len(args) and isinstance(args[at], int) else None
        for place in _CHANGED_AT.get(event, (0,)):
            if not self._scratch.has(args[place], directory):
                self._stop(f"it would change {args[place]!r}: {event}")
