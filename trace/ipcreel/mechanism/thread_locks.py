"""`threading.Lock` and `threading.RLock`.

A lock cannot be subclassed: a class of ours with a lock inside stands in its place. A lock that is free is taken at
once, and only one that is not is written down as a wait before it is waited for.
"""

from __future__ import annotations

import _thread

from ipcreel.interpose.builtin import original_of, stand_for
from ipcreel.mechanism import ownership, timeouts
from ipcreel.mechanism.operation import ANYTHING, GAVE_TRUTH, GIVE, IN, OUT, RUN, WAIT, Native, Operation
from ipcreel.mechanism.ownership import new_of_program
from ipcreel.mechanism.stand_in import StandIn, dressed, stand_in
from ipcreel.tape.process import passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]

# What a module of the library took before may be ours already: a factory that knows the plain one.
_plain_lock: Any = original_of(_thread.allocate_lock)
_PlainRLock = getattr(_thread.RLock, "_ipcreel_plain", _thread.RLock)
_acquire_plain_rlock = _PlainRLock.acquire


def patience(args: Args, kwargs: Kwargs) -> int:
    """How long `acquire(blocking=True, timeout=-1)` is willing to wait."""
    if len(args) == 1 and not kwargs:
        return timeouts.FOREVER
    blocking = args[1] if len(args) > 1 else kwargs.get("blocking", True)
    timeout = args[2] if len(args) > 2 else kwargs.get("timeout")
    if isinstance(timeout, (int, float)) and timeout < 0:
        timeout = None
    return timeouts.of_block_and_timeout((None, blocking, timeout), {})


_FOREVER = (timeouts.FOREVER, None)  # made once: these are called at every operation
_AT_ONCE = (timeouts.FOREVER, 1, None)


def _lock(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):  # not a lock: the original says so
        return 0


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return _FOREVER if len(args) == 1 and not kwargs else (patience(args, kwargs), None)


def _acquired(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    if result is True and len(args) == 1 and not kwargs:
        return _AT_ONCE
    return patience(args, kwargs), result is True, None


def _locked(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, result is True, None


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


def _acquire_lock_at_once(args: Args, kwargs: Kwargs) -> Any:
    if len(args) == 1 and not kwargs:
        return args[0]._lock.acquire(False) or WAIT
    return args[0]._lock.acquire(*args[1:], **kwargs) if patience(args, kwargs) == 0 else WAIT


def _acquire_rlock_at_once(args: Args, kwargs: Kwargs) -> Any:
    if len(args) == 1 and not kwargs:
        return _acquire_plain_rlock(args[0], False) or WAIT
    return _acquire_plain_rlock(*args, **kwargs) if patience(args, kwargs) == 0 else WAIT


def _acquire_row(attempt: Any, native: Native) -> Operation:
    return Operation(
        0x2102, "threads.lock.acquire", identify=_lock, before=_wanted, after=_acquired,
        attempt=attempt, blocks=True, flow=IN, replay=RUN, native=native,
        a=timeouts.IN_WORDS, b="1 acquired, 0 not",
    )  # fmt: skip


_INSIDE: dict[str, Any] = {"inner": "_lock", "call": type(_plain_lock()).release}
_LEFT = ("kind", ANYTHING), ("exception", ANYTHING), ("traceback", ANYTHING)
CREATE = Operation(0x2101, "threads.lock.create", replay=RUN)
_TAKEN: dict[str, Any] = {"a": timeouts.FOREVER, "tries": True, "gave": GAVE_TRUTH}
ACQUIRE = _acquire_row(_acquire_lock_at_once, Native(**_TAKEN, inner="_lock", call=type(_plain_lock()).acquire))
ACQUIRE_RLOCK = _acquire_row(_acquire_rlock_at_once, Native(**_TAKEN))
RELEASE = Operation(
    0x2103, "threads.lock.release", identify=_lock, flow=OUT, replay=RUN, native=Native(**_INSIDE)
)  # fmt: skip
EXIT = RELEASE.like(native=Native(*_LEFT, **_INSIDE))
RELEASE_RLOCK = RELEASE.like(native=Native())
EXIT_RLOCK = RELEASE.like(native=Native(*_LEFT))
LOCKED = Operation(
    0x2104, "threads.lock.locked", identify=_lock, after=_locked, replay=GIVE, give=_give_truth,
    b="1 locked, 0 not",
)  # fmt: skip

OPERATIONS = (CREATE, ACQUIRE, RELEASE, LOCKED)


class DelegatingLock:
    """What a lock does, done by the lock inside. The attribute names are those of `_thread.lock`."""

    __slots__ = ("__weakref__", "_ipcreel_object", "_lock")

    _lock: Any
    _ipcreel_object: int

    def __new__(cls, *args: Any, **kwargs: Any) -> DelegatingLock:
        raise TypeError("cannot create '_thread.lock' instances")

    def acquire(self, *args: Any, **kwargs: Any) -> bool:
        return self._lock.acquire(*args, **kwargs)  # type: ignore[no-any-return]

    def release(self, *args: Any, **kwargs: Any) -> None:
        self._lock.release(*args, **kwargs)

    def locked(self, *args: Any, **kwargs: Any) -> bool:
        return self._lock.locked(*args, **kwargs)  # type: ignore[no-any-return]

    def __enter__(self, *args: Any, **kwargs: Any) -> bool:
        return self._lock.__enter__(*args, **kwargs)  # type: ignore[no-any-return]

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        self._lock.__exit__(*args, **kwargs)

    def _at_fork_reinit(self, *args: Any, **kwargs: Any) -> None:
        self._lock._at_fork_reinit(*args, **kwargs)

    def __repr__(self) -> str:
        return f"{repr(self._lock).rpartition(' at ')[0]} at {id(self):#x}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._lock.__reduce_ex__(protocol)


def _lock_class(reading: Reading) -> type:
    """The class that `type(threading.Lock())` is."""
    plain = type(_plain_lock())
    acquire = reading.wrap(ACQUIRE, DelegatingLock.acquire)
    release = reading.wrap(RELEASE, DelegatingLock.release)
    locked = reading.wrap(LOCKED, DelegatingLock.locked)
    namespace = {
        **{name: value for name, value in vars(DelegatingLock).items() if name not in DelegatingLock.__slots__},
        "acquire": dressed(acquire, plain.acquire),
        "acquire_lock": acquire,
        "release": dressed(release, plain.release),
        "release_lock": release,
        "locked": dressed(locked, plain.locked),
        "locked_lock": locked,
        "__enter__": dressed(reading.wrap(ACQUIRE, DelegatingLock.__enter__), plain.__enter__),
        "__exit__": dressed(reading.wrap(EXIT, DelegatingLock.__exit__), plain.__exit__),
        "__module__": plain.__module__,
        "__qualname__": plain.__qualname__,
        "__doc__": plain.__doc__,
        "__init_subclass__": classmethod(_refuse_subclass),
        "_ipcreel_plain": plain,
    }
    return StandIn(plain.__name__, (), namespace)


def _refuse_subclass(cls: type) -> None:
    raise TypeError("type '_thread.lock' is not an acceptable base type")


def _lock_factory(lock_class: type, reading: Reading) -> Any:
    """`_thread.allocate_lock`."""

    def allocate_lock(*args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            return _plain_lock(*args, **kwargs)  # raises
        number = new_of_program("lock")
        if number < 0:
            return _plain_lock()
        lock: Any = object.__new__(lock_class)
        lock._lock = _plain_lock()
        lock._ipcreel_object = number
        reading.note(CREATE, number)
        return lock

    return stand_for(_plain_lock, allocate_lock)


def _rlock_class(reading: Reading) -> type:
    return stand_in(
        _PlainRLock,
        "rlock",
        CREATE,
        {
            "__repr__": _repr_of_rlock,
            "acquire": dressed(reading.wrap(ACQUIRE_RLOCK, _PlainRLock.acquire), _PlainRLock.acquire),
            "release": dressed(reading.wrap(RELEASE_RLOCK, _PlainRLock.release), _PlainRLock.release),
            "__enter__": dressed(reading.wrap(ACQUIRE_RLOCK, _PlainRLock.__enter__), _PlainRLock.__enter__),
            "__exit__": dressed(reading.wrap(EXIT_RLOCK, _PlainRLock.__exit__), _PlainRLock.__exit__),
        },
        reading,
    )


def _repr_of_rlock(self: Any) -> str:
    # A class made by Python is shown without its module.
    text: str = _PlainRLock.__repr__(self)
    return text.replace(" RLock ", " _thread.RLock ", 1) if type(self) is _replacements[2] else text


def keep_out(condition: Any) -> None:
    """Let a condition wait and notify on the plain lock inside ours: how it does that is not the program's doing."""
    lock = condition._lock._lock
    condition._release_save = lock.release
    condition._acquire_restore = lambda _: lock.acquire()
    condition._is_owned = lock.locked  # as far as a plain lock can tell


_replacements: list[Any] = []  # the lock class, its factory, the class of reentrant locks: made once


def replacements(reading: Reading) -> list[Any]:
    """What stands for `_thread.LockType`, `_thread.allocate_lock` and `_thread.RLock`."""
    if not _replacements:
        lock_class = _lock_class(reading)
        _replacements.extend((lock_class, _lock_factory(lock_class, reading), _rlock_class(reading)))
    return _replacements


def install(module: ModuleType, reading: Reading) -> None:
    """Put the replacements into `threading`, which has just been imported, and into `_thread`."""
    lock_class, factory, rlock_class = replacements(reading)
    library: Any = module
    library._allocate_lock = _plain_lock
    library.Lock = lock_class if isinstance(_plain_lock, type) else factory
    library._CRLock = rlock_class
    low: Any = _thread
    low.allocate_lock = low.allocate = factory
    low.LockType = lock_class
    low.RLock = rlock_class
    ownership.makes_for_caller(library.RLock.__code__)
    passed.add(module.__file__ or "")
