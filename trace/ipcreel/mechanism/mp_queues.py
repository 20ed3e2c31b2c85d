"""Queues of `multiprocessing`: what is put, what goes into the pipe, what comes out of it.

    put ── buffer ── feed ═══ pipe ═══ get      Queue, JoinableQueue: a thread of the library's feeds the pipe
                     put ════ pipe ═══ get      SimpleQueue

Nothing is pickled for the sake of the recording: the bytes are taken where they enter and leave the pipe, at the two
`Connection`s of a queue, whose class is replaced by `QueueEnd`. What is sent and received there past `put` and `get`,
as a pool does, is seen as well.

A feed carries the number of its put. The pipe is first in, first out, and `b` is the moment at which a message entered
or left it, under the queue's lock: in order of `b`, the k-th message out is the k-th message in.
"""

from __future__ import annotations

import _thread

from ipcreel.interpose.targets import dress
from ipcreel.mechanism import inside
from ipcreel.mechanism.mp_identity import named, object_of
from ipcreel.mechanism.operation import IN, OUT, RUN, Operation
from ipcreel.mechanism.timeouts import FOREVER, IN_WORDS, of_block_and_timeout
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


class Passing(_thread._local):
    """The message that this thread has just moved through a pipe, and the number of the put that it stems from."""

    data: bytes | None = None
    at_ns = 0
    pickled = 0  # id of the object that was pickled last


passing = Passing()
_puts = 0  # how many this process has made
_buffered: dict[tuple[int, int], list[int]] = {}  # a queue, id of an object in its buffer: numbers of the puts of it


def _queue(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except (AttributeError, IndexError):
        return object_of(args, _noun(args), _of_queue, "_ipcreel_object")


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    return object_of(args, _noun(args), _of_queue, "_ipcreel_object", named(_noun(args).replace("_", " ")))


def _noun(args: Args) -> str:
    return "queue" if args and hasattr(args[0], "_sem") else "simple_queue"


def _of_queue(queue: Any) -> Any:
    return queue._rlock


def _size(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return getattr(args[0], "_maxsize", 0), 0, None


def _numbered(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    global _puts  # noqa: PLW0603
    _puts = number = _puts + 1
    put = args[1] if len(args) > 1 else kwargs.get("obj")
    _buffered.setdefault((_queue(args, kwargs, None), id(put)), []).append(number)
    if len(args) <= 2 and not kwargs:
        return number, None
    patience = of_block_and_timeout(args, kwargs, 2)
    return number, None if patience == FOREVER else patience


def _number_of_put(queue: int, put: int, which: int = 0) -> int:
    """The number of the put of the object with the id `put`, 0 where there was none.

    `which` is 0 for the one that entered the buffer first, -1 for the last.
    """
    numbers = _buffered.get((queue, put))
    if not numbers:
        return 0
    number = numbers.pop(which)
    if not numbers:
        _buffered.pop((queue, put), None)
    return number


def _patience(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return (-1 if len(args) == 1 and not kwargs else of_block_and_timeout(args, kwargs)), None


def _fed(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    data, passing.data = passing.data, None
    return _number_of_put(_queue(args, kwargs, None), passing.pickled), passing.at_ns, data


def _moved(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    data, passing.data = passing.data, None
    return 0, passing.at_ns, data


def _received(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    data, passing.data = passing.data, None
    return (-1 if len(args) == 1 and not kwargs else of_block_and_timeout(args, kwargs)), passing.at_ns, data


def _truth(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, bool(result), None


def _value(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    return result, 0, None


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


def _give_value(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    return a


def _give_bytes(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> object:
    return payload


def _give_object(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> object:
    from multiprocessing.reduction import ForkingPickler

    # The program's own message, which it unpickled here when it was recorded, with whatever its classes do for that.
    return inside.of_program(ForkingPickler.loads)(payload)


_MOMENT = "when its bytes entered the pipe, ns"
_TAKEN = "when its bytes left the pipe, ns"
CREATE = Operation(
    0x3101, "mp.queue.create", identify=_made, after=_size, replay=RUN, a="how many it holds at most; 0: a SimpleQueue"
)
PUT = Operation(
    0x3102, "mp.queue.put", identify=_queue, before=_numbered, blocks=True, semantic=True, flow=OUT, replay=RUN,
    a="number of the put in its process: the feed with the same number carries it on",
    payload="timeout in ns, 0 where it does not wait; none where it waits for ever",
)  # fmt: skip
FEED = Operation(
    0x3103, "mp.queue.feed", identify=_queue, after=_fed, blocks=True, semantic=True, flow=OUT,
    a="number of the put, 0 where it was sent past `put`", b=_MOMENT, payload="the object, pickled",
)  # fmt: skip
GET = Operation(
    0x3104, "mp.queue.get", identify=_queue, before=_patience, after=_received, blocks=True, semantic=True, flow=IN,
    give=_give_object, a=IN_WORDS, b=_TAKEN, payload="the object, pickled",
)  # fmt: skip
TAKE = Operation(
    0x3105, "mp.queue.take", identify=_queue, after=_moved, blocks=True, semantic=True, flow=IN, give=_give_object,
    b=_TAKEN, payload="the object, pickled; it was received past `get`",
)  # fmt: skip
TAKE_BYTES = Operation(
    0x3106, "mp.queue.take_bytes", identify=_queue, after=_moved, blocks=True, semantic=True, flow=IN,
    give=_give_bytes, b=_TAKEN, payload="the bytes, received past `get`",
)  # fmt: skip
SIMPLE_PUT = Operation(
    0x3111, "mp.simple_queue.put", identify=_queue, after=_moved, blocks=True, semantic=True, flow=OUT, b=_MOMENT,
    payload="the object, pickled",
)  # fmt: skip
SIMPLE_GET = Operation(
    0x3112, "mp.simple_queue.get", identify=_queue, after=_received, blocks=True, semantic=True, flow=IN,
    give=_give_object, a=IN_WORDS, b=_TAKEN, payload="the object, pickled",
)  # fmt: skip
_QUEUE, _JOINABLE, _SIMPLE = (f"multiprocessing.queues.{name}." for name in ("Queue", "JoinableQueue", "SimpleQueue"))

OPERATIONS = (
    CREATE, PUT, FEED, GET, TAKE, TAKE_BYTES, SIMPLE_PUT, SIMPLE_GET,
    Operation(
        0x3107, "mp.queue.qsize", _QUEUE + "qsize", identify=_queue, after=_value, semantic=True, give=_give_value,
        a="how many it holds",
    ),
    Operation(
        0x3108, "mp.queue.empty", _QUEUE + "empty", identify=_queue, after=_truth, semantic=True, give=_give_truth,
        b="1 where it is",
    ),
    Operation(
        0x3109, "mp.queue.full", _QUEUE + "full", identify=_queue, after=_truth, semantic=True, give=_give_truth,
        b="1 where it is",
    ),
    Operation(0x310A, "mp.queue.close", _QUEUE + "close", identify=_queue, replay=RUN),
    Operation(0x310B, "mp.queue.join_thread", _QUEUE + "join_thread", identify=_queue, blocks=True, replay=RUN),
    Operation(0x310C, "mp.queue.cancel_join_thread", _QUEUE + "cancel_join_thread", identify=_queue, replay=RUN),
    Operation(
        0x310D, "mp.queue.task_done", _JOINABLE + "task_done", identify=_queue, blocks=True, semantic=True, flow=OUT
    ),
    Operation(0x310E, "mp.queue.join", _JOINABLE + "join", identify=_queue, blocks=True, semantic=True, flow=IN),
    Operation(
        0x3113, "mp.simple_queue.empty", _SIMPLE + "empty", identify=_queue, after=_truth, semantic=True,
        give=_give_truth, b="1 where it is",
    ),
    Operation(0x3114, "mp.simple_queue.close", _SIMPLE + "close", identify=_queue, replay=RUN),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Install what targets cannot name: methods that share a row, the ends of the pipes, the pickling."""
    for owner, name, row in (
        (module.Queue, "put", PUT), (module.JoinableQueue, "put", PUT), (module.Queue, "get", GET),
        (module.SimpleQueue, "put", SIMPLE_PUT), (module.SimpleQueue, "get", SIMPLE_GET),
        (module.Queue, "__init__", CREATE), (module.SimpleQueue, "__init__", CREATE),
    ):  # fmt: skip
        original = owner.__dict__[name]
        plain = original
        if row is PUT:
            # In a replay what is put is put, into a pipe that is inert: the thread that feeds it is there as it was.
            plain = inside.of_library(original) if reading.replays else _forgetting(original)
        seen = reading.wrap(row, plain)
        _set(owner, name, seen, original)
    _set(module.Queue, "_start_thread", inside.of_program(module.Queue._start_thread), module.Queue._start_thread)
    _mark_ends(module, _queue_end(module.connection, reading))
    plain_pickler = module._ForkingPickler
    module._ForkingPickler = type(  # type: ignore[attr-defined]
        plain_pickler.__name__,
        (plain_pickler,),
        {
            "__module__": plain_pickler.__module__,
            "__qualname__": plain_pickler.__qualname__,
            "dumps": staticmethod(_dumps(plain_pickler)),
            "loads": staticmethod(inside.of_program(plain_pickler.loads)),
        },
    )


def _set(owner: Any, name: str, wrapper: Any, original: Any) -> None:
    dress(wrapper, original)
    setattr(owner, name, wrapper)


def _forgetting(put: Any) -> Any:
    """`put`; where it raises, its object is in no buffer."""

    def forgetting(*args: Any, **kwargs: Any) -> Any:
        try:
            return put(*args, **kwargs)
        except BaseException:
            _number_of_put(_queue(args, kwargs, None), id(args[1] if len(args) > 1 else kwargs.get("obj")), -1)
            raise

    return forgetting


def _dumps(pickler: Any) -> Any:
    """`dumps`, which leaves behind what it pickled. Reducers are the program's."""
    plain = inside.of_program(pickler.dumps)

    def dumps(obj: Any, *args: Any, **kwargs: Any) -> Any:
        passing.pickled = id(obj)
        try:
            return plain(obj, *args, **kwargs)
        except BaseException:  # the feeder drops what cannot be pickled
            for queue, put in [known for known in _buffered if known[1] == id(obj)]:
                _number_of_put(queue, put)
            raise

    return dumps


def _queue_end(connection: Any, reading: Reading) -> type:
    """The class of the two connections of a queue."""
    plain = connection.Connection
    send, receive = plain._send_bytes, plain._recv_bytes

    def _send_bytes(self: Any, buf: Any) -> None:
        passing.data = bytes(buf)
        passing.at_ns = process.now()
        send(self, buf)

    def _recv_bytes(self: Any, maxsize: Any = None) -> Any:
        buf = receive(self, maxsize)
        if buf is not None:
            passing.data = buf.getvalue()
            passing.at_ns = process.now()
        return buf

    namespace = {"__module__": plain.__module__, "__qualname__": plain.__qualname__, "__doc__": plain.__doc__}
    namespace |= {"_send_bytes": _send_bytes, "_recv_bytes": _recv_bytes, "__reduce_ex__": _reduced_as(plain)}
    end: Any = type(plain.__name__, (plain,), namespace)
    for name, row in (("send", FEED), ("send_bytes", FEED), ("recv", TAKE), ("recv_bytes", TAKE_BYTES)):
        original = getattr(plain, name)
        _set(end, name, reading.wrap(row, original), original)
    connection.reduction.register(end, connection.reduce_connection)
    return end  # type: ignore[no-any-return]


def _reduced_as(plain: Any) -> Any:
    """How a queue's connection is reduced by a pickler that knows no more than `Connection`, such as joblib's."""
    import functools

    def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: N807
        known = plain.__new__(plain)
        # It is gone with the pickler, and must not close what it stands for: `bool()` does nothing, in any process.
        known.__dict__.update(self.__dict__, _close=bool)
        return functools.reduce, (None, [known])  # which is `known` itself

    return __reduce_ex__


def _mark_ends(module: Any, end: type) -> None:
    """Give a queue's connections their class before it binds their methods, and their number once it has one."""
    plain = module.connection.Connection

    def mark(queue: Any) -> None:
        for connection in (queue._reader, queue._writer):
            if type(connection) is plain:
                connection.__class__ = end

    def numbered(method: Any, named: bool) -> Any:
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
            method(self, *args, **kwargs)
            mark(self)
            number = (_made if named and not hasattr(self, "_ipcreel_object") else _queue)((self,), {}, None)
            self._reader._ipcreel_object = self._writer._ipcreel_object = number

        return wrapper

    reset = module.Queue._reset

    def _reset(self: Any, after_fork: bool = False) -> None:
        if after_fork:
            _buffered.clear()
        mark(self)
        reset(self, after_fork)

    _set(module.Queue, "_reset", _reset, reset)
    for owner in (module.Queue, module.SimpleQueue):
        for name in ("__init__", "__setstate__"):
            original = owner.__dict__[name]
            _set(owner, name, numbered(original, name == "__init__"), original)
