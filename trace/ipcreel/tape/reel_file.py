"""Where things stand in a reel: one file that is, from its first byte to its last, one msgpack stream.

header        a map; its numbers are at full width, so that they can be filled in at the end
definitions   a map of tables: processes, lanes, operations, objects, sites, sources, and what is known of the run
payloads      the streams of the tapes, one after the other; an event's `payload` is the offset of a value in them
padding       nil, up to a multiple of 4096
events        64 bytes each, of all tapes, in order of begin
index         a map, the last object of the file
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgpack
import numpy as np
from numpy.typing import NDArray

from ipcreel import event

FORMAT = "ipcreel reel"
VERSION = 1
ALIGNMENT = 4096
NUMBERS = ("definitions", "payloads", "events", "event_count", "index", "size")


def pack_header(numbers: dict[str, int]) -> bytes:
    """The header; its length does not depend on the numbers."""
    parts = [bytes((0x80 | (2 + len(NUMBERS)),))]
    parts += [msgpack.packb("format"), msgpack.packb(FORMAT), msgpack.packb("version"), msgpack.packb(VERSION)]
    for name in NUMBERS:
        parts += [msgpack.packb(name), struct.pack(">BQ", 0xCF, numbers.get(name, 0))]
    return b"".join(parts)


def pack_value(value: Any) -> bytes:
    """A value of the definitions or the index."""
    packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    return packed


@contextmanager
def replacing(output: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `output` once it is whole; where that fails, nothing is left of it.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "r+b") as file:
            yield file
        os.replace(unfinished, output)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write(
    file: BinaryIO,
    definitions: dict[str, Any],
    streams: Iterable[Any],
    events_of: Callable[[list[int]], tuple[Iterable[NDArray[np.void]], dict[str, Any]]],
) -> int:
    """Write a reel.

    Args:
        file: where to.
        definitions: the tables.
        streams: bytes with the payloads.
        events_of: where each of the streams begins → the events in order of begin, in blocks, and the index.

    Returns:
        The size of the file.
    """
    packed = pack_value(definitions)
    header_size = len(pack_header({}))
    at = {"definitions": header_size, "payloads": header_size + len(packed)}
    file.write(pack_header({}) + packed)
    stream_at, bases = at["payloads"], []
    for stream in streams:
        bases.append(stream_at)
        file.write(stream)
        stream_at += len(stream)
    at["events"] = -(-stream_at // ALIGNMENT) * ALIGNMENT
    file.write(b"\xc0" * (at["events"] - stream_at))
    blocks, index = events_of(bases)
    count = 0
    for block in blocks:
        file.write(block.view(np.uint8).data)
        count += len(block)
    at |= {"event_count": count, "index": at["events"] + count * event.SIZE}
    packed = pack_value(index)
    file.write(packed)
    at["size"] = at["index"] + len(packed)
    file.seek(0)
    file.write(pack_header(at))
    return at["size"]
