"""The value behind an event's payload: decoded, never executed."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgpack

from ipcreel.tape import pack


class Opaque(NamedTuple):
    """An object of the program that msgpack has no form for: its repr is all that was kept."""

    text: str

    def __repr__(self) -> str:
        return self.text


_ROOM = 4096  # bytes to begin with: a megabyte, as otherwise, takes longer to get than what is in it to read
_CONTAINERS = frozenset((*range(0x80, 0xA0), *range(0xDC, 0xE0)))  # arrays and maps


def decode(data: bytes | memoryview) -> Any:
    """The first value in `data`.

    Raises:
        ValueError: it is not msgpack, or ends too early.
    """
    try:
        if data and data[0] in _CONTAINERS:
            _must_be_whole(data)
        return _unpacker(data).unpack()
    except msgpack.OutOfData:
        raise ValueError("the payload ends too early") from None
    except (msgpack.UnpackException, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("the payload cannot be read" + (f": {error}" if str(error) else "")) from None


def _must_be_whole(data: bytes | memoryview) -> None:
    """Raise where an array or a map says that it is longer than what is there: room would be made for it."""
    _unpacker(data).skip()


def _unpacker(data: bytes | memoryview) -> Any:
    unpacker = msgpack.Unpacker(
        ext_hook=_extension, strict_map_key=False, unicode_errors="surrogatepass", max_buffer_size=0, read_size=_ROOM
    )
    unpacker.feed(data)
    return unpacker


def _extension(kind: int, data: bytes) -> Any:
    if kind == pack.TUPLE:
        return tuple(decode(data))
    if kind == pack.BIG:
        return int(data, 16)
    if kind == pack.BYTEARRAY:
        return bytearray(data)
    if kind == pack.REPR:
        return Opaque(data.decode("utf-8", "replace"))
    return msgpack.ExtType(kind, data)
