"""Threads and locks made with `_thread`, by programs that do without `threading`.

`_thread` is there in every interpreter. Nothing more than this is loaded until a line of the program uses it.
"""

from __future__ import annotations

import sys

from ipcreel.interpose.targets import put
from ipcreel.interpose.tracebacks import strip_all
from ipcreel.mechanism.keeping import number
from ipcreel.mechanism.operation import OUT, RUN, Operation
from ipcreel.mechanism.ownership import is_library
from ipcreel.tape.process import new_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_SIGINT = 2  # what it sends without an argument

START = Operation(
    0x2008, "threads.raw.start", flow=OUT, replay=RUN,
    payload="the function that it runs",
)  # fmt: skip
INTERRUPT = Operation(
    0x402F, "signal.interrupt_main", "_thread.interrupt_main", flow=OUT, a="signal",
    before=lambda args, kwargs: (number(args[0] if args else _SIGINT), None),
)  # fmt: skip
OPERATIONS = (START, INTERRUPT)

_getframe = sys._getframe


class _Body:
    """What a thread runs, with its begin and its end noted."""

    __slots__ = ("arguments", "function", "keywords", "number", "reading")

    def __init__(self, reading: Reading, function: Any, arguments: Any, keywords: Any) -> None:
        self.reading = reading
        self.function = function
        self.arguments = arguments
        self.keywords = keywords
        self.number = 0

    def __call__(self) -> None:
        from ipcreel.mechanism.threads import BEGIN, END, describe, function_name

        function, thread, note = self.function, self.number, self.reading.note
        note(BEGIN, thread, 1, 0, {"name": "", "function": function_name(function)})
        arguments, keywords = self.arguments, self.keywords
        self.arguments, self.keywords = (), {}
        try:
            function(*arguments, **keywords)
        except SystemExit as error:
            note(END, thread, 1, 0, describe(error))
        except BaseException as error:
            note(END, thread, 1, 0, describe(error))
            _report(error, function)
        else:
            note(END, thread)


def _report(error: BaseException, function: Any) -> None:
    """Say of an exception what the interpreter would say, with the program's own function in it."""
    strip_all(error)
    kind: Any = next(kind for kind in tuple.__subclasses__() if kind.__name__ == "UnraisableHookArgs")
    message = "Exception ignored in thread started by"
    sys.unraisablehook(kind((type(error), error, error.__traceback__, message, function)))


def _start(reading: Reading, plain: Any, args: tuple[Any, ...]) -> Any:
    from ipcreel.mechanism.threads import function_name

    body = _Body(reading, args[0], args[1], args[2] if len(args) > 2 else {})
    body.number = new_object("thread", None, function_name(args[0]) or "thread")
    reading.note(START, body.number, 0, 0, function_name(args[0]))
    return plain(body, ())


def _usual(args: tuple[Any, ...]) -> bool:
    """Whether the original would take these arguments."""
    if len(args) not in (2, 3) or not callable(args[0]) or not isinstance(args[1], tuple):
        return False
    return len(args) == 2 or isinstance(args[2], dict)


def install(module: ModuleType, reading: Reading) -> None:
    """Replace the two functions by ones that look first at who calls them: most often it is the library."""
    low: Any = module
    plain_start, plain_lock = low.start_new_thread, low.allocate_lock

    def start_new_thread(*args: Any, **kwargs: Any) -> Any:
        if kwargs or not _usual(args) or is_library(_getframe(1).f_code.co_filename):
            return plain_start(*args, **kwargs)
        return _start(reading, plain_start, args)

    def allocate_lock(*args: Any, **kwargs: Any) -> Any:
        if args or kwargs or is_library(_getframe(1).f_code.co_filename):
            return plain_lock(*args, **kwargs)
        from ipcreel.mechanism.thread_locks import replacements

        return replacements(reading)[1]()

    for name in ("start_new_thread", "start_new"):
        put(low, name, start_new_thread)
    for name in ("allocate_lock", "allocate"):
        put(low, name, allocate_lock)
