"""Signals: handlers, masks, timers, waits, and those sent through `signal`."""

from __future__ import annotations

from ipcreel.interpose.targets import dress
from ipcreel.mechanism.delivery import cover, let_postponed_come, uncover
from ipcreel.mechanism.keeping import (
    argument,
    give_b,
    give_payload,
    number,
    result_after,
    result_in_payload,
)
from ipcreel.mechanism.operation import IN, OUT, RUN, Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading


def mask_of(signals: object) -> int:
    """A set of signals as bits, signal 1 the lowest; 0 for what cannot be looked at without using it up."""
    if not isinstance(signals, (set, frozenset, list, tuple)):
        return 0
    mask = 0
    for signal in signals:
        if isinstance(signal, int) and 0 < signal <= 64:
            mask |= 1 << (signal - 1)
    return mask - (1 << 64) if mask >> 63 else mask


def _signals_of(mask: int) -> set[Any]:
    import signal

    return {signal.Signals(n) if n in signal.valid_signals() else n for n in range(1, 65) if mask >> (n - 1) & 1}


def _handler(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    signalnum = args[0] if args else kwargs.get("signalnum")
    handler = args[1] if len(args) > 1 else kwargs.get("handler")
    name = getattr(handler, "__qualname__", None) or getattr(handler, "name", None)
    return number(signalnum), name if type(name) is str else type(handler).__name__


def _wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    timeout = args[1] if len(args) > 1 else None
    return mask_of(args[0] if args else None), timeout if type(timeout) in (int, float) else None


def _taken(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(result), mask_of(args[0]), None


def _informed(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return (0, 0, None) if result is None else (result.si_signo, result.si_pid, tuple(result))


def _give_signal(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    import signal

    return signal.Signals(a) if a in signal.valid_signals() else a


def _give_information(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    import signal

    return signal.struct_siginfo(payload) if a else None


def _masked(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(args[0]) if args else 0, mask_of(result), None


def _mask_wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[0]) if args else 0, mask_of(args[1]) if len(args) > 1 else None


def _give_mask(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return _signals_of(b)


def _thread(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[1] if len(args) > 1 else None), number(args[0]) if args else None


def _descriptor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[1] if len(args) > 1 else None), number(args[0]) if args else None


def _timer(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(args[0]) if args else 0, None


def _timer_set(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    given = [value if type(value) in (int, float) else 0 for value in args[1:3]]
    return number(args[0]), 0, (*result, *given)


def _give_timer(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return tuple(payload[:2])


_SET = Operation(
    0x4020, "signal.handler.set", before=_handler, replay=RUN,
    a="signal", payload="the handler: its name, or that of its type",
)  # fmt: skip

OPERATIONS = (
    _SET,
    Operation(
        0x4021, "signal.wakeup.set", "signal.set_wakeup_fd", before=argument(0, "fd"), after=result_after(0, "fd"),
        give=give_b, a="descriptor", b="the one before",
    ),
    Operation(0x4022, "signal.interrupts.set", "signal.siginterrupt", before=argument(0, "signalnum"), a="signal"),
    Operation(
        0x4023, "signal.raise", "signal.raise_signal", before=argument(0, "signalnum"), blocks=True, flow=OUT,
        a="signal",
    ),
    Operation(
        0x4024, "signal.thread.kill", "signal.pthread_kill", before=_thread, blocks=True, flow=OUT,
        a="signal", payload="ident of the thread",
    ),
    Operation(
        0x4025, "signal.descriptor.kill", "signal.pidfd_send_signal", before=_descriptor, blocks=True, flow=OUT,
        a="signal", payload="the pidfd; process.pidfd says whose",
    ),
    Operation(
        0x4026, "signal.wait", "signal.sigwait", before=_wanted, after=_taken, blocks=True, flow=IN, give=_give_signal,
        a="signal taken; while pending, the signals waited for as bits, 1 the lowest", b="the signals waited for",
    ),
    Operation(
        0x4027, "signal.wait_info", "signal.sigwaitinfo", before=_wanted, after=_informed, blocks=True, flow=IN,
        give=_give_information, a="signal taken; while pending, the signals waited for as bits", b="pid of the sender",
        payload="the fields of siginfo",
    ),
    Operation(
        0x4028, "signal.wait_timed", "signal.sigtimedwait", before=_wanted, after=_informed, blocks=True, flow=IN,
        give=_give_information, a="signal taken, 0 after the timeout; while pending, the signals waited for as bits",
        b="pid of the sender", payload="the fields of siginfo; while pending, the timeout in seconds",
    ),
    Operation(
        0x4029, "signal.mask.set", "signal.pthread_sigmask", before=_mask_wanted, after=_masked, give=_give_mask,
        a="how: 0 block, 1 unblock, 2 set", b="the mask before, as bits, signal 1 the lowest",
        payload="the signals given, as bits",
    ),
    Operation(
        0x402A, "signal.pending", "signal.sigpending", after=lambda args, kwargs, result: (0, mask_of(result), None),
        give=_give_mask, b="pending signals as bits, signal 1 the lowest",
    ),
    Operation(
        0x402B, "signal.alarm", "signal.alarm", before=argument(0, "seconds"), after=result_after(0, "seconds"),
        give=give_b, a="seconds", b="seconds that were left of the one before",
    ),
    Operation(
        0x402C, "signal.timer.set", "signal.setitimer", before=_timer, after=_timer_set, give=_give_timer,
        a="which: 0 real, 1 virtual, 2 profiling", payload="seconds and interval before, seconds and interval set",
    ),
    Operation(
        0x402D, "signal.timer.get", "signal.getitimer", before=_timer, after=result_in_payload, give=give_payload,
        payload="seconds left, interval",
    ),
    Operation(0x402E, "signal.pause", "signal.pause", blocks=True, flow=IN),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Have the interpreter call ours, and show the program its own."""
    for row in OPERATIONS:
        wrapper: Any = getattr(module, (row.target or "").removeprefix("signal."), None)
        if hasattr(wrapper, "__func__"):  # a routine of this module that is no builtin says that it is of this module
            wrapper.__func__.__module__ = module.__name__
    plain_set, plain_get = module.signal, module.getsignal

    def signal(signalnum: Any, handler: Any) -> Any:
        let_postponed_come()
        return uncover(plain_set(signalnum, cover(handler, reading)))

    def getsignal(signalnum: Any) -> Any:
        return uncover(plain_get(signalnum))

    dress(signal, plain_set)  # its own TypeErrors are to read like those of the plain one
    module.signal = reading.wrap(_SET, signal)  # type: ignore[attr-defined]
    module.getsignal = getsignal  # type: ignore[attr-defined]
    dress(module.signal, plain_set)
    dress(getsignal, plain_get)
