"""`threading.Event`; and a `threading.Timer`, which is a thread that waits for one."""

from __future__ import annotations

from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import GIVE, IN, OUT, RUN, WAIT, Operation
from ipcreel.mechanism.ownership import made_by_program, makes_for_caller, new_of_program, number_of, unwatched, watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    event = args[0]
    event._ipcreel_object = number = new_of_program("event")
    return number


def _wait_at_once(args: Args, kwargs: Kwargs) -> Any:
    return True if args[0]._flag is True and len(args) + len(kwargs) <= 2 else WAIT


_FOREVER = (timeouts.FOREVER, None)  # made once: these are called at every operation
_AT_ONCE = (timeouts.FOREVER, 1, None)
_IS_SET, _IS_NOT_SET = (0, 1, None), (0, 0, None)


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return _FOREVER if len(args) == 1 and not kwargs else (timeouts.of_timeout(args, kwargs), None)


def _seen(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    if result is True and len(args) == 1 and not kwargs:
        return _AT_ONCE
    return timeouts.of_timeout(args, kwargs), result is True, None


def _is_set(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return _IS_SET if result is True else _IS_NOT_SET


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


OPERATIONS = (
    Operation(
        0x2401, "threads.event.create", "threading.Event", identify=_made, concerns=made_by_program, replay=RUN,
    ),
    Operation(
        0x2402, "threads.event.set", "threading.Event.set", identify=number_of, concerns=watched, flow=OUT, replay=RUN,
    ),
    Operation(
        0x2403, "threads.event.clear", "threading.Event.clear", identify=number_of, concerns=watched, replay=RUN,
    ),
    Operation(
        0x2404, "threads.event.wait", "threading.Event.wait", identify=number_of, concerns=watched, before=_wanted,
        attempt=_wait_at_once, after=_seen, blocks=True, flow=IN, replay=RUN,
        a=timeouts.IN_WORDS, b="1 set, 0 not in time",
    ),
    Operation(
        0x2405, "threads.event.is_set", "threading.Event.is_set", identify=number_of, concerns=watched, after=_is_set,
        flow=IN, replay=GIVE, give=_give_truth,
        b="1 set, 0 not",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Let the event in a timer belong to who makes the timer: its wait is that of the timer, its set a cancel."""
    library: Any = module
    unwatched(library.Event)
    makes_for_caller(library.Timer.__init__.__code__)
