"""Writes a plain value as msgpack without importing the msgpack package.

Its import takes 5 ms of the 12 ms in which a short Python process starts, and every recorded process would pay them.
What is written here is read with the real library everywhere else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

REPR = 1  # extension type: the repr of an object that msgpack has no form for
TUPLE = 2  # extension type: a tuple, its data being the msgpack array of its items
BIG = 3  # extension type: an integer wider than 64 bits, in decimal
BYTEARRAY = 4  # extension type: the content of a bytearray

DEPTH = 24  # deeper than this a value is written as its repr


def pack(value: object, depth: int = 0) -> bytes:
    """The msgpack bytes of `value`. Whatever has no msgpack form is written as its repr, in extension type REPR."""
    writer = _WRITERS.get(type(value))
    if writer is None or depth > DEPTH:
        return _extension(REPR, _text_of(value))
    return writer(value, depth)


def _head(marker: int, size: int) -> bytes:
    """A size of two bytes behind `marker`, or of four behind the next."""
    if size < 65536:
        return bytes((marker,)) + size.to_bytes(2, "big")
    return bytes((marker + 1,)) + size.to_bytes(4, "big")


def _text_of(value: object) -> bytes:
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"
    return text[:4096].encode("utf-8", "surrogatepass")


def _extension(kind: int, data: bytes) -> bytes:
    size = len(data)
    if size < 256:
        return bytes((0xC7, size, kind)) + data
    return _head(0xC8, size) + bytes((kind,)) + data


def _none(value: object, depth: int) -> bytes:
    return b"\xc0"


def _bool(value: bool, depth: int) -> bytes:
    return b"\xc3" if value else b"\xc2"


def _int(value: int, depth: int) -> bytes:
    if 0 <= value < 128:
        return bytes((value,))
    if -(2**63) <= value < 2**63:
        return b"\xd3" + value.to_bytes(8, "big", signed=True)
    if 0 <= value < 2**64:
        return b"\xcf" + value.to_bytes(8, "big")
    return _extension(BIG, hex(value).encode())


def _float(value: float, depth: int) -> bytes:
    import _struct  # one more library to load, for what is done in C in most places

    return _struct.pack(">Bd", 0xCB, value)


def _str(value: str, depth: int) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    size = len(data)
    if size < 32:
        return bytes((0xA0 | size,)) + data
    if size < 256:
        return bytes((0xD9, size)) + data
    return _head(0xDA, size) + data


def _bytes(value: bytes, depth: int) -> bytes:
    size = len(value)
    return (bytes((0xC4, size)) if size < 256 else _head(0xC5, size)) + value


def _bytearray(value: bytearray, depth: int) -> bytes:
    return _extension(BYTEARRAY, bytes(value))


def _memoryview(value: memoryview, depth: int) -> bytes:
    return _bytes(value.tobytes(), depth)


def _list(value: list[object], depth: int) -> bytes:
    size = len(value)
    head = bytes((0x90 | size,)) if size < 16 else _head(0xDC, size)
    return head + b"".join([pack(item, depth + 1) for item in value])


def _tuple(value: tuple[object, ...], depth: int) -> bytes:
    return _extension(TUPLE, _list(list(value), depth))


def _dict(value: dict[object, object], depth: int) -> bytes:
    size = len(value)
    head = bytes((0x80 | size,)) if size < 16 else _head(0xDE, size)
    return head + b"".join([pack(item, depth + 1) for pair in value.items() for item in pair])


_WRITERS: dict[type, Callable[[Any, int], bytes]] = {
    type(None): _none,
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    bytearray: _bytearray,
    memoryview: _memoryview,
    list: _list,
    tuple: _tuple,
    dict: _dict,
}
