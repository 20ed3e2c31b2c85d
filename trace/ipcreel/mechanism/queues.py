"""`queue.Queue`, `LifoQueue`, `PriorityQueue` and `SimpleQueue`.

Items are handed on by reference. An item is known by its `id()`, from the put to the get that it goes to; what it holds
is kept where it is a plain value and short, otherwise its type alone: no code of the program's is run to show an item.
"""

from __future__ import annotations

import sys

from ipcreel.interpose.builtin import original_of
from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import GIVE, IN, OUT, RUN, WAIT, Operation
from ipcreel.mechanism.ownership import made_by_program, new_of_program, number_of, unwatched, watched
from ipcreel.mechanism.stand_in import dressed, stand_in
from ipcreel.tape import process
from ipcreel.tape.process import now, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]

_SHORT = 1024  # characters or bytes
_FOREVER = (timeouts.FOREVER, None)
_FEW = 8  # items of a tuple
_KINDS = {"Queue": "queue", "LifoQueue": "lifo queue", "PriorityQueue": "priority queue"}


def _is_plain(item: Any) -> bool:
    kind = type(item)
    if kind is int:
        return -(2**63) <= item < 2**64  # type: ignore[no-any-return]
    return kind is float or kind is bool or item is None or ((kind is str or kind is bytes) and len(item) <= _SHORT)


def content(item: Any) -> object:
    """What is kept of an item: itself where it is plain and short, otherwise `{"type": its name}`."""
    if _is_plain(item):
        return [None] if item is None else item
    kind = type(item)
    if kind is tuple and len(item) <= _FEW and all(map(_is_plain, item)):
        return item
    name = type.__getattribute__(kind, "__qualname__")
    return {"type": f"{type.__getattribute__(kind, '__module__')}.{name}"}


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    queue = args[0]
    queue._ipcreel_object = number = new_of_program(
        next((_KINDS[base.__name__] for base in type(queue).__mro__ if base.__module__ == "queue"), "queue")
    )
    return number


def _maxsize(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    maxsize = args[0].maxsize
    return (maxsize if type(maxsize) is int else 0), 0, None


def _item(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    if len(args) > 1:
        item = args[1]
    elif "item" in kwargs:
        item = kwargs["item"]
    else:
        return 0, None
    return id(item), content(item)


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    if len(args) == 1 and not kwargs:
        return _FOREVER
    return timeouts.of_block_and_timeout(args, kwargs), None


def _got(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return id(result), 1, None


def _read(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, (int(result) if isinstance(result, int) else 0), None


def _give_number(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    return b


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


_IN_GET = "id() of the item; while it waits, and where it raised: " + timeouts.IN_WORDS
_IN_CONTENT = "the item where it is plain and short (None as [None]), otherwise {type: its name}"

CREATE_SIMPLE = Operation(0x2611, "queues.simple.create", replay=RUN)
PUT_SIMPLE = Operation(
    0x2612, "queues.simple.put", identify=number_of, concerns=watched, before=_item, flow=OUT, replay=RUN,
    a="id() of the item", payload=_IN_CONTENT,
)  # fmt: skip


def _get_simple_row(attempt: Any) -> Operation:
    return Operation(
        0x2613, "queues.simple.get", identify=number_of, concerns=watched, before=_wanted, after=_got, attempt=attempt,
        blocks=True, flow=IN, replay=RUN,
        a=_IN_GET, b="1",
    )  # fmt: skip


QSIZE_SIMPLE = Operation(
    0x2615, "queues.simple.qsize", identify=number_of, concerns=watched, after=_read, give=_give_number,
    b="how many items",
)  # fmt: skip
EMPTY_SIMPLE = Operation(
    0x2616, "queues.simple.empty", identify=number_of, concerns=watched, after=_read, give=_give_truth,
    b="1 empty, 0 not",
)  # fmt: skip


def _put_row(attempt: Any) -> Operation:
    return Operation(
        0x2602, "queues.queue.put", identify=number_of, concerns=watched, before=_item, attempt=attempt, blocks=True,
        flow=OUT, replay=RUN,
        a="id() of the item", payload=_IN_CONTENT,
    )  # fmt: skip


def _get_row(attempt: Any) -> Operation:
    return Operation(
        0x2603, "queues.queue.get", identify=number_of, concerns=watched, before=_wanted, after=_got, attempt=attempt,
        blocks=True, flow=IN, replay=RUN,
        a=_IN_GET, b="1",
    )  # fmt: skip


OPERATIONS = (
    Operation(
        0x2601, "queues.queue.create", "queue.Queue", identify=_made, concerns=made_by_program, after=_maxsize,
        replay=RUN,
        a="the most items that it may hold, 0 and below where there is no bound",
    ),
    _put_row(None),
    _get_row(None),
    Operation(
        0x2604, "queues.queue.task_done", "queue.Queue.task_done", identify=number_of, concerns=watched, flow=OUT,
        replay=RUN,
    ),
    Operation(
        0x2605, "queues.queue.join", "queue.Queue.join", identify=number_of, concerns=watched, blocks=True, flow=IN,
        replay=RUN,
    ),
    Operation(
        0x2606, "queues.queue.qsize", "queue.Queue.qsize", identify=number_of, concerns=watched, after=_read,
        replay=GIVE, give=_give_number,
        b="how many items",
    ),
    Operation(
        0x2607, "queues.queue.empty", "queue.Queue.empty", identify=number_of, concerns=watched, after=_read,
        replay=GIVE, give=_give_truth,
        b="1 empty, 0 not",
    ),
    Operation(
        0x2608, "queues.queue.full", "queue.Queue.full", identify=number_of, concerns=watched, after=_read,
        replay=GIVE, give=_give_truth,
        b="1 full, 0 not",
    ),
    CREATE_SIMPLE,
    PUT_SIMPLE,
    _get_simple_row(None),
    QSIZE_SIMPLE,
    EMPTY_SIMPLE,
)  # fmt: skip


def _install_queue(library: Any, reading: Reading) -> None:
    kind = library.Queue
    unwatched(kind)
    plain_put, plain_get, empty = kind.put, kind.get, library.Empty

    def put_at_once(args: Args, kwargs: Kwargs) -> Any:
        if len(args) == 2 and not kwargs:
            maxsize = args[0].maxsize
            if type(maxsize) is int and maxsize <= 0:
                return plain_put(*args)
        return WAIT

    def get_at_once(args: Args, kwargs: Kwargs) -> Any:
        if len(args) == 1 and not kwargs:
            items = getattr(args[0], "queue", None)
            if not isinstance(items, (list, library.deque)) or not items:
                return WAIT
            try:
                return plain_get(args[0], False)
            except empty:
                return WAIT
        return plain_get(*args, **kwargs) if timeouts.of_block_and_timeout(args, kwargs) == 0 else WAIT

    kind.put = dressed(reading.wrap(_put_row(put_at_once), plain_put), plain_put)
    kind.get = dressed(reading.wrap(_get_row(get_at_once), plain_get), plain_get)


def _put_simple(plain: Any, reading: Reading) -> Any:
    """`put` of a simple queue, which a finalizer may call in the middle of another.

    A wrapper makes a tuple of its arguments: garbage may be collected there, and an object's `__del__` could put its
    item before ours. So the item is put first, and the event is written after.
    """
    plain_put = plain.put
    if reading.replays:
        return reading.wrap(PUT_SIMPLE, plain_put)
    note = reading.note

    def put(self: Any, item: Any, block: Any = True, timeout: Any = None) -> None:
        begin_ns = now()
        plain_put(self, item, block, timeout)
        here = process.here
        if here is None or here.inside:
            return
        number = getattr(self, "_ipcreel_object", -1)
        if number >= 0:
            note(PUT_SIMPLE, number, id(item), 0, content(item), begin_ns)

    return put


def _install_simple_queue(library: Any, reading: Reading) -> None:
    plain = getattr(library.SimpleQueue, "_ipcreel_plain", library.SimpleQueue)
    if not plain.__module__.startswith("_"):  # without the one written in C there is one written in Python
        return
    plain_get, plain_empty, empty = plain.get, plain.empty, library.Empty

    def get_at_once(args: Args, kwargs: Kwargs) -> Any:
        if len(args) == 1 and not kwargs:
            if plain_empty(args[0]):
                return WAIT
            try:
                return plain_get(args[0], False)
            except empty:
                return WAIT
        return plain_get(*args, **kwargs) if timeouts.of_block_and_timeout(args, kwargs) == 0 else WAIT

    rows = {
        "get": _get_simple_row(get_at_once),
        "qsize": QSIZE_SIMPLE,
        "empty": EMPTY_SIMPLE,
    }
    methods = {
        name: dressed(reading.wrap(row, getattr(plain, name)), getattr(plain, name)) for name, row in rows.items()
    }
    put = _put_simple(plain, reading)

    def put_nowait(self: Any, item: Any) -> None:
        put(self, item)

    methods["put"], methods["put_nowait"] = dressed(put, plain.put), dressed(put_nowait, plain.put_nowait)
    get: Any = methods["get"]
    methods["get_nowait"] = dressed(lambda self: get(self, False), plain.get_nowait)
    library.SimpleQueue = stand_in(plain, "simple queue", CREATE_SIMPLE, methods, reading)
    sys.modules[plain.__module__].SimpleQueue = library.SimpleQueue  # type: ignore[attr-defined]


def install(module: ModuleType, reading: Reading) -> None:
    """Replace what may wait; the library's clock is not the program's."""
    library: Any = module
    library.time = original_of(library.time)
    passed.add(module.__file__ or "")
    _install_queue(library, reading)
    _install_simple_queue(library, reading)
