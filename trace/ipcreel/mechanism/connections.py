"""multiprocessing's connections: messages, and how a connection comes about.

A message is seen where it is bytes, between the pickling and the wire: `send` and `send_bytes` meet there, nothing is
pickled twice, and what `recv` makes of the bytes happens in the program, in a replay as well.
"""

from __future__ import annotations

from ipcreel.interpose.targets import dress
from ipcreel.mechanism.descriptors import inode_of, look, numbers, replayed
from ipcreel.mechanism.operation import IN, OUT, Operation
from ipcreel.mechanism.socket_data import content
from ipcreel.mechanism.waiting_data import asked, chosen, give_chosen, microseconds
from ipcreel.tape.process import passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_module: Any = None


def _end(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    try:
        handle = args[0]._handle
        return numbers.get(handle) or look(handle)
    except (AttributeError, IndexError, TypeError):
        return 0


def _message(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    if len(args) < 2:
        return 0, None
    data = content(args[1], 1 << 62)
    return (len(data) if data is not None else 0), data


def _limit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    limit = args[1] if len(args) > 1 else kwargs.get("maxsize")
    return (limit if type(limit) is int and limit < 1 << 62 else -1), None


def _arrived(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    if result is None:
        return _limit(args, kwargs)[0], -1, None
    data = result.getvalue()
    return _limit(args, kwargs)[0], len(data), data


def _give_arrived(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    if b < 0:
        return None
    import io

    message = io.BytesIO()
    message.write(payload)
    return message


def _timeout(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return microseconds(args[1] if len(args) > 1 else kwargs.get("timeout", 0.0), 1_000_000), None


def _polled(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _timeout(args, kwargs)[0], int(result is True), None


def _give_polled(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> bool:
    return bool(b)


def _listener(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    try:
        descriptor = args[0]._listener._socket.fileno()
        return numbers.get(descriptor) or look(descriptor)
    except (AttributeError, IndexError, TypeError):
        return 0


def _accepted(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    handle = result._handle
    look(handle)
    return handle, inode_of(handle), args[0].last_accepted


def _give_accepted(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    args[0]._listener._last_accepted = payload
    return _module.Connection(replayed(a))


def _client(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return _end((result,), {}, None) if result is not None else 0


def _address(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return -1, (args[0] if args else kwargs.get("address"))


def _connected(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return result._handle, inode_of(result._handle), None


def _give_connected(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    return _module.Connection(replayed(a))


def _awaited(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    timeout = args[1] if len(args) > 1 else kwargs.get("timeout")
    return microseconds(timeout, 1_000_000), asked(args[:1] or (kwargs.get("object_list"),))


def _ready(args: tuple[Any, ...], kwargs: dict[str, Any], result: list[Any]) -> tuple[int, int, object]:
    given = args[:1] or (kwargs.get("object_list"),)
    return _awaited(args, kwargs)[0], len(result), chosen(given, (result,))


def _give_ready(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    return give_chosen(args[:1] or (kwargs.get("object_list"),), payload)[0]


OPERATIONS = (
    Operation(
        0x1301, "connection.message.send", "multiprocessing.connection.Connection._send_bytes", identify=_end,
        before=_message, blocks=True, flow=OUT, semantic=True, a="size in bytes",
        payload="the message: bytes or pickled",
    ),
    Operation(
        0x1302, "connection.message.recv", "multiprocessing.connection.Connection._recv_bytes", identify=_end,
        before=_limit, after=_arrived, blocks=True, flow=IN, semantic=True, give=_give_arrived,
        a="most bytes allowed, -1 without a limit", b="size in bytes, -1 where there were too many",
        payload="the message: bytes or pickled",
    ),
    Operation(
        0x1303, "connection.message.poll", "multiprocessing.connection.Connection._poll", identify=_end,
        before=_timeout, after=_polled, blocks=True, semantic=True, give=_give_polled,
        a="timeout in µs, -1 for ever", b="1 where something can be read",
    ),
    Operation(
        0x1304, "connection.listener.accept", "multiprocessing.connection.Listener.accept", identify=_listener,
        after=_accepted, blocks=True, flow=IN, semantic=True, give=_give_accepted,
        a="descriptor of the new connection", b="inode of the new connection: its key in the table of objects",
        payload="address of the peer",
    ),
    Operation(
        0x1305, "connection.client.connect", "multiprocessing.connection.Client", identify=_client, before=_address,
        after=_connected, blocks=True, flow=OUT, semantic=True, give=_give_connected,
        a="descriptor of the new connection", b="inode of the new connection: its key in the table of objects",
        payload="the address asked for",
    ),
    Operation(
        0x1306, "connection.any.wait", "multiprocessing.connection.wait", before=_awaited, after=_ready, blocks=True,
        semantic=True, give=_give_ready, a="timeout in µs, -1 for ever", b="how many are ready",
        payload="[places of the ready ones in the list given]; while pending, [their descriptors]",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """A call site lies outside of the module: a message is sent where the program says so."""
    global _module  # noqa: PLW0603
    _module = module
    passed.add(str(module.__file__))
    if reading.replays:
        _take_numbers(module.Connection)


def _take_numbers(connection: Any) -> None:
    """In a replay: the descriptor of a connection that came from another process has its number here too."""
    plain = connection.__init__

    def __init__(self: Any, handle: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        plain(self, handle, *args, **kwargs)
        replayed(self._handle)

    dress(__init__, plain)
    connection.__init__ = __init__
