"""Starts the program that is to be recorded, waits for it, and passes on the signals that are meant for it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ipcreel.interpose.carrying import draw_seed
from ipcreel.record import bundle, family
from ipcreel.record.canary import Canary
from ipcreel.record.trouble import LaunchError

BOOTSTRAP = Path(__file__).with_name("bootstrap")
_SI_KERNEL = 0x80  # sent by the terminal to every process of the foreground group: the program has it already
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_BETWEEN_SIGNALS_S = 2.0  # from SIGINT to SIGTERM to SIGKILL, when a duration is over


@dataclass(frozen=True)
class Options:
    """How to record.

    Attributes:
        payload_limit: bytes kept of each payload.
        duration_s: after this long the program is asked to end, or None.
        skip: mechanisms that are left out.
        processes: patterns of the names of the processes to record; none for all.
        internals: record the operations inside operations too.
    """

    payload_limit: int = 1 << 20
    duration_s: float | None = None
    skip: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    internals: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        pid: of the program.
        words: its command as the kernel started it, with the interpreter that a script names in its first line.
        status: as `os.waitpid` gives it.
        seconds: how long the program ran.
        cpu_seconds: processor time of the program and of the children it waited for.
        asked_to_end_ns: when the first signal was passed on, or sent because the duration was over; None without one.
        still_running: pids of recorded processes that outlived the program.
    """

    pid: int
    words: list[str]
    status: int
    seconds: float
    cpu_seconds: float
    asked_to_end_ns: int | None = None
    still_running: list[int] = field(default_factory=list)


def run(command: list[str], tapes: Path, options: Options, meanwhile: Callable[[], None] = lambda: None) -> Outcome:
    """Run `command` with the recorder in every Python process of it.

    Args:
        command: the program and its arguments.
        tapes: the directory for the tapes.
        options: what to record.
        meanwhile: called once the program runs.

    Raises:
        LaunchError: there is no such program, or it cannot be started.
    """
    program = find_program(command[0])
    watched = {*_FORWARDED, signal.SIGCHLD}
    bundle.write(tapes)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    canary = Canary(_FORWARDED)
    begin = time.monotonic()
    try:
        # Python ignores these two; the program must find them as the shell left them.
        given_back = [signal.SIGPIPE, signal.SIGXFSZ]
        environment = _environment(tapes, options)
        pid = os.posix_spawn(program, command, environment, setsigmask=before, setsigdef=given_back)
        meanwhile()
        status, cpu_seconds, asked_to_end_ns = _wait(pid, watched, options.duration_s, canary)
        seconds = time.monotonic() - begin
        outlived = family.outlived(tapes)
        if options.duration_s is not None and seconds >= options.duration_s:
            family.end_rest(tapes, _BETWEEN_SIGNALS_S)
            outlived = [pid for pid in outlived if family.is_alive(pid)]
    except OSError as error:
        raise LaunchError(f"{command[0]}: cannot be started: {error.strerror}.") from None
    finally:
        canary.close()
        # What is still pending was meant for the program: a group gets its signal in every process.
        while signal.sigtimedwait(watched, 0) is not None:
            pass
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Outcome(pid, _started(program, command), status, seconds, cpu_seconds, asked_to_end_ns, outlived)


def _started(program: str, command: list[str]) -> list[str]:
    """The words of a command, after those of the interpreter where the program is a script (execve(2))."""
    with suppress(OSError), open(program, "rb") as file:
        first = file.readline(256)
        if first.startswith(b"#!"):
            return [*os.fsdecode(first[2:]).split(maxsplit=1), program, *command[1:]]
    return command


def find_program(name: str) -> str:
    """The file of a program.

    Raises:
        LaunchError: there is none.
    """
    program = shutil.which(name)
    if program is not None:
        return program
    if name.endswith(".py") and Path(name).exists():
        raise LaunchError(f"{name} is not executable. Say what runs it: ipcreel record -- python {name}")
    raise LaunchError(f"{name}: no such program. Give a command, for instance: ipcreel record -- python main.py")


def _environment(tapes: Path, options: Options) -> dict[str, str]:
    path = os.environ.get("PYTHONPATH")
    ours = {
        "PYTHONPATH": f"{BOOTSTRAP}{os.pathsep}{path}" if path else str(BOOTSTRAP),
        "IPCREEL_TAPES": str(tapes),
        "IPCREEL_PAYLOAD_LIMIT": str(options.payload_limit),
        "IPCREEL_SKIP": ",".join(options.skip),
        "IPCREEL_PROCESSES": "\n".join(options.processes),
        "IPCREEL_INTERNALS": "1" if options.internals else "",
    }
    if "PYTHONHASHSEED" not in os.environ:
        ours["PYTHONHASHSEED"] = ours["IPCREEL_HASHSEED"] = draw_seed().decode()
    return {**os.environ, **{name: value for name, value in ours.items() if value}}


def _wait(
    pid: int, watched: set[signal.Signals], duration_s: float | None, canary: Canary
) -> tuple[int, float, int | None]:
    """The status of `pid`, the processor time it took, and when it was asked to end, once it has ended."""
    deadlines = _deadlines(duration_s)
    asked_ns: int | None = None
    while True:
        left = deadlines[0][0] - time.monotonic() if deadlines else 3600.0
        info = signal.sigtimedwait(watched, max(left, 0))
        if info is not None and info.si_signo != signal.SIGCHLD:
            asked_ns = asked_ns or time.monotonic_ns()
            _pass_on(info, pid, canary)
        elif info is None and deadlines and deadlines[0][0] <= time.monotonic():
            asked_ns = asked_ns or time.monotonic_ns()
            os.kill(pid, deadlines.pop(0)[1])
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, used.ru_utime + used.ru_stime, asked_ns


def _pass_on(info: signal.struct_siginfo, pid: int, canary: Canary) -> None:
    """Give a signal to whom it was meant for, unless that one has it already.

    We stand between the program and whoever started it: what the program sends to its parent is for our own.
    """
    if info.si_code != _SI_KERNEL and not canary.heard(info.si_signo):
        os.kill(os.getppid() if family.descends(info.si_pid, pid) else pid, info.si_signo)


def _deadlines(duration_s: float | None) -> list[tuple[float, signal.Signals]]:
    if duration_s is None:
        return []
    end = time.monotonic() + duration_s
    steps = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
    return [(end + step * _BETWEEN_SIGNALS_S, number) for step, number in enumerate(steps)]
