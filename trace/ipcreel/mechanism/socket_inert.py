"""Sockets that exist in a replay: real objects with the taped descriptor, that never touch the kernel."""

from __future__ import annotations

import _socket

from ipcreel.mechanism import descriptors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_timeouts: dict[int, float | None] = {}  # by descriptor
_base = _socket.socket


def install(module: ModuleType) -> None:
    """Make every socket of `module.socket` inert from here on."""
    owner = module.socket
    owner.__init__ = _adopt(owner.__init__)
    owner.gettimeout = lambda self: _timeouts.get(self.fileno())
    owner.getblocking = lambda self: _timeouts.get(self.fileno()) != 0
    owner.timeout = property(lambda self: _timeouts.get(_base.fileno(self)))
    owner.__del__ = _finalize


def make(sock: Any, family: int, type_: int, proto: int, descriptor: int) -> None:
    """Initialize `sock` under a descriptor that exists on the tape only."""
    default = _socket.getdefaulttimeout()
    _socket.setdefaulttimeout(None)  # with one the constructor would touch the descriptor
    try:
        _base.__init__(sock, family, type_, proto, descriptor)
    finally:
        _socket.setdefaulttimeout(default)
    descriptors.replayed(descriptor)
    _timeouts[descriptor] = default
    if hasattr(type(sock), "_io_refs"):
        sock._io_refs = 0
        sock._closed = False


def close(sock: Any) -> None:
    """Close `sock`, not its descriptor."""
    descriptor = _base.detach(sock)
    if descriptors.inert is not None:
        descriptors.inert.discard(descriptor)


def set_timeout(sock: Any, timeout: Any) -> None:
    """What `gettimeout` says from here on."""
    _timeouts[_base.fileno(sock)] = None if timeout is None else float(timeout)


def _adopt(plain: Any) -> Any:
    def init(self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
        assert fileno is not None, "a new socket comes from the tape"
        make(self, family, type, proto, fileno)

    return init


def _finalize(self: Any) -> None:
    if _base.fileno(self) >= 0:
        import warnings

        warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self, stacklevel=2)
        close(self)
