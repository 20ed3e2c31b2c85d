"""Which object stands behind a file descriptor.

A socket or a pipe is known by its inode: the kernel counts those up for both and gives none twice, so that an inode is
the same thing in every process that shares it, over a fork, a spawn and a message that carries a descriptor. An address
pair is not: ports are used again.

What a descriptor stands for is remembered until the number is closed or given anew. A pipe that we have not seen made
may belong to a file object, which closes it behind our back: what it is is asked each time.
"""

from __future__ import annotations

import os
import sys

from ipcreel.interpose import targets
from ipcreel.interpose.adopt import fill
from ipcreel.interpose.builtin import original_of
from ipcreel.mechanism.operation import Operation
from ipcreel.tape.process import new_object, object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_fstat, _getpid, close = os.fstat, original_of(os.getpid), original_of(os.close)
_FORMAT, _FIFO, _SOCKET, _REGULAR, _CHARACTERS = 0o170000, 0o010000, 0o140000, 0o100000, 0o020000
_TERMINALS = frozenset((5, *range(136, 144)))  # the major numbers of /dev/ptmx and of /dev/pts (devices.txt of Linux)
_UNIX, _INET, _INET6 = 1, 2, 10
_STREAM, _DATAGRAM = 1, 2
_SOL_SOCKET, _SO_TYPE, _SO_PEERCRED, _SO_DOMAIN = 1, 3, 17, 39
CONSOLE = 2  # up to this one they are the console's, unless the program put a pipe there

numbers: dict[int, int] = {}  # descriptor: number of its object
fresh: set[int] = set()  # descriptors just made, about to be put into an object of Python
_occupied: set[int] = set()  # of those, the ones that the kernel has as /dev/null
inert: set[int] | None = None  # in a replay: the descriptors that exist on the tape only

KINDS = {
    (_INET, _STREAM): ("tcp.socket", "tcp"),
    (_INET6, _STREAM): ("tcp.socket", "tcp"),
    (_INET, _DATAGRAM): ("udp.socket", "udp"),
    (_INET6, _DATAGRAM): ("udp.socket", "udp"),
    (_UNIX, _STREAM): ("unix.stream", "unix"),
    (_UNIX, _DATAGRAM): ("unix.datagram", "unix"),
}


def number_of(descriptor: int) -> int:
    """The number of the pipe, socket or terminal behind `descriptor`, 0 where there is neither."""
    return numbers.get(descriptor) or look(descriptor)


def look(descriptor: int) -> int:
    """Ask the kernel what `descriptor` is. Returns its object's number, 0 for what is neither pipe nor socket."""
    if inert is not None:
        return 0
    try:
        status = _fstat(descriptor)
        kind = status.st_mode & _FORMAT
        if kind == _FIFO:
            return object_number("pipe", (status.st_dev, status.st_ino), f"pipe {status.st_ino}")
        if kind == _SOCKET:
            family, type_, name = probe(descriptor, status.st_ino)
            return remember(descriptor, socket_kind(family, type_), status.st_ino, name)
        if kind == _CHARACTERS and status.st_rdev >> 8 in _TERMINALS and descriptor > CONSOLE:
            return object_number(
                "terminal", (status.st_dev, status.st_ino, status.st_rdev), f"terminal {status.st_ino}"
            )
    except Exception:  # closed meanwhile, or never a descriptor
        pass
    return 0


def remember(descriptor: int, kind: str, key: object, name: str) -> int:
    """The number of the object that stands behind `descriptor` now.

    It is defined again for each descriptor that it is met through: what is shared is one in the reel by its key, and no
    table of ours grows with the connections of a server.
    """
    number = numbers[descriptor] = new_object(kind, key, name, shared=True)
    return number


def inode_of(descriptor: int) -> int:
    """The inode behind `descriptor`, 0 where there is none."""
    try:
        return _fstat(descriptor).st_ino
    except (OSError, OverflowError):
        return 0


def forget(descriptor: int) -> None:
    """From here on `descriptor` is another thing, or nothing."""
    numbers.pop(descriptor, None)
    fresh.discard(descriptor)


def socket_kind(family: int, type_: int) -> str:
    """The kind of object that a socket is."""
    return KINDS.get((family, type_), ("socket", ""))[0]


def probe(descriptor: int, inode: int) -> tuple[int, int, str]:
    """Family, type and name of the socket behind `descriptor`."""
    if "_socket" not in sys.modules:
        __import__("_socket")
    kind = sys.modules["_socket"].socket
    sock = kind.__new__(kind)
    # The constructor would be an event for a program that audits itself. Longest are the addresses of Unix sockets.
    fill(sock, _int(descriptor) + _int(_UNIX))
    try:
        family = sock.getsockopt(_SOL_SOCKET, _SO_DOMAIN)
        type_ = sock.getsockopt(_SOL_SOCKET, _SO_TYPE)
        return family, type_, socket_name(sock, family, type_, inode)
    finally:
        sock.detach()


def _int(value: int) -> bytes:
    """As C has it. struct would be one more library to load."""
    return value.to_bytes(4, sys.byteorder, signed=True)


def socket_name(sock: Any, family: int, type_: int, inode: int) -> str:
    """`tcp LOCAL ⇄ PEER`, or as much of it as there is: what a person reads, and what the two ends are matched by."""
    transport = KINDS.get((family, type_), ("", "socket"))[1]
    local = address_text(_address(sock, "getsockname"))
    peer = _address(sock, "getpeername")
    if peer is None:
        return f"{transport} {local or inode}"
    if family == _UNIX and not peer:
        if not local:  # one of a pair, whose name says more than we can know here
            return f"{transport} {inode}"
        peer = f"pid {int.from_bytes(sock.getsockopt(_SOL_SOCKET, _SO_PEERCRED, 12)[:4], sys.byteorder)}"
    return f"{transport} {local or inode} ⇄ {address_text(peer)}"


def _address(sock: Any, name: str) -> Any:
    import _socket

    try:
        return getattr(_socket.socket, name)(sock)
    except OSError:
        return None


def address_text(address: Any) -> str:
    """An address as a person writes it; empty where there is none yet."""
    if type(address) is tuple and len(address) >= 2 and type(address[0]) is str:
        host, port = address[0], address[1]
        return "" if not port else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if type(address) is bytes:
        return "@" + address.lstrip(b"\0").decode("utf-8", "replace") if address else ""
    return address if type(address) is str else "" if address is None else str(address)


def is_stream(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the first argument is the descriptor of a pipe or a socket."""
    descriptor = args[0] if args else kwargs.get("fd")
    if type(descriptor) is not int:
        return False
    if descriptor in numbers:
        return True
    if inert is not None:
        return descriptor in inert and not _is_regular(descriptor)
    return descriptor > CONSOLE and look(descriptor) != 0


def stream(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    """The object behind the descriptor that is the first argument."""
    descriptor = args[0] if args else kwargs["fd"]
    return numbers.get(descriptor) or look(descriptor)


def replayed(descriptor: int) -> int:
    """In a replay: `descriptor` exists on the tape only from here on."""
    if inert is not None and descriptor >= 0:
        inert.add(descriptor)
        _occupy(descriptor)
    return descriptor


def held(descriptor: int) -> int:
    """In a replay: `descriptor` is taken, by something that is neither a pipe nor a socket."""
    if inert is not None and _occupy(descriptor):
        _occupied.discard(descriptor)  # the program closes it for real
    return descriptor


def reserve(descriptor: int) -> None:
    """In a replay: `descriptor` is taken until it is vacated, by something that is neither a pipe nor a socket."""
    if inert is not None and descriptor >= 0:
        _occupy(descriptor)


def _occupy(descriptor: int) -> bool:
    """Have the kernel give the number to nobody else: what the replay itself opens gets the numbers that it had.

    Returns:
        Whether nobody had it.
    """
    import posix

    try:
        _fstat(descriptor)
        return False
    except OSError:
        nothing = posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC)
        if nothing != descriptor:
            posix.dup2(nothing, descriptor, inheritable=False)
            close(nothing)
        _occupied.add(descriptor)
        return True


def occupy_second() -> int:
    """In a replay: take the number that the end to write of a pipe gets, of which the other end is closed at once."""
    import posix

    first, second = (posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC) for _ in range(2))
    close(first)
    return second


def _is_regular(descriptor: int) -> bool:
    """Whether the number belongs to a file by now."""
    try:
        return _fstat(descriptor).st_mode & _FORMAT == _REGULAR
    except OSError:
        return False


def stand_in_file(path: str | bytes) -> None:
    """In a replay: put a file where there was a FIFO, or a socket; the replay has it in its scratch directory."""
    try:
        open(path, "xb").close()
    except OSError:
        pass


def vacate(descriptor: int) -> None:
    """In a replay: `descriptor` exists no more."""
    if inert is not None:
        inert.discard(descriptor)
    if descriptor in _occupied:
        _occupied.discard(descriptor)
        close(descriptor)


def descriptor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    """The descriptor that is the first argument."""
    return (args[0] if args else kwargs["fd"]), None


def _flag(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return (args[0] if args else kwargs["fd"]), (args[1] if len(args) > 1 else None)


def _asked(args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> tuple[int, int, object]:
    return (args[0] if args else kwargs["fd"]), int(result is True), None


def duplicated(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    """The new descriptor, the old one."""
    source = args[0] if args else kwargs["fd"]
    numbers[result] = number_of(source)
    return result, source, None


def give_duplicate(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> int:
    """The new descriptor. The old one may have come from a process that started this one."""
    replayed(b)
    return replayed(a)


def give_closed(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> None:
    """It exists no more, real as it may have been: an end of a pipe that the library made."""
    if inert is not None and a not in inert and a not in _occupied:
        try:
            close(a)
        except OSError:
            pass
    vacate(a)


def _give_flag(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> bool:
    return bool(b)


CLOSE = Operation(
    0x1201, "pipe.end.close", concerns=is_stream, identify=stream, before=descriptor, blocks=True, give=give_closed,
    a="descriptor",
)  # fmt: skip
DUP = Operation(
    0x1202, "pipe.end.dup", concerns=is_stream, identify=stream, before=descriptor, after=duplicated,
    give=give_duplicate, a="new descriptor", b="descriptor",
)  # fmt: skip
DUP2 = Operation(
    0x1203, "pipe.end.dup2", concerns=is_stream, identify=stream, before=descriptor, after=duplicated,
    give=give_duplicate, a="new descriptor", b="descriptor",
)  # fmt: skip
OPERATIONS = (
    CLOSE,
    DUP,
    DUP2,
    Operation(
        0x1204, "pipe.end.set_blocking", "os.set_blocking", concerns=is_stream, identify=stream, before=_flag,
        a="descriptor", payload="whether it blocks",
    ),
    Operation(
        0x1205, "pipe.end.get_blocking", "os.get_blocking", concerns=is_stream, identify=stream, before=descriptor,
        after=_asked, give=_give_flag, a="descriptor", b="1 where it blocks",
    ),
    Operation(
        0x1206, "pipe.end.set_inheritable", "os.set_inheritable", concerns=is_stream, identify=stream, before=_flag,
        a="descriptor", payload="whether it is inheritable",
    ),
    Operation(
        0x1207, "pipe.end.get_inheritable", "os.get_inheritable", concerns=is_stream, identify=stream,
        before=descriptor, after=_asked, give=_give_flag, a="descriptor", b="1 where it is inheritable",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Patch what makes a number free or gives it away: it is forgotten whether the call is recorded or not."""
    global inert  # noqa: PLW0603
    if reading.replays and inert is None:
        inert = set()
    put(module, "close", CLOSE, closing(module.close), reading)
    put(module, "dup", DUP, making(module.dup), reading)
    put(module, "dup2", DUP2, making(module.dup2), reading)
    _patch_closerange(module)
    for name in ("eventfd", "memfd_create", "pidfd_open"):
        if hasattr(module, name):
            put(module, name, None, making(getattr(module, name)), reading)


def put(module: ModuleType, name: str, row: Operation | None, inner: Callable[..., Any], reading: Reading) -> None:
    """Put `inner`, recorded as `row` says, in the place of the builtin `module.name`."""
    targets.put(module, name, reading.wrap(row, inner) if row else inner)


def closing(original: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, which closes the descriptor that it is given."""

    def close(*args: Any, **kwargs: Any) -> Any:
        if args:
            forget_argument(args[0])
        elif kwargs:
            forget_argument(kwargs.get("fd"))
        return original(*args, **kwargs)

    return close


def forget_argument(descriptor: Any) -> None:
    """Forget a descriptor that the program gave, whatever that is."""
    if isinstance(descriptor, int):
        forget(descriptor)


def making(original: Callable[..., int]) -> Callable[..., int]:
    """`original`, which returns a new descriptor."""

    def make(*args: Any, **kwargs: Any) -> int:
        descriptor = original(*args, **kwargs)
        forget(descriptor)
        return descriptor

    return make


def making_object(original: Callable[..., Any]) -> Callable[..., Any]:
    """`original`, which returns an object with a new descriptor."""

    def make(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        forget(made.fileno())
        return made

    return make


def _between(descriptors: list[int], fd_low: Any = 0, fd_high: Any = 0, *_: Any, **__: Any) -> list[int]:
    if not (isinstance(fd_low, int) and isinstance(fd_high, int)):  # the original raises what there is to raise
        return []
    return [descriptor for descriptor in descriptors if fd_low <= descriptor < fd_high]


def _patch_closerange(module: ModuleType) -> None:
    original, close = module.closerange, module.close

    def closerange(*args: Any, **kwargs: Any) -> Any:
        for descriptor in _between([*numbers, *(inert or ())], *args, **kwargs):
            try:
                close(descriptor)
            except OSError:  # it was closed behind our back
                pass
        return original(*args, **kwargs) if inert is None else None

    targets.put(module, "closerange", closerange)
