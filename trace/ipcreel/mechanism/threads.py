"""Threads: started, run, joined, named.

What a thread begins and ends with is noted in methods that return before and after `run`, so that no frame of ours lies
under the program's own while it runs.
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType, MethodType

from ipcreel.interpose.builtin import original_of
from ipcreel.interpose.tracebacks import strip_all
from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import GIVE, IN, OUT, RUN, Operation
from ipcreel.mechanism.stand_in import dressed
from ipcreel.tape import process
from ipcreel.tape.process import name_lane, new_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def number_of(thread: Any) -> int:
    """The number of a thread's object, given when it is first asked for."""
    try:
        return thread._ipcreel_object  # type: ignore[no-any-return]
    except AttributeError:
        number = thread._ipcreel_object = new_object("thread", None, str(thread._name))
        return number


def _thread(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return number_of(args[0])
    except Exception:  # no thread, or one whose __init__ was not called: the original says so
        return 0


def _daemon(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return args[0]._daemonic is True, 0, None


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs), None


def _joined(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    patience = timeouts.of_timeout(args, kwargs)
    return patience, patience < 0 or _has_ended(args[0]), None


def _has_ended(thread: Any) -> bool:
    handle = getattr(thread, "_handle", None)  # from Python 3.13 on
    return handle.is_done() if handle is not None else thread._is_stopped is True


def _alive(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, result is True, None


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


BEGIN = Operation(
    0x2002, "threads.thread.begin", flow=IN, replay=RUN,
    a="1 daemon, 0 not", payload="name, and the function that it runs",
)  # fmt: skip
END = Operation(
    0x2003, "threads.thread.end", flow=OUT, replay=RUN,
    a="1 where it ended in an exception", payload="the exception",
)  # fmt: skip
RENAME = Operation(0x2006, "threads.thread.rename", replay=RUN, payload="the new name")

OPERATIONS = (
    Operation(
        0x2001, "threads.thread.start", "threading.Thread.start", identify=_thread, after=_daemon, flow=OUT, replay=RUN,
        a="1 daemon, 0 not",
    ),
    BEGIN,
    END,
    Operation(
        0x2004, "threads.thread.join", "threading.Thread.join", identify=_thread, before=_wanted, after=_joined,
        blocks=True, flow=IN, replay=RUN,
        a=timeouts.IN_WORDS, b="1 the thread has ended, 0 not in time",
    ),
    Operation(
        0x2005, "threads.thread.is_alive", "threading.Thread.is_alive", identify=_thread, after=_alive,
        replay=GIVE, give=_give_truth,
        b="1 alive, 0 not",
    ),
    RENAME,
)  # fmt: skip


def function_name(function: Any) -> str:
    """What a function is called, without running code of the program: nothing where that is not certain."""
    kind = type(function)
    if kind is MethodType:
        function = function.__func__
        kind = type(function)
    elif kind.__module__ == "functools" and kind.__name__ == "partial":
        return function_name(function.func)
    if kind is not FunctionType and kind is not BuiltinFunctionType:
        return ""
    return f"{function.__module__}.{function.__qualname__}"


def describe(error: BaseException) -> dict[str, object]:
    """An exception that ended a thread or a call, in plain values."""
    kind = type(error)
    try:
        text = str(error)
    except Exception:
        text = "(its text could not be made)"
    return {"raised": f"{kind.__module__}.{kind.__qualname__}", "text": text}


def _install_begin_and_end(library: Any, reading: Reading) -> None:
    kind = library.Thread
    plain_begin, plain_end = kind._set_native_id, kind._delete
    plain_make = library._make_invoke_excepthook

    def _set_native_id(self: Any) -> None:
        plain_begin(self)
        here = process.here
        if here is None or isinstance(self, library._MainThread):
            return
        self._ipcreel_lane = here.lane
        name_lane(here.lane, self._native_id, str(self._name))
        if not isinstance(self, library._DummyThread):
            target = getattr(self, "_target", None) or type(self).run
            content = {"name": str(self._name), "function": function_name(target)}
            reading.note(BEGIN, number_of(self), self._daemonic is True, 0, content)

    def _delete(self: Any) -> None:
        if process.here is not None:
            failure = self.__dict__.pop("_ipcreel_failure", None)
            reading.note(END, number_of(self), failure is not None, 0, failure)
        plain_end(self)

    def _make_invoke_excepthook() -> Any:
        plain = plain_make()

        def invoke_excepthook(thread: Any) -> None:
            error = sys.exc_info()[1]
            if error is not None:
                thread._ipcreel_failure = describe(error)
                strip_all(error)
            del error
            plain(thread)

        return dressed(invoke_excepthook, plain)

    kind._set_native_id = dressed(_set_native_id, plain_begin)
    kind._delete = dressed(_delete, plain_end)
    library._make_invoke_excepthook = dressed(_make_invoke_excepthook, plain_make)


def _install_rename(library: Any, reading: Reading) -> None:
    kind = library.Thread
    plain = kind.name

    def set_name(self: Any, name: Any) -> None:
        plain.fset(self, name)
        here = process.here
        if here is None or here.inside or self._ident is None or _has_ended(self):
            return
        own = self._ident == library.get_ident()
        name_lane(here.lane if own else getattr(self, "_ipcreel_lane", 0), self._native_id, self._name)
        reading.note(RENAME, number_of(self), 0, 0, self._name)

    kind.name = property(plain.fget, dressed(set_name, plain.fset), plain.fdel, plain.__doc__)


def install(module: ModuleType, reading: Reading) -> None:
    """Note what no call of the program stands for; the library's clock is not the program's."""
    library: Any = module
    if hasattr(library, "_start_new_thread"):  # until Python 3.12
        library._start_new_thread = original_of(library._start_new_thread)
    library._time = original_of(library._time)
    _install_begin_and_end(library, reading)
    _install_rename(library, reading)
