"""Starts the program that is to be recorded, waits for it, and passes on the signals that are meant for it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ipcreel import mechanism
from ipcreel.tape.merge import merge
from ipcreel.tape.reader import tape_names

BOOTSTRAP = Path(__file__).with_name("bootstrap")
_SI_KERNEL = 0x80  # sent by the terminal, to every process of the foreground group: the program has it already
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_LAST_MOMENT_S = 0.5  # granted to children that outlive the program


class LaunchError(Exception):
    """The program could not be started, or its reel not written; the message says what to do."""


@dataclass(frozen=True)
class Options:
    """How to record.

    Attributes:
        payload_limit: bytes kept of each payload.
        duration_s: after this long the program is asked to end, or None.
    """

    payload_limit: int = 1 << 20
    duration_s: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        status: as `os.waitpid` gives it.
        tapes: the directory of the tapes.
        still_running: pids of recorded processes that outlived the program.
        seconds: how long the program ran.
    """

    status: int
    tapes: Path
    still_running: list[int]
    seconds: float


def run(command: list[str], tapes: Path, options: Options) -> Outcome:
    """Run `command` with the recorder in every Python process of it.

    Raises:
        LaunchError: there is no such program.
    """
    program = shutil.which(command[0])
    if program is None:
        raise LaunchError(f"{command[0]}: no such program. Give a command, for instance: ipcreel record -- python main.py")
    watched = {*_FORWARDED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    begin = time.monotonic()
    try:
        pid = os.posix_spawn(
            program, command, _environment(tapes, options), setsigmask=before, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ]
        )
        status = _wait(pid, watched, options.duration_s)
    except OSError as error:
        raise LaunchError(f"{command[0]}: cannot be started: {error.strerror}.") from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    seconds = time.monotonic() - begin
    return Outcome(status, tapes, _outlived(tapes), seconds)


def _environment(tapes: Path, options: Options) -> dict[str, str]:
    path = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": f"{BOOTSTRAP}{os.pathsep}{path}" if path else str(BOOTSTRAP),
        "IPCREEL_TAPES": str(tapes),
        "IPCREEL_PAYLOAD_LIMIT": str(options.payload_limit),
    }


def _wait(pid: int, watched: set[signal.Signals], duration_s: float | None) -> int:
    deadlines = _deadlines(duration_s)
    while True:
        left = deadlines[0][0] - time.monotonic() if deadlines else 3600.0
        info = signal.sigtimedwait(watched, max(left, 0))
        if info is not None and info.si_signo != signal.SIGCHLD:
            if info.si_code != _SI_KERNEL and not _descends(info.si_pid, pid):
                os.kill(pid, info.si_signo)
        elif info is None and deadlines and deadlines[0][0] <= time.monotonic():
            os.kill(pid, deadlines.pop(0)[1])
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status


def _deadlines(duration_s: float | None) -> list[tuple[float, signal.Signals]]:
    if duration_s is None:
        return []
    first = time.monotonic() + duration_s
    return [(first, signal.SIGINT), (first + 2, signal.SIGTERM), (first + 4, signal.SIGKILL)]


def _descends(pid: int, ancestor: int) -> bool:
    """Whether `pid` is `ancestor` or one of its descendants: a program may send a signal to its parent, which is us."""
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            return False
    return False


def _outlived(tapes: Path) -> list[int]:
    """The recorded processes that are still there shortly after the program has ended."""
    deadline = time.monotonic() + _LAST_MOMENT_S
    while True:
        alive = [pid for pid in {int(name.rpartition("-")[2]) for name in tape_names(tapes)} if _alive(pid)]
        if not alive or time.monotonic() > deadline:
            return sorted(alive)
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def new_tapes(output: Path) -> Path:
    """A private directory for the tapes, beside the reel to be.

    Raises:
        LaunchError: none can be made there.
    """
    try:
        return Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".tapes", dir=output.parent))
    except OSError as error:
        raise LaunchError(f"{output.parent}: cannot be written: {error.strerror}. Name another place with -o.") from None


def finish(outcome: Outcome, command: list[str], output: Path) -> dict[str, object]:
    """Make the reel, and remove the tapes once it is written. Returns what `merge` says."""
    run_facts = {
        "command": command,
        "status": outcome.status,
        "seconds": outcome.seconds,
        "still_running": outcome.still_running,
    }
    written = merge(outcome.tapes, output, mechanism.all_operations(), run_facts)
    shutil.rmtree(outcome.tapes, ignore_errors=True)
    return written
