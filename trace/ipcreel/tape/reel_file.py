"""Where things stand in a reel: one file that is, from its first byte to its last, one msgpack stream.

header        a map; its numbers are at full width, so that they can be filled in at the end
definitions   a map of tables: processes, lanes, operations, objects, sites, sources, and what is known of the run
payloads      the streams of the tapes, one after the other; an event's `payload` is the offset of a value in them
padding       nil, up to a multiple of 4096
events        64 bytes each, of all tapes, in order of begin
index         a map, the last object of the file
"""

from __future__ import annotations

import struct
from typing import Any

import msgpack

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
