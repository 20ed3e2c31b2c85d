"""`threading.Semaphore` and `threading.BoundedSemaphore`."""

from __future__ import annotations

from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import IN, OUT, RUN, WAIT, Operation, Usual, known_when_installed
from ipcreel.mechanism.ownership import made_by_program, new_of_program, number_of, unwatched, watched
from ipcreel.mechanism.stand_in import dressed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    semaphore = args[0]
    semaphore._ipcreel_object = number = new_of_program("semaphore")
    return number


def _value(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    value = args[0]._value
    return (value if type(value) is int else 0), getattr(args[0], "_initial_value", 0), None


def _patience(args: Args, kwargs: Kwargs) -> int:
    if len(args) == 1 and not kwargs:
        return timeouts.FOREVER
    blocking = args[1] if len(args) > 1 else kwargs.get("blocking", True)
    return timeouts.of_block_and_timeout(
        (None, blocking, args[2] if len(args) > 2 else kwargs.get("timeout")), {}
    )  # fmt: skip


_FOREVER = (timeouts.FOREVER, None)  # made once: these are called at every operation
_AT_ONCE = (timeouts.FOREVER, 1, None)


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return _FOREVER if len(args) == 1 and not kwargs else (_patience(args, kwargs), None)


def _acquired(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    if result is True and len(args) == 1 and not kwargs:
        return _AT_ONCE
    return _patience(args, kwargs), result is True, None


def _released(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    count = args[1] if len(args) > 1 else kwargs.get("n", 1)
    return (count if type(count) is int and abs(count) < 2**63 else 0), None


_NUMBER = "semaphore._ipcreel_object"
CREATE = Operation(
    0x2201, "threads.semaphore.create", identify=_made, concerns=made_by_program, after=_value, replay=RUN,
    a="initial value", b="the most that it may have, 0 where there is no bound",
)  # fmt: skip
RELEASE = Operation(
    0x2203, "threads.semaphore.release", identify=number_of, concerns=watched, before=_released, flow=OUT, replay=RUN,
    usual=Usual("semaphore", scope={}, a="1", object_=_NUMBER),
    a="how many acquires it lets through",
)  # fmt: skip


_ACQUIRED = Usual(
    "semaphore", scope={}, a=str(timeouts.FOREVER), attempt="original(semaphore, False) or WAIT", b="result is True",
    object_=_NUMBER,
)  # fmt: skip


def _acquire_row(attempt: Any) -> Operation:
    return Operation(
        0x2202, "threads.semaphore.acquire", identify=number_of, concerns=watched, before=_wanted, after=_acquired,
        attempt=attempt, blocks=True, flow=IN, replay=RUN, usual=_ACQUIRED,
        a=timeouts.IN_WORDS, b="1 acquired, 0 not",
    )  # fmt: skip


ACQUIRE = _acquire_row(known_when_installed)
OPERATIONS = (CREATE, ACQUIRE, RELEASE)


def install(module: ModuleType, reading: Reading) -> None:
    """Replace the methods of the two classes."""
    library: Any = module
    semaphore, bounded = library.Semaphore, library.BoundedSemaphore
    unwatched(semaphore)
    plain = semaphore.acquire

    def acquire_at_once(args: Args, kwargs: Kwargs) -> Any:
        if len(args) == 1 and not kwargs:
            return plain(args[0], False) or WAIT
        return plain(*args, **kwargs) if _patience(args, kwargs) == 0 else WAIT

    row = _acquire_row(acquire_at_once)
    semaphore.acquire = semaphore.__enter__ = dressed(reading.wrap(row, plain), plain)
    for one in (semaphore, bounded):
        one.release = dressed(reading.wrap(RELEASE, one.release), one.release)
        one.__init__ = dressed(reading.wrap(CREATE, one.__init__), one.__init__)
