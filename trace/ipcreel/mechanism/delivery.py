"""The delivery of a signal to a handler of the program."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _thread
import posix

from ipcreel.interpose.builtin import original_of
from ipcreel.interpose.frames import is_ours, program_frame
from ipcreel.interpose.interrupt import handler_behind
from ipcreel.interpose.sleep import WAKING, held, kill_thread, shielded
from ipcreel.mechanism.keeping import number
from ipcreel.mechanism.operation import IN, RUN, Operation
from ipcreel.tape import process
from ipcreel.tape.writer import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType, ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

BETWEEN, WITHIN = 0, 1  # two instructions of the program, or a recorded operation
_KEPT_NAMES = 24
_getpid = original_of(posix.getpid)
_allocate_lock = original_of(_thread.allocate_lock)
_start_thread = original_of(_thread.start_new_thread)
_postponed: dict[_thread.LockType, int] = {}  # a lock that is free when a signal was sent again: in which process
_OPTIMIZED = 1  # the locals of such a code object are copied on request (inspect, CO_OPTIMIZED)
_LOOKS_AT_LOCALS = frozenset(("locals", "vars", "dir", "eval", "exec"))


def _sent(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[1]), None


DELIVERED = Operation(
    0x4001, "signal.delivered", flow=IN, replay=RUN,
    a="signal", b="within an operation: 1; between two instructions, at its site: 0",
    payload="depth: of the stack; numbers: plain values of variables there, which tell rounds of a loop apart",
)  # fmt: skip
RAN = Operation(0x4002, "signal.handler.run", before=_sent, blocks=True, replay=RUN, a="signal")
OPERATIONS = (DELIVERED, RAN)


class Delivery:
    """What the interpreter calls in the place of a program's handler."""

    __slots__ = ("handler", "note", "run")

    def __init__(self, handler: Callable[..., Any], reading: Reading) -> None:
        self.handler = handler
        self.note = reading.note
        self.run = reading.wrap(RAN, _call)

    def __call__(self, signalnum: int, frame: FrameType | None) -> Any:
        """Note where the program was, and run its handler as recorded code, whatever was going on."""
        shield = _shield_of(frame)
        if shield is not None:
            (held.append if shield is WAKING else _send_again)(signalnum)
            return None
        outer = program_frame(frame)
        here: Any = process.here
        if here is None:  # the interpreter is ending
            return self.handler(signalnum, outer)
        mark, here.mark = here.mark, here.outside  # not through `inside`: a handler could raise in that call
        try:
            if here.mark >= 0:
                where = BETWEEN if outer is frame and not is_within(frame) else WITHIN
                self.note(DELIVERED, 0, signalnum, where, _moment(outer))
            return self.run(self.handler, signalnum, outer)
        finally:
            here.mark = mark


def _shield_of(frame: FrameType | None) -> CodeType | None:
    """The call of ours that the signal came in where it must not raise any more, as in `rawfile`; None elsewhere."""
    while frame is not None and is_ours(frame.f_code.co_filename):
        done = shielded.get(frame.f_code)
        if done is not None:
            return frame.f_code if done in frame.f_locals else None
        frame = frame.f_back
    return None


def _send_again(signalnum: int) -> None:
    """Let the signal come once more, as soon as this thread lets another one run: it has left the shield by then."""
    sent = _allocate_lock()
    sent.acquire()
    _postponed[sent] = _getpid()
    _start_thread(_send, (_thread.get_ident(), signalnum, sent))


def _send(target: int, signalnum: int, sent: _thread.LockType) -> None:
    kill_thread(target, signalnum)
    _postponed.pop(sent, None)
    sent.release()


def let_postponed_come() -> None:
    """Return when the signals that came inside a shield have come again: a handler is about to be another one.

    The default one would end the program, for a signal that had come while the program had its own.
    """
    for sent, pid in list(_postponed.items()):
        if pid == _getpid():  # what a parent postponed comes there
            sent.acquire()


def _call(handler: Callable[..., Any], signalnum: int, frame: FrameType | None) -> Any:
    return handler(signalnum, frame)


def _moment(frame: FrameType | None) -> dict[str, object] | None:
    if frame is None:
        return None
    outer, depth = frame.f_back, 1
    while outer is not None:
        outer, depth = outer.f_back, depth + 1
    return {"depth": depth, "numbers": _numbers_in(frame)}


def _numbers_in(frame: FrameType) -> dict[str, object]:
    """The plain values among the variables of `frame`.

    A copy that the program made by `locals()` would be refreshed by reading them, and a copy that is left would keep
    objects alive: such frames are not read, and the copy is emptied.
    """
    code = frame.f_code
    copied = code.co_flags & _OPTIMIZED
    if copied and not _LOOKS_AT_LOCALS.isdisjoint(code.co_names):
        return {}
    values = frame.f_locals
    names = (code.co_varnames if copied else code.co_names)[:_KEPT_NAMES]
    # Each is looked at once: a signal that comes meanwhile reads the same frame, and empties the same copy.
    kept = {name: value for name in names if type(value := values.get(name)) in (int, float, bool)}
    if copied and type(values) is dict:
        values.clear()
    return kept


def cover(handler: Any, reading: Reading) -> Any:
    """What to give to the interpreter for a program's `handler`: itself where it is none that can be called."""
    if isinstance(handler, (int, Delivery)) or not callable(handler):
        return handler
    return Delivery(handler, reading)


def uncover(handler: Any) -> Any:
    """The program's handler."""
    return handler.handler if isinstance(handler, Delivery) else handler_behind(handler)


def install(module: ModuleType, reading: Reading) -> None:
    """Ctrl-C runs a handler that the interpreter set itself: note its delivery too."""
    plain = _signal.default_int_handler
    if uncover(_signal.getsignal(_signal.SIGINT)) is plain:
        _signal.signal(_signal.SIGINT, Delivery(plain, reading))
