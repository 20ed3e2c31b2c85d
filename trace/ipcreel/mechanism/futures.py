"""`concurrent.futures`: calls submitted, run and answered, in threads.

A future's object links the submit, the run and the result of one call. What a process pool adds is in `process_pools`.
"""

from __future__ import annotations

from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import GIVE, IN, OUT, RUN, WAIT, Operation, known_when_installed
from ipcreel.mechanism.stand_in import dressed
from ipcreel.mechanism.threads import describe, function_name
from ipcreel.tape import process
from ipcreel.tape.process import name_object, new_object, passed
from ipcreel.tape.writer import give_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def number_of(thing: Any, kind: str = "call") -> int:
    """The number of a call or an executor, given when it is first asked for, by whichever thread asks first."""
    number: int = thing._ipcreel_object
    return number or give_number(thing, new_object(kind, None, kind))


def key_of(future: Any) -> object:
    """The key of a future's call among the objects of its kind."""
    return future._ipcreel_key or number_of(future)


def _future(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return number_of(args[0])
    except Exception:  # no future
        return 0


def executor(args: Args, kwargs: Kwargs, result: Any) -> int:
    """The number of an executor, whose method is called."""
    try:
        return args[0]._ipcreel_object or number_of(args[0], "executor")
    except Exception:  # no executor
        return 0


def _submitted(args: Args, kwargs: Kwargs, result: Any) -> int:
    number: int | None = getattr(result, "_ipcreel_object", None)
    if number is None:  # it raised, or a subclass gave something else
        return 0
    name, pool_key = function_name(args[1]), getattr(result, "_ipcreel_key", None)
    if not number and name:
        made = new_object("call", None, f"call {name}")
        number = give_number(result, made)
        if number == made:
            return number
    number = number_of(result)
    name = f"call {name or number}"
    name_object(number, "call", pool_key or number, name, shared=pool_key is not None)
    return number


def _call(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return executor(args, kwargs, None), function_name(args[1]) if len(args) > 1 else None


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs), None


def _is_finished(future: Any) -> bool:
    return getattr(future, "_state", None) == "FINISHED"


DONE = frozenset(("CANCELLED", "CANCELLED_AND_NOTIFIED", "FINISHED"))


def _truth(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, result is True, None


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


def _wanted_of_set(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs), None


def _waited(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    try:
        return timeouts.of_timeout(args, kwargs), len(result.done), [key_of(future) for future in result.done]
    except Exception:  # not from this library's executors
        return timeouts.of_timeout(args, kwargs), 0, None


def _next(results: Iterator[Any], hand: list[Any]) -> bool:
    """Take the next future that is done into `hand`. False where there is none left."""
    for future in results:
        hand.append(future)
        return True
    return False


def _taken(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, result, key_of(args[1][-1]) if result else None


def _shutdown(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    wait = args[1] if len(args) > 1 else kwargs.get("wait", True)
    return (1 if wait is True else 0), None


SUBMIT = Operation(
    0x2801, "futures.call.submit", identify=_submitted, before=_call, flow=OUT, replay=RUN,
    a="key of the executor among the objects of its kind", payload="the function",
)  # fmt: skip
BEGIN = Operation(0x2802, "futures.call.begin", flow=IN, replay=RUN)
END = Operation(
    0x2803, "futures.call.end", flow=OUT, replay=RUN, a="1 where it ended in an exception", payload="the exception",
)  # fmt: skip
SET = Operation(
    0x2804, "futures.future.set", flow=IN, replay=RUN,
    a="1 where it is an exception", payload="the exception",
)  # fmt: skip
NEXT = Operation(
    0x280B, "futures.set.next", after=_taken, blocks=True, flow=IN, replay=RUN,
    b="1 there was another one done, 0 there is none left", payload="key of its call among the objects of its kind",
)  # fmt: skip
SHUTDOWN = Operation(
    0x280C, "futures.executor.shutdown", identify=executor, before=_shutdown, blocks=True, replay=RUN,
    a="1 where it waits for the calls to end",
)  # fmt: skip
CALL_BACK = Operation(
    0x280F, "futures.future.add_done_callback", identify=_future, after=_truth, flow=OUT, replay=RUN,
    b="1 where it was done, and the function is called at once; 0 where whoever sets it will call it",
)  # fmt: skip


def _result_row(code: int, name: str, attempt: Any) -> Operation:
    return Operation(
        code, name, identify=_future, before=_wanted, attempt=attempt, blocks=True, flow=IN, replay=RUN,
        a=timeouts.IN_WORDS,
    )  # fmt: skip


def _state_row(code: int, verb: str) -> Operation:
    return Operation(
        code, f"futures.future.{verb}", f"concurrent.futures._base.Future.{verb}", identify=_future, after=_truth,
        replay=GIVE, give=_give_truth,
        b="1 true, 0 false",
    )  # fmt: skip


_RESULT, _EXCEPTION = (0x2805, "futures.future.result"), (0x2806, "futures.future.exception")

OPERATIONS = (
    SUBMIT,
    BEGIN,
    END,
    SET,
    _result_row(*_RESULT, known_when_installed),
    _result_row(*_EXCEPTION, known_when_installed),
    Operation(
        0x2807, "futures.future.cancel", "concurrent.futures._base.Future.cancel", identify=_future, after=_truth,
        replay=RUN,
        b="1 cancelled, 0 it runs or has run",
    ),
    _state_row(0x2808, "done"),
    _state_row(0x2809, "running"),
    _state_row(0x280D, "cancelled"),
    Operation(
        0x280A, "futures.set.wait", "concurrent.futures._base.wait", before=_wanted_of_set, after=_waited, blocks=True,
        flow=IN, replay=RUN,
        a=timeouts.IN_WORDS, b="how many are done", payload="the keys of their calls among the objects of their kind",
    ),
    NEXT,
    SHUTDOWN,
    CALL_BACK,
    Operation(
        0x280E, "futures.executor.map", "concurrent.futures._base.Executor.map", identify=executor, before=_call,
        replay=RUN,
        a="key of the executor among the objects of its kind", payload="the function",
    ),
)  # fmt: skip


def _install_results(library: Any, reading: Reading) -> None:
    for name, row in (("result", _RESULT), ("exception", _EXCEPTION)):
        plain = getattr(library.Future, name)

        def at_once(args: Args, kwargs: Kwargs, plain: Any = plain) -> Any:
            return plain(*args, **kwargs) if args and _is_finished(args[0]) else WAIT

        setattr(library.Future, name, dressed(reading.wrap(_result_row(*row, at_once), plain), plain))


def _install_begin_and_end(library: Any, reading: Reading) -> None:
    """A call begins where its future is set running, and ends where its future is set."""
    kind = library.Future
    plain_begin, plain_result, plain_exception = kind.set_running_or_notify_cancel, kind.set_result, kind.set_exception
    begun, ended, was_set = reading.teller(BEGIN), reading.teller(END), reading.teller(SET)
    kind._ipcreel_key = None  # that of its call in a pool of processes: a list
    kind._ipcreel_object = library.Executor._ipcreel_object = 0  # none yet

    def is_recorded() -> bool:
        here = process.here
        return here is not None and here.mark >= 0

    def numbered(future: Any) -> int:
        return number_of(future) if is_recorded() else 0

    def set_running_or_notify_cancel(self: Any) -> Any:
        running = plain_begin(self)
        if running and self._ipcreel_key is None:
            begun(self._ipcreel_object or numbered(self))
        return running

    def set_result(self: Any, result: Any) -> None:
        (ended if self._ipcreel_key is None else was_set)(self._ipcreel_object or numbered(self))
        plain_result(self, result)

    def set_exception(self: Any, exception: Any) -> None:
        if is_recorded():
            failure = describe(exception) if isinstance(exception, BaseException) else None
            reading.note(END if self._ipcreel_key is None else SET, number_of(self), 1, 0, failure)
        plain_exception(self, exception)

    kind.set_running_or_notify_cancel = dressed(set_running_or_notify_cancel, plain_begin)
    kind.set_result = dressed(set_result, plain_result)
    kind.set_exception = dressed(set_exception, plain_exception)


def _install_as_completed(library: Any, reading: Reading) -> None:
    plain = library.as_completed
    advance = reading.wrap(NEXT, _next)

    def as_completed(fs: Any, timeout: Any = None) -> Iterator[Any]:
        results = plain(fs, timeout)
        del fs  # no future is kept alive that the program has let go of
        hand: list[Any] = []
        while advance(results, hand):
            yield hand.pop()

    library.as_completed = dressed(as_completed, plain)


def _install_callbacks(library: Any, reading: Reading) -> None:
    """Who calls a function that is added: who adds it, where the future is done, or who sets it."""
    kind = library.Future
    plain = kind.add_done_callback

    def add(self: Any, fn: Any) -> bool:
        with self._condition:  # it is taken once more within: from the look to the adding nobody sets the future
            if self._state in DONE:
                return True
            plain(self, fn)
            return False

    added = reading.wrap(CALL_BACK, add)

    def add_done_callback(self: Any, fn: Any) -> None:
        if added(self, fn):
            plain(self, fn)

    kind.add_done_callback = dressed(add_done_callback, plain)


def install(module: ModuleType, reading: Reading) -> None:
    """Replace, in the module that all executors share, what sets and asks futures; in others, what a pool does."""
    library: Any = module
    passed.add(module.__file__ or "")
    if module.__name__ == "concurrent.futures._base":
        _install_results(library, reading)
        _install_begin_and_end(library, reading)
        _install_callbacks(library, reading)
        _install_as_completed(library, reading)
    else:
        install_executor(library.ThreadPoolExecutor, reading)


def install_executor(kind: Any, reading: Reading) -> None:
    """Replace what a pool is asked to do."""
    kind.submit = dressed(reading.wrap(SUBMIT, kind.submit), kind.submit)
    kind.shutdown = dressed(reading.wrap(SHUTDOWN, kind.shutdown), kind.shutdown)
