"""How long a payload is, is told of many at once, and for each as if it were alone."""

from __future__ import annotations

import msgpack
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ipcreel.reel import payload

plain = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(max_size=300)
values = st.recursive(
    plain | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=20)),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=3), inner, max_size=20),
    max_leaves=50,
)


@settings(max_examples=30)
@given(st.lists(values, max_size=10))
def test_each_value_ends_where_the_next_one_begins(written: list[object]) -> None:
    parts = [msgpack.packb(value) for value in written]
    offsets = 1 + np.cumsum([0, *map(len, parts)])[:-1].astype(np.int64)
    data = np.frombuffer(b"\0" + b"".join(parts), np.uint8)
    assert payload.sizes(data, offsets).tolist() == [*map(len, parts)]


@given(st.binary(min_size=2, max_size=200))
def test_in_bytes_that_mean_nothing_each_place_is_read_as_if_it_were_alone(data: bytes) -> None:
    offsets = np.arange(1, len(data), dtype=np.int64)
    alone = [_size(data[offset:]) for offset in offsets.tolist()]
    assert payload.sizes(np.frombuffer(data, np.uint8), offsets).tolist() == alone


def _size(data: bytes) -> int:
    if data[0] == 0xC1:  # never used, and taken for a value of a byte
        return 1
    unpacker = msgpack.Unpacker(max_buffer_size=0, strict_map_key=False)
    unpacker.feed(data)
    try:
        unpacker.skip()
    except (msgpack.OutOfData, msgpack.UnpackException, ValueError):
        return 0
    return int(unpacker.tell())
