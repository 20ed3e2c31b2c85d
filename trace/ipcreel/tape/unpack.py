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


def decode(data: bytes | memoryview) -> Any:
    """The first value in `data`.

    Raises:
        ValueError: it is not msgpack, or ends too early.
    """
    unpacker = msgpack.Unpacker(
        ext_hook=_extension, strict_map_key=False, unicode_errors="surrogatepass", max_buffer_size=0
    )
    unpacker.feed(data)
    try:
        return unpacker.unpack()
    except msgpack.OutOfData:
        raise ValueError("the payload ends too early") from None
    except (msgpack.UnpackException, TypeError, RecursionError) as error:
        raise ValueError(f"the payload cannot be read: {error}") from None


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
