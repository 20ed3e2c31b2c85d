"""The processes of `multiprocessing`, seen by the one that starts them, and by themselves.

All these rows are run again in a replay: the forks, waits, pipes and kills inside them are operations of their own.
"""

from __future__ import annotations

import os
import sys

from ipcreel.interpose.targets import dress
from ipcreel.mechanism import inside
from ipcreel.mechanism.mp_identity import pass_over
from ipcreel.mechanism.operation import IN, RUN, Operation
from ipcreel.mechanism.timeouts import IN_WORDS, of_timeout
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


class Children(set):  # type: ignore[type-arg]
    """The children that the library has to wait for, in one order, so that a replay asks for them in the same."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(set.__iter__(self), key=_identity))


def _identity(process_object: Any) -> tuple[int, ...]:
    return process_object._identity  # type: ignore[no-any-return]


_ended_by: dict[str, object] | None = None  # the exception that ended the run of this process


def _pid(process_object: Any) -> int:
    popen = getattr(process_object, "_popen", None)
    pid = popen.pid if popen is not None else getattr(process_object, "_pid", 0)
    return pid if type(pid) is int else 0


def _process(args: Args, kwargs: Kwargs, result: Any) -> int:
    pid = _pid(args[0]) if args else 0
    name = getattr(args[0], "_name", "") if pid else ""
    return process.object_number("mp.process", (pid, name), name) if pid else 0


def _myself(args: Args, kwargs: Kwargs, result: Any) -> int:
    name = args[0]._name
    return process.object_number("mp.process", (process.tape.pid, name), name)


def _started(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    sentinel = getattr(args[0], "_sentinel", -1)
    return _pid(args[0]), sentinel if type(sentinel) is int else -1, None


def _patience(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return of_timeout(args, kwargs), None


def _code(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return (0, 0, None) if result is None else (1, result, None)


def _joined(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    code = getattr(getattr(args[0], "_popen", None), "returncode", None)
    return of_timeout(args, kwargs), _STILL_RUNNING if code is None else code, None


def _signalled(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    popen = getattr(args[0], "_popen", None) if args else None
    return (popen.pid if popen is not None and popen.returncode is None else 0), None


def _alive(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, bool(result), None


def _counted(args: Args, kwargs: Kwargs, result: list[Any]) -> tuple[int, int, object]:
    return len(result), 0, None


def _parent(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return args[0]._parent_pid or 0, None


def _ran(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    return args[0]._parent_pid or 0, result if type(result) is int and abs(result) < 2**63 else 1, _ended_by


_STILL_RUNNING = -(2**63)
_TARGET = "multiprocessing.process.BaseProcess."
_RECEIVER = "pid of the process the signal is sent to, 0 where it had ended"

START = Operation(
    0x3201, "mp.process.start", _TARGET + "start", identify=_process, after=_started, replay=RUN,
    a="pid of the child", b="its sentinel: the descriptor that becomes readable when it ends",
)  # fmt: skip
JOIN = Operation(
    0x3202, "mp.process.join", _TARGET + "join", identify=_process, before=_patience, after=_joined, blocks=True,
    flow=IN, replay=RUN, a=IN_WORDS, b="exit code, minus the signal, or the least integer where it still ran",
)  # fmt: skip
IS_ALIVE = Operation(
    0x3207, "mp.process.is_alive", _TARGET + "is_alive", identify=_process, after=_alive, replay=RUN,
    b="1 where it still ran",
)  # fmt: skip
RUN_OF_CHILD = Operation(
    0x3209, "mp.process.run", _TARGET + "_bootstrap", identify=_myself, before=_parent, after=_ran, blocks=True,
    replay=RUN, a="pid of the parent", b="exit code",
    payload="the exception that ended it: a map with `raised` and `text`",
)  # fmt: skip

OPERATIONS = (
    START,
    JOIN,
    Operation(
        0x3203, "mp.process.terminate", _TARGET + "terminate", identify=_process, before=_signalled, replay=RUN,
        a=_RECEIVER,
    ),
    Operation(
        0x3204, "mp.process.kill", _TARGET + "kill", identify=_process, before=_signalled, replay=RUN,
        a=_RECEIVER,
    ),
    Operation(0x3205, "mp.process.close", _TARGET + "close", identify=_process, blocks=True, replay=RUN),
    Operation(
        0x3206, "mp.process.exitcode", _TARGET + "exitcode:get", identify=_process, after=_code, replay=RUN,
        a="1 where it had ended", b="exit code, or minus the signal",
    ),
    IS_ALIVE,
    RUN_OF_CHILD,
    Operation(
        0x320A, "mp.process.active_children", "multiprocessing.process.active_children", after=_counted, replay=RUN,
        a="how many there are",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Install what targets cannot name: the name of the process, the parent seen from the child, what ends a run."""
    if module.__name__ == "multiprocessing.util":
        util: Any = module
        util._exit_function = _noting_its_end(util._exit_function)
        # The null device that a child reads instead: in a replay it has the number of a descriptor that was another's.
        _finalize_unseen(util.Finalize)
        plain = util._close_stdin
        util._close_stdin = inside.of_library(plain)
        dress(util._close_stdin, plain)
        return
    pass_over(os.path.dirname(module.__file__ or ""))
    library: Any = module
    library._children = Children(library._children)
    library.set = Children  # a child makes itself a new one
    _tell_name(module)
    parent: Any = module._ParentProcess
    for row, name in ((JOIN, "join"), (IS_ALIVE, "is_alive")):
        original = getattr(parent, name)
        setattr(parent, name, reading.wrap(row, original))
        dress(getattr(parent, name), original)


def _finalize_unseen(finalize: Any) -> None:
    """A finalizer looks whether the process is still its own, in whichever thread happens to let go of the object last:
    that is the library's bookkeeping.
    """
    call = finalize.__call__
    names = call.__code__.co_varnames[: call.__code__.co_argcount][-len(call.__defaults__) :]
    call.__defaults__ = tuple(
        inside.of_library(value) if name == "getpid" else value
        for name, value in zip(names, call.__defaults__, strict=True)
    )


def _tell_name(module: ModuleType) -> None:
    """State the name that the program gives to a process as soon as the process knows it, and whenever it changes."""
    base: Any = module.BaseProcess
    bootstrap, name = base._bootstrap, base.name

    def _bootstrap(self: Any, *args: Any, **kwargs: Any) -> Any:
        process.fact("name", self._name)
        process.fact("daemon", bool(self._config.get("daemon", False)))
        return bootstrap(self, *args, **kwargs)

    def set_name(self: Any, value: Any) -> None:
        name.fset(self, value)
        if self is module._current_process:
            process.fact("name", value)

    dress(_bootstrap, bootstrap)
    dress(set_name, name.fset)
    base._bootstrap = _bootstrap
    base.name = property(name.fget, set_name, None, name.__doc__)


def _noting_its_end(exit_function: Callable[..., Any]) -> Callable[..., Any]:
    """`util._exit_function`, which a run calls at its end, while the exception that ended it is on its way."""

    def _exit_function(*args: Any, **kwargs: Any) -> Any:
        global _ended_by  # noqa: PLW0603
        error = sys.exc_info()[1]
        _ended_by = None
        if error is not None:
            kind = type(error)
            try:
                text = str(error)
            except Exception:
                text = "(its text could not be made)"
            _ended_by = {"raised": f"{kind.__module__}.{kind.__qualname__}", "text": text}
        return exit_function(*args, **kwargs)

    dress(_exit_function, exit_function)
    return _exit_function
