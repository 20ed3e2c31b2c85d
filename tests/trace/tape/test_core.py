"""What is done in C is what is done in Python: the same bytes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ipcreel.compiled import is_compiled
from ipcreel.tape.pack import DEPTH
from ipcreel.tape.pack import pack as pack_in_python
from ipcreel.tape.plain import Writer as PlainWriter
from ipcreel.tape.writer import Tape

core: Any = import_module("ipcreel.core")

scalars = (
    some.none()
    | some.booleans()
    | some.integers(-(2**70), 2**70)
    | some.floats()
    | some.text(some.characters(codec=None), max_size=40)
    | some.binary(max_size=40)
    | some.builds(bytearray, some.binary(max_size=8))
    | some.just(range(3))
)
keys = some.integers() | some.text() | some.binary() | some.tuples(some.integers(), some.text())
values = some.recursive(
    scalars,
    lambda inner: (
        some.lists(inner, max_size=5)
        | some.lists(inner, max_size=5).map(tuple)
        | some.dictionaries(keys, inner, max_size=5)
    ),
)


@settings(max_examples=100)
@given(values)
def test_every_value_has_the_same_bytes(value: Any) -> None:
    assert core.pack(value) == pack_in_python(value)


@pytest.mark.parametrize("size", [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536])
def test_every_size_has_the_same_head(size: int) -> None:
    for value in ("a" * size, bytes(size), [1] * size, (1,) * size, dict.fromkeys(range(size))):
        assert core.pack(value) == pack_in_python(value)


def test_what_lies_too_deep_is_written_as_its_text() -> None:
    value: Any = []
    for _ in range(DEPTH + 8):
        value = [value]
    assert core.pack(value) == pack_in_python(value)


def test_what_a_value_raises_is_raised_and_a_list_that_shrinks_meanwhile_is_as_long_as_it_was() -> None:
    items: list[Any] = []

    class Emptying:
        def __repr__(self) -> str:
            items.clear()
            return "emptied"

    items.extend([Emptying(), 1, 2])
    assert core.pack(items)[0] == 0x93
    assert core.pack(items) == b"\x90"


def test_it_is_used_where_it_is_there() -> None:
    assert is_compiled
    assert issubclass(Tape, core.Writer)
    assert not issubclass(Tape, PlainWriter)
