"""Waiting for descriptors: select, poll, epoll, and selectors through them."""

from __future__ import annotations

import posix

from ipcreel.interpose.builtin import original_of
from ipcreel.interpose.targets import dress
from ipcreel.mechanism import descriptors
from ipcreel.mechanism.operation import Operation, Usual
from ipcreel.mechanism.stand_in import StandIn
from ipcreel.mechanism.waiting_data import ask, asked, chosen, descriptor_of, give_chosen, microseconds
from ipcreel.tape.process import new_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_getpid = original_of(posix.getpid)
_SECOND, _MILLISECOND = 1_000_000, 1_000
_count = 0


def number_waiter(kind: str) -> int:
    """The number of a poll or epoll object that was made just now."""
    global _count  # noqa: PLW0603
    _count += 1
    return new_object(kind, (_getpid(), _count), f"{kind} {_count}", shared=True)


def _waiter(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return getattr(args[0], "_ipcreel_object", 0) if args else 0


def _watched(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    descriptor = descriptor_of(args[1] if len(args) > 1 else kwargs.get("fd"))
    return descriptors.number_of(descriptor) if descriptor >= 0 else 0


def _watch(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    mask = args[2] if len(args) > 2 else kwargs.get("eventmask", -1)
    return (mask if type(mask) is int and abs(mask) < 1 << 62 else -1), None


def _watching(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _watch(args, kwargs)[0], descriptor_of(args[1] if len(args) > 1 else kwargs.get("fd")), None


def _give_watched(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    """C asks the program's object for its descriptor, and that may be an operation."""
    ask(args[1] if len(args) > 1 else kwargs.get("fd"))


def _poll_timeout(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return microseconds(args[1] if len(args) > 1 else kwargs.get("timeout"), _MILLISECOND), None


def _epoll_timeout(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return microseconds(args[1] if len(args) > 1 else kwargs.get("timeout"), _SECOND), None


def _flat(result: list[tuple[int, int]]) -> list[int] | None:
    return [number for pair in result for number in pair] if result else None


def _polled(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _poll_timeout(args, kwargs)[0], len(result), _flat(result)


def _epolled(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _epoll_timeout(args, kwargs)[0], len(result), _flat(result)


def _give_pairs(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> list[tuple[int, int]]:
    return list(zip(payload[::2], payload[1::2], strict=True)) if payload else []


def _select_asked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return microseconds(args[3] if len(args) > 3 else None, _SECOND), asked(args[:3])


def _selected(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    ready = sum(len(group) for group in result)
    timeout = microseconds(args[3] if len(args) > 3 else None, _SECOND)
    return timeout, ready, chosen(args[:3], result)


def _select_one(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    """The object, where only one thing is waited for."""
    things = [thing for group in args[:3] if type(group) in (list, tuple, set) for thing in group]
    descriptor = descriptor_of(things[0]) if len(things) == 1 else -1
    return descriptors.number_of(descriptor) if descriptor >= 0 else 0


def _give_selected(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> tuple[Any, ...]:
    for group in args[:3]:
        for thing in group if type(group) in (list, tuple, set) else ():
            ask(thing)
    return tuple(give_chosen(args[:3], payload))


def _opened(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return result.fileno(), 0, None


def _give_epoll(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> InertEpoll:
    return InertEpoll(a)


def _give_closed(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    args[0]._real.close()


class InertEpoll:
    """An epoll object in a replay: a taped descriptor, nothing in the kernel."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptors.replayed(descriptor)
        self.closed = False

    def close(self) -> None:
        if not self.closed:
            descriptors.vacate(self.descriptor)
        self.closed = True

    def fileno(self) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed epoll object")
        return self.descriptor


_MASK, _PLACE = "event mask, -1 where none was given", "descriptor, -1 where only the program's own code knows it"
_READY, _PAIRS = "how many are ready", "[descriptor, events, descriptor, events, …]"
_TIMEOUT = "timeout in µs, -1 for ever"

SELECT = Operation(
    0x1401, "waiting.select.wait", "select.select", identify=_select_one, before=_select_asked, after=_selected,
    blocks=True, give=_give_selected, a=_TIMEOUT, b=_READY,
    payload="[places of those to read in the list given, to write, exceptional]; while pending, their descriptors",
)  # fmt: skip
EPOLL_CREATE = Operation(
    0x1411, "waiting.epoll.create", after=_opened, give=_give_epoll, a="descriptor",
)  # fmt: skip
POLL_METHODS = (
    Operation(
        0x1402, "waiting.poll.register", "register", identify=_watched, before=_watch, after=_watching,
        give=_give_watched, a=_MASK, b=_PLACE,
    ),
    Operation(
        0x1403, "waiting.poll.modify", "modify", identify=_watched, before=_watch, after=_watching, give=_give_watched,
        a=_MASK, b=_PLACE,
    ),
    Operation(
        0x1404, "waiting.poll.unregister", "unregister", identify=_watched, after=_watching, give=_give_watched,
        a="-1", b=_PLACE,
    ),
    Operation(
        0x1405, "waiting.poll.wait", "poll", identify=_waiter, before=_poll_timeout, after=_polled, blocks=True,
        give=_give_pairs, a=_TIMEOUT, b=_READY, payload=_PAIRS,
    ),
)  # fmt: skip


def _usual_wait(plain: Callable[..., Any] | None) -> Usual:
    """As `selectors` waits for ever; what is ready is one thing most often."""
    return Usual(
        "epoll", "timeout", "most", scope={"plain": plain, "flat": _flat},
        when="type(timeout) is int and timeout == -1 and hasattr(epoll, '_real')", a="-1",
        call="plain(epoll._real, timeout, most)", b="len(result)",
        got="[*result[0]] if len(result) == 1 else flat(result)", object_="epoll._ipcreel_object",
    )  # fmt: skip


EPOLL_WAIT = Operation(
    0x1415, "waiting.epoll.wait", "poll", identify=_waiter, before=_epoll_timeout, after=_epolled, blocks=True,
    give=_give_pairs, usual=_usual_wait(None), a=_TIMEOUT, b=_READY, payload=_PAIRS,
)  # fmt: skip
EPOLL_METHODS = (
    Operation(
        0x1412, "waiting.epoll.register", "register", identify=_watched, before=_watch, after=_watching,
        give=_give_watched, a=_MASK, b=_PLACE,
    ),
    Operation(
        0x1413, "waiting.epoll.modify", "modify", identify=_watched, before=_watch, after=_watching, give=_give_watched,
        a=_MASK, b=_PLACE,
    ),
    Operation(
        0x1414, "waiting.epoll.unregister", "unregister", identify=_watched, after=_watching, give=_give_watched,
        a="-1", b=_PLACE,
    ),
    EPOLL_WAIT,
    Operation(0x1416, "waiting.epoll.close", "close", identify=_waiter, give=_give_closed),
)  # fmt: skip
OPERATIONS = (SELECT, EPOLL_CREATE, *POLL_METHODS, *EPOLL_METHODS)


def install(module: ModuleType, reading: Reading) -> None:
    """poll and epoll objects cannot be subclassed: put classes that pass everything on in their place."""
    if hasattr(module, "poll"):
        _install_poll(module, reading)
    if hasattr(module, "epoll"):
        _install_epoll(module, reading)


def _methods(original: type, rows: tuple[Operation, ...], reading: Reading) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    for row in rows:
        plain = getattr(original, str(row.target))
        if row is EPOLL_WAIT:
            row = row.like(usual=_usual_wait(plain))  # noqa: PLW2901
        namespace[str(row.target)] = wrapper = reading.wrap(row, _passing_on(plain))
        dress(wrapper, plain)
    return namespace


def _passing_on(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(*args: Any, **kwargs: Any) -> Any:
        if not args or not hasattr(args[0], "_real"):
            return plain(*args, **kwargs)  # which says what is wrong
        return plain(args[0]._real, *args[1:], **kwargs)

    return method


def _class(original: type, namespace: dict[str, Any]) -> type:
    return StandIn(
        original.__name__,
        (),
        {
            "_ipcreel_plain": original,
            "__slots__": ("_ipcreel_object", "_real"),
            "__module__": "select",
            "__qualname__": original.__qualname__,
            "__doc__": original.__doc__,
            **namespace,
        },
    )


def _install_poll(module: ModuleType, reading: Reading) -> None:
    plain = module.poll
    original = type(plain())

    def new(cls: type, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"cannot create '{original.__module__}.{original.__name__}' instances")

    kind: Any = _class(original, {"__new__": new, **_methods(original, POLL_METHODS, reading)})

    def poll(*args: Any, **kwargs: Any) -> Any:
        made = object.__new__(kind)
        made._real = plain(*args, **kwargs)
        made._ipcreel_object = number_waiter("poll")
        return made

    descriptors.put(module, "poll", None, poll, reading)


def _install_epoll(module: ModuleType, reading: Reading) -> None:
    plain = module.epoll
    create = reading.wrap(EPOLL_CREATE, descriptors.making_object(plain))
    adopt = reading.wrap(EPOLL_CREATE, plain.fromfd)

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return _made(cls, create(*args, **kwargs))

    def fromfd(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return _made(cls, adopt(*args, **kwargs))

    def enter(self: Any) -> Any:
        self._real.fileno()
        return self

    def leave(self: Any, *_: object) -> None:
        self.close()

    dress(new, plain.__new__)
    dress(fromfd, plain.fromfd)
    namespace = {
        "__new__": new,
        "__enter__": enter,
        "__exit__": leave,
        "fromfd": classmethod(fromfd),
        "fileno": lambda self: self._real.fileno(),
        "closed": property(lambda self: self._real.closed, doc=plain.closed.__doc__),
        **_methods(plain, EPOLL_METHODS, reading),
    }
    dress(namespace["fileno"], plain.fileno)
    module.epoll = _class(plain, namespace)  # type: ignore[attr-defined]


def _made(kind: Any, real: Any) -> Any:
    made = object.__new__(kind)
    made._real = real
    made._ipcreel_object = number_waiter("epoll")
    return made
