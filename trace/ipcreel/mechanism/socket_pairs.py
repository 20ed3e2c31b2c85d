"""Sockets made and closed by functions of `_socket` that know of descriptors alone."""

from __future__ import annotations

from ipcreel.mechanism import descriptors
from ipcreel.mechanism.descriptors import forget, fresh, inode_of, is_stream, put, stream
from ipcreel.mechanism.operation import Operation
from ipcreel.tape.process import name_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading


def _pair(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return descriptors.number_of(result[0].fileno()) if result is not None else 0


def _paired(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    one, other = result
    inodes = [inode_of(one.fileno()), inode_of(other.fileno())]
    kind = descriptors.socket_kind(one.family, one.type)
    transport = descriptors.KINDS.get((one.family, one.type), ("", "socket"))[1]
    for end, inode, peer in ((one, *inodes), (other, *reversed(inodes))):
        number = descriptors.number_of(end.fileno())
        name_object(number, kind, inode, f"{transport} {inode} ⇄ {peer}")
    return one.fileno(), other.fileno(), [*inodes, one.family, one.type, one.proto]


def _give_pair(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> tuple[Any, Any]:
    from ipcreel.mechanism.socket_inert import End

    family, type_, proto = payload[2:]
    return End(family, type_, proto, a), End(family, type_, proto, b)


PAIR = Operation(
    0x1030, "socket.endpoint.pair", identify=_pair, after=_paired, give=_give_pair,
    a="descriptor of the first end", b="descriptor of the second",
    payload="[inode of the first, of the second: their keys in the table of objects, family, type, protocol]",
)  # fmt: skip
DUP = Operation(
    0x1031, "socket.endpoint.dup", concerns=is_stream, identify=stream, before=descriptors.descriptor,
    after=descriptors.duplicated, give=descriptors.give_duplicate, a="new descriptor", b="descriptor",
)  # fmt: skip
CLOSE = Operation(
    0x1032, "socket.endpoint.close_descriptor", concerns=is_stream, identify=stream, before=descriptors.descriptor,
    blocks=True, give=descriptors.give_closed, a="descriptor",
)  # fmt: skip
OPERATIONS = (PAIR, DUP, CLOSE)


def install(module: ModuleType, reading: Reading) -> None:
    """Patch the functions, and keep the meaning of descriptors."""
    put(module, "dup", DUP, _making(module.dup), reading)
    put(module, "close", CLOSE, descriptors.closing(module.close), reading)
    if hasattr(module, "socketpair"):
        put(module, "socketpair", PAIR, _pairing(module.socketpair), reading)


def _making(original: Callable[..., int]) -> Callable[..., int]:
    def dup(*args: Any, **kwargs: Any) -> int:
        descriptor = original(*args, **kwargs)
        forget(descriptor)
        fresh.add(descriptor)
        return descriptor

    return dup


def _pairing(original: Callable[..., Any]) -> Callable[..., Any]:
    def socketpair(*args: Any, **kwargs: Any) -> Any:
        ends = original(*args, **kwargs)
        for end in ends:
            forget(end.fileno())
            fresh.add(end.fileno())
        return ends

    return socketpair
