"""Locks, semaphores, conditions, events and barriers of `multiprocessing`.

All of them stand on `_multiprocessing.SemLock`, a type written in C: it is replaced by subclasses that keep the number
of their object. A condition, an event or a barrier is known by one of the semaphores that it is made of.

    Lock, RLock ─────────── SemLock       Condition ── _wait_semaphore ── SemLock
    Semaphore, Bounded… ─── SemLock       Event ────── _flag ──────────── SemLock
                                          Barrier ──── _cond ──────────── Condition
"""

from __future__ import annotations

from ipcreel.interpose.targets import dress, subclass
from ipcreel.mechanism import descriptors, inside
from ipcreel.mechanism.mp_identity import key_of, named, object_of
from ipcreel.mechanism.operation import ANYTHING, GAVE_TRUTH, IN, OUT, WAIT, Native, Operation
from ipcreel.mechanism.timeouts import IN_WORDS, of_block_and_timeout, of_timeout
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _semlock(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return 0


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._semlock._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):  # it could not be made
        return 0


def _patience(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return (-1 if len(args) == 1 and not kwargs else of_block_and_timeout(args, kwargs)), None


def _try(args: Args, kwargs: Kwargs) -> Any:
    """Take it if that needs no waiting."""
    if len(args) != 1 or kwargs:
        return WAIT
    return _acquire(args[0], False) or WAIT


def _acquired(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return (-1 if len(args) == 1 and not kwargs else of_block_and_timeout(args, kwargs)), result is True, None


def _give_acquired(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    if b:
        args[0].count += 1
    return bool(b)


def _give_released(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> None:
    args[0].count -= 1


def _value_made(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    semlock = args[0]._semlock
    return args[1] if len(args) > 1 else kwargs.get("value", 1), semlock.maxvalue, None


def _value(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    return result, 0, None


def _give_value(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    return a


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


def _truth(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, bool(result), None


def _condition(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return object_of(args, "condition", _of_condition, "_ipcreel_object")


def _event(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._flag._ipcreel_owner  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return object_of(args, "event", _of_event, "_flag._ipcreel_owner")


def _barrier(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:  # `threading.Barrier`, its base, has an attribute of ours too
        return args[0]._ipcreel_barrier  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return object_of(args, "barrier", _of_barrier, "_ipcreel_barrier")


def _condition_made(args: Args, kwargs: Kwargs, result: Any) -> int:
    return object_of(args, "condition", _of_condition, "_ipcreel_object", named("condition"))


def _event_made(args: Args, kwargs: Kwargs, result: Any) -> int:
    return object_of(args, "event", _of_event, "_flag._ipcreel_owner", named("event"))


def _barrier_made(args: Args, kwargs: Kwargs, result: Any) -> int:
    return object_of(args, "barrier", _of_barrier, "_ipcreel_barrier", named("barrier"))


def _of_condition(condition: Any) -> Any:
    return condition._wait_semaphore


def _of_event(event: Any) -> Any:
    return event._flag  # an event is pickled attribute by attribute: the number is kept where it stays behind


def _of_barrier(barrier: Any) -> Any:
    return barrier._cond._wait_semaphore


def _wait(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return of_timeout(args, kwargs), None


def _waited(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return of_timeout(args, kwargs), bool(result), None


def _notified(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    n = args[1] if len(args) > 1 else kwargs.get("n", 1)
    return (n if type(n) is int and 0 <= n < 2**63 else -1), None


def _parties(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    parties = args[1] if len(args) > 1 else kwargs.get("parties")
    return (parties if type(parties) is int and -(2**63) <= parties < 2**63 else 0), None


def _arrived(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    return of_timeout(args, kwargs), result if type(result) is int else -1, None


def _give_arrived(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    barrier = args[0]
    if b == barrier._parties - 1 and barrier._action:  # the last to arrive runs the action
        barrier._action()
    return b


_ACQUIRED = Native(a=-1, tries=True, gave=GAVE_TRUTH)
_RELEASED = Native()
_LEFT = Native(("kind", ANYTHING), ("exception", ANYTHING), ("traceback", ANYTHING))
LOCK_CREATE = Operation(0x3001, "mp.lock.create", identify=_made, semantic=True)
LOCK_ACQUIRE = Operation(
    0x3002, "mp.lock.acquire", identify=_semlock, attempt=_try, before=_patience, after=_acquired, blocks=True,
    flow=IN, give=_give_acquired, a=IN_WORDS, b="1 where it was acquired", native=_ACQUIRED,
)  # fmt: skip
LOCK_RELEASE = Operation(0x3003, "mp.lock.release", identify=_semlock, flow=OUT, give=_give_released, native=_RELEASED)
SEMAPHORE_CREATE = Operation(
    0x3011, "mp.semaphore.create", identify=_made, after=_value_made, a="initial value",
    b="highest value", semantic=True,
)  # fmt: skip
SEMAPHORE_ACQUIRE = Operation(
    0x3012, "mp.semaphore.acquire", identify=_semlock, attempt=_try, before=_patience, after=_acquired, blocks=True,
    flow=IN, give=_give_acquired, a=IN_WORDS, b="1 where it was acquired", native=_ACQUIRED,
)  # fmt: skip
SEMAPHORE_RELEASE = Operation(
    0x3013, "mp.semaphore.release", identify=_semlock, flow=OUT, give=_give_released, native=_RELEASED
)
SEMAPHORE_VALUE = Operation(
    0x3014, "mp.semaphore.value", identify=_semlock, after=_value, give=_give_value, a="its value"
)
SEMAPHORE_IS_ZERO = Operation(
    0x3015, "mp.semaphore.is_zero", identify=_semlock, after=_truth, give=_give_truth, b="1 where its value is 0"
)
CONDITION_CREATE = Operation(0x3021, "mp.condition.create", identify=_condition_made, semantic=True)
EVENT_CREATE = Operation(0x3031, "mp.event.create", identify=_event_made, semantic=True)
BARRIER_CREATE = Operation(
    0x3041, "mp.barrier.create", identify=_barrier_made, before=_parties, a="how many it waits for", semantic=True
)
_CONDITION, _EVENT, _BARRIER = (f"multiprocessing.synchronize.{name}." for name in ("Condition", "Event", "Barrier"))

OPERATIONS = (
    LOCK_CREATE, LOCK_ACQUIRE, LOCK_RELEASE,
    SEMAPHORE_CREATE, SEMAPHORE_ACQUIRE, SEMAPHORE_RELEASE, SEMAPHORE_VALUE, SEMAPHORE_IS_ZERO,
    CONDITION_CREATE,
    Operation(
        0x3022, "mp.condition.wait", _CONDITION + "wait", identify=_condition, before=_wait, after=_waited,
        blocks=True, semantic=True, flow=IN, give=_give_truth, a=IN_WORDS, b="1 where it was notified",
    ),
    Operation(
        0x3023, "mp.condition.notify", _CONDITION + "notify", identify=_condition, before=_notified, blocks=True,
        semantic=True, flow=OUT, a="how many to wake, at most",
    ),
    Operation(
        0x3024, "mp.condition.notify_all", _CONDITION + "notify_all", identify=_condition, blocks=True,
        semantic=True, flow=OUT,
    ),
    EVENT_CREATE,
    Operation(0x3032, "mp.event.set", _EVENT + "set", identify=_event, blocks=True, semantic=True, flow=OUT),
    Operation(0x3033, "mp.event.clear", _EVENT + "clear", identify=_event, blocks=True, semantic=True),
    Operation(
        0x3034, "mp.event.wait", _EVENT + "wait", identify=_event, before=_wait, after=_waited, blocks=True,
        semantic=True, flow=IN, give=_give_truth, a=IN_WORDS, b="1 where it was set",
    ),
    Operation(
        0x3035, "mp.event.is_set", _EVENT + "is_set", identify=_event, after=_truth, blocks=True, semantic=True,
        give=_give_truth, b="1 where it was set",
    ),
    BARRIER_CREATE,
    Operation(
        0x3042, "mp.barrier.wait", _BARRIER + "wait", identify=_barrier, before=_wait, after=_arrived, blocks=True,
        semantic=True, flow=IN, give=_give_arrived, a=IN_WORDS, b="how many had arrived before, since it last opened",
    ),
    Operation(0x3043, "mp.barrier.reset", _BARRIER + "reset", identify=_barrier, blocks=True, semantic=True),
    Operation(0x3044, "mp.barrier.abort", _BARRIER + "abort", identify=_barrier, blocks=True, semantic=True),
    Operation(
        0x3045, "mp.barrier.n_waiting", _BARRIER + "n_waiting:get", identify=_barrier, after=_value,
        give=_give_value, a="how many wait",
    ),
    Operation(
        0x3046, "mp.barrier.broken", _BARRIER + "broken:get", identify=_barrier, after=_truth, give=_give_truth,
        b="1 where it is broken",
    ),
)  # fmt: skip


_acquire: Any = None  # that of the type in C
_CLASSES = {
    "Lock": LOCK_CREATE, "RLock": LOCK_CREATE, "Semaphore": SEMAPHORE_CREATE, "BoundedSemaphore": SEMAPHORE_CREATE,
    "Condition": CONDITION_CREATE, "Event": EVENT_CREATE, "Barrier": BARRIER_CREATE,
}  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Install what targets cannot name: the type in C, and constructors, which have their rows in common."""
    if module.__name__ == "multiprocessing.resource_tracker":
        _leave_out_tracker(module, reading)
        return
    _replace_semlock(module, reading)
    for name, row in _CLASSES.items():
        _replace_constructor(getattr(module, name), row, reading)
    plain_release = module.Barrier._release

    def _release(self: Any) -> None:
        action = self._action
        if action:
            self._action = inside.of_program(action)
        try:
            plain_release(self)
        finally:
            self._action = action

    module.Barrier._release = _release
    if reading.replays:
        module.sem_unlink = _nothing  # type: ignore[attr-defined]


def _replace_semlock(module: ModuleType, reading: Reading) -> None:
    """Let every semaphore be of our type, a lock of another one, and each have its number as soon as it is there."""
    global _acquire  # noqa: PLW0603
    c_type = module._multiprocessing.SemLock
    _acquire = c_type.acquire
    if reading.replays:
        from ipcreel.mechanism.mp_inert import InertSemLock as c_type  # noqa: N813
    lock_type = _semlock_type(c_type, LOCK_ACQUIRE, LOCK_RELEASE, reading)
    semaphore_type = _semlock_type(c_type, SEMAPHORE_ACQUIRE, SEMAPHORE_RELEASE, reading)
    module._multiprocessing.SemLock = semaphore_type
    semlock = module.SemLock
    plain_init, plain_setstate, plain_make_methods = semlock.__init__, semlock.__setstate__, semlock._make_methods

    def _make_methods(self: Any) -> None:
        if type(self._semlock) is semaphore_type and isinstance(self, (module.Lock, module.RLock)):
            self._semlock.__class__ = lock_type
        plain_make_methods(self)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        plain_init(self, *args, **kwargs)
        _number(self, kind_of(self), True)

    def __setstate__(self: Any, state: Any) -> None:  # noqa: N807
        plain_setstate(self, state)
        _number(self, kind_of(self), False)

    def kind_of(self: Any) -> str:
        for name, kind in _KINDS:
            if isinstance(self, getattr(module, name)):
                return kind
        return "semaphore"

    for method in (_make_methods, __init__, __setstate__):
        dress(method, getattr(semlock, method.__name__))
        setattr(semlock, method.__name__, method)


_KINDS = (("Lock", "lock"), ("RLock", "rlock"), ("BoundedSemaphore", "bounded_semaphore"))


def _number(semlock: Any, kind: str, made: bool) -> None:
    name = named(kind.replace("_", " ")) if made else ""
    semlock._semlock._ipcreel_object = process.object_number("mp." + kind, key_of(semlock), name)


def _semlock_type(c_type: type, acquire: Operation, release: Operation, reading: Reading) -> type:
    rows = {
        "acquire": acquire, "__enter__": acquire, "release": release, "__exit__": release.like(native=_LEFT),
        "_get_value": SEMAPHORE_VALUE, "_is_zero": SEMAPHORE_IS_ZERO,
    }  # fmt: skip
    methods = {}
    for name, row in rows.items():
        original = getattr(c_type, name)
        methods[name] = reading.wrap(row, original)
        dress(methods[name], original)
    return subclass(c_type, methods)


def _replace_constructor(owner: Any, row: Operation, reading: Reading) -> None:
    original = owner.__init__
    if reading.replays:
        make = inside.of_library(original)
        row = row.like(give=lambda args, kwargs, a, b, payload: make(*args, **kwargs))
    owner.__init__ = reading.wrap(row, original)
    dress(owner.__init__, original)


def _leave_out_tracker(module: ModuleType, reading: Reading) -> None:
    """What is said to the process that tracks resources belongs to the library; in a replay there is none."""
    tracker = module.ResourceTracker
    for name in ("_send", "ensure_running"):
        original = getattr(tracker, name)
        setattr(tracker, name, _track_nothing if reading.replays else inside.of_library(original))
        dress(getattr(tracker, name), original)
    module.ensure_running = module._resource_tracker.ensure_running  # type: ignore[attr-defined]


def _track_nothing(self: Any, *args: Any) -> None:
    """Have a descriptor, and no process: libraries hand it on to processes that they start."""
    if self._fd is None:
        self._fd = descriptors.occupy_second()


def _nothing(*args: Any, **kwargs: Any) -> None:
    pass
