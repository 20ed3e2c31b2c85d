"""Sleeps and reads of the clock through `time`.

Out of reach: `datetime.now` and kin, and whatever else reads a clock in C.
"""

from __future__ import annotations

from ipcreel.mechanism import floats
from ipcreel.mechanism.floats import bits_of, float_in_b, give_float
from ipcreel.mechanism.keeping import argument, give_b, result_in_b
from ipcreel.mechanism.operation import Operation, Usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _asleep(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return bits_of(args[0]) if args else 0, None


def _reads_now(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return not args or args[0] is None


def _formats_now(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) < 2


def _broken_down(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, [tuple(result), result.tm_zone, result.tm_gmtoff]


def _give_broken_down(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    import time

    fields, zone, offset = payload
    return time.struct_time((*fields, zone, offset))


def _text(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, result


def _give_text(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return payload


def _clock(code: int, name: str, what: str) -> tuple[Operation, Operation]:
    seconds = Operation(
        code, f"clock.{name}.read", f"time.{name}", after=float_in_b, give=give_float,
        b=f"{what}, the bits of a float in seconds",
        usual=Usual(scope=vars(floats), b="bits_of_float(result)"),
    )  # fmt: skip
    nanoseconds = Operation(
        code + 1, f"clock.{name}_ns.read", f"time.{name}_ns", after=result_in_b, give=give_b, b=f"{what} in ns",
        usual=Usual(scope=globals(), b="result"),
    )  # fmt: skip
    return seconds, nanoseconds


OPERATIONS = (
    Operation(
        0x4301, "clock.sleep", "time.sleep", before=_asleep, blocks=True, a="the bits of a float: how many seconds",
    ),
    *_clock(0x4302, "time", "the time since 1970"),
    *_clock(0x4304, "monotonic", "the monotonic clock"),
    *_clock(0x4306, "perf_counter", "the performance counter"),
    *_clock(0x4308, "process_time", "processor time of the process"),
    *_clock(0x430A, "thread_time", "processor time of the thread"),
    Operation(
        0x430C, "clock.of.read", "time.clock_gettime", before=argument(0, "clk_id"),
        after=lambda args, kwargs, result: (args[0], bits_of(result), None), give=give_float,
        a="which clock", b="its time, the bits of a float in seconds",
    ),
    Operation(
        0x430D, "clock.of_ns.read", "time.clock_gettime_ns", before=argument(0, "clk_id"),
        after=lambda args, kwargs, result: (args[0], result, None), give=give_b, a="which clock", b="its time in ns",
    ),
    Operation(
        0x430E, "clock.local.read", "time.localtime", concerns=_reads_now, after=_broken_down, give=_give_broken_down,
        payload="the nine fields, the zone, its offset",
    ),
    Operation(
        0x430F, "clock.utc.read", "time.gmtime", concerns=_reads_now, after=_broken_down, give=_give_broken_down,
        payload="the nine fields, the zone, its offset",
    ),
    Operation(
        0x4310, "clock.text.read", "time.ctime", concerns=_reads_now, after=_text, give=_give_text, payload="the text",
    ),
    Operation(
        0x4311, "clock.fields_as_text.read", "time.asctime", concerns=lambda args, kwargs: not args, after=_text,
        give=_give_text, payload="the text",
    ),
    Operation(
        0x4312, "clock.formatted.read", "time.strftime", concerns=_formats_now, after=_text, give=_give_text,
        payload="the text",
    ),
)  # fmt: skip
