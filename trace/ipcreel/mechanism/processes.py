"""Processes through `os`: begun by fork, exec and spawn, ended, waited for, and what they know of themselves."""

from __future__ import annotations

import os
import sys

from ipcreel.interpose import carrying
from ipcreel.interpose.frames import program_frame
from ipcreel.interpose.targets import replace_function
from ipcreel.mechanism.descriptors import held, replayed
from ipcreel.mechanism.keeping import argument, give_b, give_payload, number, result_after, result_in_b
from ipcreel.mechanism.operation import IN, OUT, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading


def argv_of(value: object) -> object:
    """An argument vector as a payload."""
    if not isinstance(value, (list, tuple)):
        return None
    return [_word(item) for item in value]


def _word(item: object) -> object:
    if type(item) in (str, bytes):
        return item
    # Of a path it is known that its text can be asked for without running code of the program.
    return str(item) if type(item).__module__.startswith("pathlib") else str(type(item))


def _argv(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, argv_of(args[1] if len(args) > 1 else kwargs.get("argv"))


def _command(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    command = args[0] if args else kwargs.get("command")
    return 0, command if type(command) in (str, bytes) else None


def _forked_on_terminal(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return result[1], result[0], None


def _give_terminal(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return b, replayed(a)


def _waited(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return result[0], result[1], tuple(result[2]) if len(result) > 2 else None


def _give_waited(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    if payload is None:
        return a, b
    import resource

    return a, b, resource.struct_rusage(payload)


def _waited_id(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return (0, 0, None) if result is None else (result.si_pid, result.si_status, tuple(result))


def _give_waited_id(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:

    return os.waitid_result(payload) if payload is not None else None


def _set_kept(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, len(result), sorted(result)


def _give_set(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return set(payload)


def _times(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, tuple(result)


def _give_times(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:

    return os.times_result(payload)


def _wait(code: int, name: str, target: str, more: str = "") -> Operation:
    return Operation(
        code, name, target, before=argument(0, "pid"), after=_waited, blocks=True, flow=IN, give=_give_waited,
        a="pid of the child, 0 where none had ended; while pending, the pid waited for", b="its wait status",
        payload=more,
    )  # fmt: skip


def _fact(code: int, name: str, target: str, what: str) -> Operation:
    return Operation(
        code, name, target, before=argument(0, "pid"), after=result_after(0, "pid"), give=give_b,
        a="pid asked about", b=what,
    )  # fmt: skip


FORK = Operation(
    0x4101, "process.fork", after=result_in_b, blocks=True, flow=OUT, give=give_b, b="pid of the child"
)  # fmt: skip
FORKPTY = Operation(
    0x4102, "process.forkpty", after=_forked_on_terminal, blocks=True, flow=OUT, give=_give_terminal,
    a="descriptor of the terminal", b="pid of the child",
)  # fmt: skip
EXECV = Operation(0x4103, "process.exec", before=_argv, blocks=True, payload="argv")
EXECVE = Operation(0x4104, "process.exec_with_environment", before=_argv, blocks=True, payload="argv")
SPAWN = Operation(
    0x4105, "process.spawn", before=_argv, after=result_in_b, flow=OUT, give=give_b, b="pid of the child",
    payload="argv",
)  # fmt: skip
SPAWN_BY_PATH = Operation(
    0x4106, "process.spawn_by_path", before=_argv, after=result_in_b, flow=OUT, give=give_b, b="pid of the child",
    payload="argv",
)  # fmt: skip
SYSTEM = Operation(
    0x4107, "process.system", before=_command, after=result_in_b, blocks=True, give=give_b, b="wait status",
    payload="the command",
)  # fmt: skip

OPERATIONS = (
    FORK,
    FORKPTY,
    EXECV,
    EXECVE,
    SPAWN,
    SPAWN_BY_PATH,
    SYSTEM,
    Operation(
        0x4108, "process.exit", "os._exit", before=argument(0, "status"), blocks=True,
        a="exit code; this event never ends",
    ),
    _wait(0x4109, "process.wait", "os.wait"),
    _wait(0x410A, "process.wait_pid", "os.waitpid"),
    _wait(0x410B, "process.wait_3", "os.wait3", "the fields of rusage"),
    _wait(0x410C, "process.wait_4", "os.wait4", "the fields of rusage"),
    Operation(
        0x410D, "process.wait_id", "os.waitid", before=argument(1, "id"), after=_waited_id, blocks=True, flow=IN,
        give=_give_waited_id, a="pid of the child, 0 where none had ended; while pending, the id waited for",
        b="its exit code or signal", payload="the fields of siginfo",
    ),
    Operation(
        0x410E, "process.pidfd", "os.pidfd_open", before=argument(0, "pid"), after=result_after(0, "pid"),
        give=lambda args, kwargs, a, b, payload: held(b), a="pid", b="descriptor",
    ),
    _fact(0x4120, "process.pid.read", "os.getpid", "pid"),
    _fact(0x4121, "process.parent.read", "os.getppid", "pid of the parent"),
    _fact(0x4122, "process.group.read", "os.getpgrp", "process group"),
    _fact(0x4123, "process.group_of.read", "os.getpgid", "process group"),
    _fact(0x4124, "process.session.read", "os.getsid", "session"),
    Operation(0x4125, "process.session.begin", "os.setsid"),
    Operation(
        0x4126, "process.group.set", "os.setpgid", before=argument(0, "pid"),
        after=lambda args, kwargs, result: (number(args[0]), number(args[1]), None), a="pid", b="process group",
    ),
    Operation(0x4127, "process.group.begin", "os.setpgrp"),
    Operation(
        0x4128, "process.nice", "os.nice", before=argument(0, "increment"), after=result_after(0, "increment"),
        give=give_b, a="increment", b="niceness",
    ),
    Operation(
        0x4129, "process.processors.read", "os.cpu_count", after=result_in_b,
        give=lambda args, kwargs, a, b, payload: b or None, b="processors, 0 where that is not known",
    ),
    Operation(
        0x412A, "process.affinity.read", "os.sched_getaffinity", after=_set_kept, give=_give_set,
        b="how many processors", payload="their numbers",
    ),
    Operation(
        0x412B, "process.times.read", "os.times", after=_times, give=_give_times, payload="the five times, in seconds",
    ),
    Operation(
        0x412C, "process.load.read", "os.getloadavg", after=lambda args, kwargs, result: (0, 0, tuple(result)),
        give=give_payload, payload="the three averages",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Whatever is started is given our variables, and is followed."""
    if not reading.replays:
        carrying.guard(module)
    for name, row, started in (
        ("fork", FORK, _warning_its_caller(module.fork)),
        ("forkpty", FORKPTY, _warning_its_caller(module.forkpty)),
        ("execv", EXECV, _renewing(module.execv)),
        ("execve", EXECVE, _carrying(module.execve)),
        ("posix_spawn", SPAWN, _carrying(module.posix_spawn)),
        ("posix_spawnp", SPAWN_BY_PATH, _carrying(module.posix_spawnp)),
        ("system", SYSTEM, _renewing(module.system)),
    ):
        replace_function(module, name, row, reading.wrap, started)


_CALL = (lambda original: original()).__code__


def _warning_its_caller(original: Callable[..., Any]) -> Callable[..., Any]:
    """From Python 3.12 on a fork beside other threads warns, and shows the warning if the line that forks is main's."""
    if sys.hexversion < 0x030C0000:  # as a condition on `version_info`, mypy would leave out the rest
        return original

    new_function: Any = type(_warning_its_caller)
    stat = os.stat

    def fork(*args: Any, **kwargs: Any) -> Any:
        frame = program_frame(sys._getframe(1))
        alone = stat("/proc/self/task").st_nlink == 3  # a directory for each thread (proc(5)), and its own two links
        if args or kwargs or frame is None or alone:
            return original(*args, **kwargs)
        code = _CALL.replace(co_filename=frame.f_code.co_filename, co_firstlineno=frame.f_lineno or 1)
        try:
            return new_function(code, frame.f_globals)(original)
        except BaseException as error:
            raise error.with_traceback(None)  # noqa: B904  # the frame that stands for the program's is none of its

    return fork


def _renewing(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(*args: Any, **kwargs: Any) -> Any:
        carrying.renew()
        return original(*args, **kwargs)

    return start


def _carrying(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(*args: Any, **kwargs: Any) -> Any:
        if len(args) > 2:
            args = (*args[:2], carrying.carried(args[2]), *args[3:])
        elif "env" in kwargs:
            kwargs["env"] = carrying.carried(kwargs["env"])
        return original(*args, **kwargs)

    return start
