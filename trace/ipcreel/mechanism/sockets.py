"""Sockets, through `socket.socket`: TCP, UDP, Unix and the rest."""

from __future__ import annotations

from ipcreel.mechanism import descriptors
from ipcreel.mechanism import socket_data as data
from ipcreel.mechanism.descriptors import forget, fresh, inode_of, look, numbers
from ipcreel.mechanism.operation import (
    ANYTHING,
    BYTES,
    FLAGS,
    GAVE_ALL,
    GAVE_BYTES,
    GAVE_TAKEN,
    IN,
    OUT,
    Native,
    Operation,
)
from ipcreel.tape.process import name_object, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_SOL_SOCKET, _SCM_RIGHTS = 1, 1
_base: Any = None  # `_socket.socket`, whose own methods a program cannot override
_fileno: Any = None
_accepted_inodes: dict[int, int] = {}  # by descriptor, between an accept and its event


def _socket(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    try:
        return numbers[_fileno(args[0])]
    except KeyError:
        return look(_fileno(args[0]))
    except (IndexError, TypeError):
        return 0


def _detached(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return (numbers.get(result) or look(result)) if type(result) is int and result >= 0 else 0


def _given(family: Any = -1, type: Any = -1, proto: Any = -1, fileno: Any = None, **_: Any) -> tuple[Any, ...]:
    return family, type, proto, fileno


def _opens(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the kernel is asked for something, not where a descriptor is taken over with all that is known of it."""
    family, type_, proto, fileno = _given(*args[1:5], **kwargs) if args else (0, 0, 0, None)
    return fileno is None or -1 in (family, type_, proto)


def _made(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    try:
        sock = args[0]
        descriptor = _fileno(sock)
        if descriptor < 0 or len(args) > 4 or "fileno" in kwargs:
            return numbers.get(descriptor) or look(descriptor)
        family, type_ = _base.family.__get__(sock), _base.type.__get__(sock)
        inode = inode_of(descriptor)
        transport = descriptors.KINDS.get((family, type_), ("", "socket"))[1]
        name = f"{transport} {inode}"
        return descriptors.remember(descriptor, descriptors.socket_kind(family, type_), inode, name)
    except Exception:  # it could not be made
        return 0


def _created(args: tuple[Any, ...], kwargs: dict[str, Any], result: None) -> tuple[int, int, object]:
    sock = args[0]
    family, type_, proto = (getattr(_base, name).__get__(sock) for name in ("family", "type", "proto"))
    return _fileno(sock), family << 40 | type_ << 32 | proto & 0xFFFFFFFF, None


def _accepted(args: tuple[Any, ...], kwargs: dict[str, Any], result: tuple[int, Any]) -> tuple[int, int, object]:
    descriptor, address = result
    return descriptor, _accepted_inodes.pop(descriptor, 0), address


def _descriptor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return _fileno(args[0]), None


def _let_go(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return result, 0, None


def _first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    value = args[1] if len(args) > 1 else 0
    return (value if isinstance(value, int) and abs(value) < 1 << 62 else 0), None


def _value(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, (args[1] if len(args) > 1 else None)


def _give_bound(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    """A Unix socket has a file, which the program may ask for, change and remove."""
    if isinstance(payload, str) and payload and not payload.startswith("\0"):
        descriptors.stand_in_file(payload)


def _option(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, [int(value) if isinstance(value, int) else value for value in args[1:]]


def _found(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, result


def _number_found(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return 0, result, None


def _give_made(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
    from ipcreel.mechanism import socket_inert

    socket_inert.make(args[0], b >> 40, b >> 32 & 0xFF, b & 0xFFFFFFFF, a)


def _give_accepted(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    return descriptors.replayed(a), payload


def _give_closed(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
    from ipcreel.mechanism import socket_inert

    socket_inert.close(args[0])


def _give_detached(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> int:
    from ipcreel.mechanism import socket_inert

    args[0]._closed = True
    socket_inert.close(args[0])
    return descriptors.replayed(a) if a >= 0 else a


def _give_timeout(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
    from ipcreel.mechanism import socket_inert

    socket_inert.set_timeout(args[0], args[1])


def _give_blocking(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
    from ipcreel.mechanism import socket_inert

    socket_inert.set_timeout(args[0], None if args[1] else 0.0)


_FLAGS = "flags of the call (MSG_PEEK takes nothing away, MSG_OOB is out of band); while pending, 0"
_SIZE = "size in bytes"

CREATE = Operation(
    0x1001, "socket.endpoint.create", concerns=_opens, identify=_made, after=_created, give=_give_made,
    a="descriptor", b="family << 40 | type << 32 | protocol",
)  # fmt: skip
ACCEPT = Operation(
    0x1002, "socket.endpoint.accept", identify=_socket, after=_accepted, blocks=True, flow=IN, give=_give_accepted,
    a="descriptor of the new socket", b="inode of the new socket: its key in the table of objects",
    payload="address of the peer",
)  # fmt: skip
CLOSE = Operation(
    0x1003, "socket.endpoint.close", identify=_socket, before=_descriptor, blocks=True, give=_give_closed,
    a="descriptor",
)  # fmt: skip
BIND = Operation(
    0x1004, "socket.endpoint.bind", identify=_socket, before=_value, give=_give_bound, payload="the address asked for",
)  # fmt: skip
LISTEN = Operation(0x1005, "socket.endpoint.listen", identify=_socket, before=_first, a="backlog")
CONNECT = Operation(
    0x1006, "socket.endpoint.connect", identify=_socket, before=_value, blocks=True, flow=OUT,
    payload="the address asked for",
)  # fmt: skip
CONNECT_EX = Operation(
    0x1007, "socket.endpoint.connect_ex", identify=_socket, before=_value, after=_number_found, blocks=True, flow=OUT,
    give=data.give_size, b="errno, 0 where it is connected", payload="the address asked for",
)  # fmt: skip


def _give_message(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    """The message; the descriptors that came with it are taken from here on."""
    for level, kind, content in payload[1]:
        if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
            for descriptor in memoryview(content[: len(content) & ~3]).cast("i"):
                descriptors.held(descriptor)
    return payload


RECVMSG = Operation(
    0x1018, "socket.endpoint.recvmsg", identify=_socket, after=data.message_received,
    blocks=True, flow=IN, give=_give_message, a=_FLAGS, b=_SIZE,
    payload="(bytes, [(level, type, data)], flags of the message, address)",
)  # fmt: skip
RECVMSG_INTO = Operation(
    0x1019, "socket.endpoint.recvmsg_into", identify=_socket,
    after=data.message_received_into, blocks=True, flow=IN, give=data.give_message_into, a=_FLAGS, b=_SIZE,
    payload="(bytes, [(level, type, data)], flags of the message, address)",
)  # fmt: skip
_SEND = Native(("data", BYTES), ("flags", FLAGS), gave=GAVE_TAKEN, numbers=numbers)
_SENDALL = Native(("data", BYTES), ("flags", FLAGS), sends=True, gave=GAVE_ALL, numbers=numbers)
_RECV = Native(("size", ANYTHING), ("flags", FLAGS), gave=GAVE_BYTES, numbers=numbers)
OPERATIONS = (
    CREATE, ACCEPT, CLOSE, BIND, LISTEN, CONNECT, CONNECT_EX, RECVMSG, RECVMSG_INTO,
    Operation(
        0x1008, "socket.endpoint.shutdown", "socket.socket.shutdown", identify=_socket, before=_first,
        a="0: no more is received, 1: no more is sent, 2: neither",
    ),
    Operation(
        0x1009, "socket.endpoint.detach", "socket.socket.detach", identify=_detached, after=_let_go,
        give=_give_detached, a="descriptor",
    ),
    Operation(
        0x100A, "socket.endpoint.setsockopt", "socket.socket.setsockopt", identify=_socket, before=_option,
        payload="[level, option, value]",
    ),
    Operation(
        0x100B, "socket.endpoint.getsockopt", "socket.socket.getsockopt", identify=_socket, after=_found,
        give=data.give_payload, payload="the value",
    ),
    Operation(
        0x100C, "socket.endpoint.getsockname", "socket.socket.getsockname", identify=_socket, after=_found,
        give=data.give_payload, payload="the local address",
    ),
    Operation(
        0x100D, "socket.endpoint.getpeername", "socket.socket.getpeername", identify=_socket, after=_found,
        give=data.give_payload, payload="the address of the peer",
    ),
    Operation(
        0x100E, "socket.endpoint.settimeout", "socket.socket.settimeout", identify=_socket, before=_value,
        give=_give_timeout, payload="seconds; absent where it waits for ever",
    ),
    Operation(
        0x100F, "socket.endpoint.setblocking", "socket.socket.setblocking", identify=_socket, before=_first,
        give=_give_blocking, a="1 where it blocks from now on",
    ),
    Operation(
        0x1010, "socket.endpoint.send", "socket.socket.send", identify=_socket,
        after=data.sent, blocks=True, flow=OUT, give=data.give_size, a=_FLAGS, b=_SIZE, payload="the bytes taken",
        native=_SEND,
    ),
    Operation(
        0x1011, "socket.endpoint.sendall", "socket.socket.sendall", identify=_socket, before=data.all_before,
        after=data.all_sent, blocks=True, flow=OUT, a=_FLAGS, b=_SIZE, payload="the bytes",
        native=_SENDALL,
    ),
    Operation(
        0x1012, "socket.endpoint.sendto", "socket.socket.sendto", identify=_socket, after=data.sent_to, blocks=True,
        flow=OUT, give=data.give_size, a=_FLAGS, b=_SIZE, payload="(the bytes, address)",
    ),
    Operation(
        0x1013, "socket.endpoint.sendmsg", "socket.socket.sendmsg", identify=_socket, after=data.message_sent,
        blocks=True, flow=OUT, give=data.give_size, a=_FLAGS, b=_SIZE,
        payload="(bytes, [(level, type, data)], address)",
    ),
    Operation(
        0x1014, "socket.endpoint.sendfile", "socket.socket.sendfile", identify=_socket, after=data.file_sent,
        blocks=True, flow=OUT, semantic=True, give=data.give_file_sent, b=_SIZE,
    ),
    Operation(
        0x1015, "socket.endpoint.recv", "socket.socket.recv", identify=_socket,
        after=data.received, blocks=True, flow=IN, give=data.give_payload, a=_FLAGS, b=_SIZE, payload="the bytes",
        native=_RECV,
    ),
    Operation(
        0x1016, "socket.endpoint.recv_into", "socket.socket.recv_into", identify=_socket,
        after=data.received_into, blocks=True, flow=IN, give=data.give_into, a=_FLAGS, b=_SIZE, payload="the bytes",
    ),
    Operation(
        0x1017, "socket.endpoint.recvfrom", "socket.socket.recvfrom", identify=_socket,
        after=data.received_from, blocks=True, flow=IN, give=data.give_payload, a=_FLAGS, b=_SIZE,
        payload="(the bytes, address)",
    ),
    Operation(
        0x101A, "socket.endpoint.recvfrom_into", "socket.socket.recvfrom_into", identify=_socket,
        after=data.received_from_into, blocks=True, flow=IN, give=data.give_from_into,
        a=_FLAGS, b=_SIZE, payload="(the bytes, address)",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Patch what also changes the meaning of a descriptor: that is seen to whether the call is recorded or not."""
    global _base, _fileno
    import _socket

    _base, _fileno = _socket.socket, _socket.socket.fileno
    passed.add(str(module.__file__))
    if reading.replays:
        from ipcreel.mechanism import socket_inert

        socket_inert.install(module)
    patches: tuple[tuple[str, Operation, Callable[..., Any]], ...] = (
        ("__init__", CREATE, _initializing),
        ("_accept", ACCEPT, _accepting),
        ("_real_close", CLOSE, _closing),
        ("bind", BIND, _naming),
        ("connect", CONNECT, _connecting),
        ("connect_ex", CONNECT_EX, _naming),
        ("listen", LISTEN, _naming),
        ("recvmsg", RECVMSG, _receiving),
        ("recvmsg_into", RECVMSG_INTO, _receiving),
    )
    for name, row, inner in patches:
        _put(module.socket, name, row, inner, reading)


def _put(owner: Any, name: str, row: Operation, inner: Callable[..., Any], reading: Reading) -> None:
    from ipcreel.interpose.targets import dress

    original = getattr(owner, name)
    wrapper = reading.wrap(row, inner(original))
    dress(wrapper, original)
    setattr(owner, name, wrapper)


def _initializing(original: Callable[..., None]) -> Callable[..., None]:
    def init(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        descriptor = _fileno(args[0])
        if descriptor in fresh:
            fresh.discard(descriptor)
        else:
            forget(descriptor)

    return init


def _accepting(original: Callable[..., tuple[int, Any]]) -> Callable[..., tuple[int, Any]]:
    def accept(*args: Any, **kwargs: Any) -> tuple[int, Any]:
        result = original(*args, **kwargs)
        descriptor = result[0]
        forget(descriptor)
        fresh.add(descriptor)
        # To ask the kernel lets other threads in: not behind the end of the accept, where a replay, which knows no more
        # than when that was, has this thread go on first.
        look(descriptor)
        _accepted_inodes[descriptor] = inode_of(descriptor)
        return result

    return accept


def _closing(original: Callable[..., None]) -> Callable[..., None]:
    def close(*args: Any, **kwargs: Any) -> None:
        try:
            forget(_fileno(args[0]))
        except (IndexError, TypeError):
            pass
        original(*args, **kwargs)

    return close


def _naming(original: Callable[..., Any]) -> Callable[..., Any]:
    def bind(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        _name(args[0], args[1] if result and len(args) > 1 else None)
        return result

    return bind


def _connecting(original: Callable[..., None]) -> Callable[..., None]:
    def connect(*args: Any, **kwargs: Any) -> None:
        try:
            original(*args, **kwargs)
        except (BlockingIOError, InterruptedError):
            _name(args[0], args[1])
            raise
        _name(args[0], None)

    return connect


def _name(sock: Any, asked: Any) -> None:
    """Name a socket by its addresses. Where a connection is still being made, the peer's is the one asked for."""
    try:
        descriptor = _fileno(sock)
        number = numbers.get(descriptor) or look(descriptor)
        family, type_ = _base.family.__get__(sock), _base.type.__get__(sock)
        inode = inode_of(descriptor)
        name = descriptors.socket_name(sock, family, type_, inode)
        if asked is not None and "⇄" not in name:
            name = f"{name} ⇄ {descriptors.address_text(asked)}"
        name_object(number, descriptors.socket_kind(family, type_), inode, name)
    except Exception:  # it was closed meanwhile
        pass


def _receiving(original: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    def receive(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        result = original(*args, **kwargs)
        for level, kind, content in result[1]:
            if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
                with memoryview(content[: len(content) & ~3]).cast("i") as passed_on:
                    for descriptor in passed_on:
                        forget(descriptor)
        return result

    return receive
