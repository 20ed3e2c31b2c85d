"""Sockets that exist in a replay: real objects that show the taped descriptor, and are connected to nothing.

The constructor wants a descriptor that is a socket, so that each has one of its own underneath: never bound, never
connected, closed with the object.
"""

from __future__ import annotations

import _socket

from ipcreel.mechanism import descriptors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_base = _socket.socket
_BEYOND = 256  # numbers from here on are the replay's own
_shown: dict[int, int] = {}  # descriptor underneath: descriptor on the tape
_timeouts: dict[int, float | None] = {}  # by descriptor on the tape


class End:
    """One of the two that `_socket.socketpair` returns: all that `socket.socketpair` does with it is to detach it."""

    def __init__(self, family: int, type_: int, proto: int, descriptor: int) -> None:
        self.family, self.type, self.proto = family, type_, proto
        self.descriptor = descriptors.replayed(descriptor)

    def fileno(self) -> int:
        return self.descriptor

    def detach(self) -> int:
        descriptor, self.descriptor = self.descriptor, -1
        return descriptor


def install(module: ModuleType) -> None:
    """Make every socket of `module.socket` inert from here on."""
    owner = module.socket
    owner.__init__ = _adopt
    owner.fileno = fileno
    owner.gettimeout = lambda self: _timeouts.get(fileno(self))
    owner.getblocking = lambda self: _timeouts.get(fileno(self)) != 0
    owner.timeout = property(lambda self: _timeouts.get(fileno(self)))


def make(sock: Any, family: int, type_: int, proto: int, descriptor: int) -> None:
    """Initialise `sock` under a descriptor that exists on the tape only."""
    default = _socket.getdefaulttimeout()
    underneath = _out_of_the_way(_base(_socket.AF_UNIX, _socket.SOCK_STREAM).detach())
    _base.__init__(sock, family, type_, proto, underneath)
    _shown[underneath] = descriptors.replayed(descriptor)
    _timeouts[descriptor] = default
    sock._io_refs = 0
    sock._closed = False


def _out_of_the_way(descriptor: int) -> int:
    """The same socket under a number that the program is not given."""
    import fcntl

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _BEYOND)
    descriptors.close(descriptor)
    return moved


def fileno(sock: Any) -> int:
    """The descriptor on the tape, -1 where it is closed."""
    return _shown.get(_base.fileno(sock), -1)


def close(sock: Any) -> int:
    """Close `sock`. Returns the descriptor that it had."""
    descriptor = fileno(sock)
    _shown.pop(_base.fileno(sock), None)
    _base.close(sock)
    descriptors.vacate(descriptor)
    return descriptor


def set_timeout(sock: Any, timeout: Any) -> None:
    """What `gettimeout` says from here on."""
    _timeouts[fileno(sock)] = None if timeout is None else float(timeout)


def _adopt(self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
    assert fileno is not None, "a new socket comes from the tape"
    make(self, family, type, proto, fileno)
