"""`threading.Condition`.

A wait gives the lock back at its begin and has it again at its end; the lock's own events say nothing of that. A
`wait_for` is an event around those of its waits and of whatever its predicate does.
"""

from __future__ import annotations

from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import IN, OUT, RUN, Operation, Usual
from ipcreel.mechanism.ownership import made_by_program, makes_for_caller, new_of_program, number_of, unwatched, watched
from ipcreel.mechanism.stand_in import dressed
from ipcreel.mechanism.thread_locks import keep_out, replacements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    condition = args[0]
    condition._ipcreel_object = number = new_of_program("condition")
    return number


def _its_lock(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    number = getattr(args[0]._lock, "_ipcreel_object", 0)
    return (number if type(number) is int and number > 0 else 0), 0, None


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs), None


def _woken(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return timeouts.of_timeout(args, kwargs), result is True, None


def _wanted_for(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs, 2), None


def _waiting(args: Args) -> int:
    try:
        return len(args[0]._waiters)
    except (AttributeError, TypeError):
        return 0


def _notified(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    most = args[1] if len(args) > 1 else kwargs.get("n", 1)
    return (max(0, min(most, _waiting(args))) if type(most) is int else 0), None


def _notified_all(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return _waiting(args), None


_FOREVER, _NUMBER = str(timeouts.FOREVER), "condition._ipcreel_object"
_SCOPE: dict[str, Any] = {"waiting": _waiting, "its_lock": _its_lock}
CREATE = Operation(
    0x2301, "threads.condition.create", identify=_made, concerns=made_by_program, after=_its_lock, replay=RUN,
    usual=Usual("condition", scope=_SCOPE, a_after="its_lock((condition,), {}, None)[0]"),
    a="key of its lock among the objects of kind lock and rlock of the process; 0 where the lock is not a recorded one",
)  # fmt: skip

OPERATIONS = (
    CREATE,
    Operation(
        0x2302, "threads.condition.wait", "threading.Condition.wait", identify=number_of, concerns=watched,
        before=_wanted, after=_woken, blocks=True, flow=IN, replay=RUN,
        usual=Usual("condition", scope={}, a=_FOREVER, b="result is True", object_=_NUMBER),
        a=timeouts.IN_WORDS, b="1 notified, 0 not in time",
    ),
    Operation(
        0x2303, "threads.condition.wait_for", "threading.Condition.wait_for", identify=number_of, concerns=watched,
        before=_wanted_for, blocks=True, replay=RUN,
        usual=Usual("condition", "predicate", scope={}, a=_FOREVER, object_=_NUMBER),
        a=timeouts.IN_WORDS,
    ),
    Operation(
        0x2304, "threads.condition.notify", "threading.Condition.notify", identify=number_of, concerns=watched,
        before=_notified, flow=OUT, replay=RUN,
        usual=Usual("condition", scope=_SCOPE, a="min(1, waiting((condition,)))", object_=_NUMBER),
        a="how many waits it ends: those that began first",
    ),
    Operation(
        0x2305, "threads.condition.notify_all", "threading.Condition.notify_all", identify=number_of,
        concerns=watched, before=_notified_all, flow=OUT, semantic=True, replay=RUN,
        usual=Usual("condition", scope=_SCOPE, a="waiting((condition,))", object_=_NUMBER),
        a="how many waits it ends: all",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Replace the constructor, whose lock, where it is given none, is the program's too."""
    library: Any = module
    condition = library.Condition
    lock_class = replacements(reading)[0]
    unwatched(condition)
    plain = condition.__init__
    makes_for_caller(plain.__code__)

    def make(*args: Any, **kwargs: Any) -> None:
        plain(*args, **kwargs)
        if type(args[0]._lock) is lock_class:
            keep_out(args[0])

    condition.__init__ = dressed(reading.wrap(CREATE, make), plain)
