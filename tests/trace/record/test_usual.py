"""The usual form of a call, given as text for its own wrapper, says what the functions of its row say."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from ipcreel import mechanism
from ipcreel.mechanism import descriptors, mp_rawvalues
from ipcreel.mechanism.operation import Operation
from ipcreel.record.wrap import compiled, recorded
from ipcreel.tape import process

_RESULTS: dict[str, list[Any]] = {
    "pipe.end.read": [b"text", b""],
    "pipe.end.write": [4, 2],
    "mp.value.get": [1.5, 7, b"x"],
    "mp.value.get_unlocked": [1.5, 7, b"x"],
    "mp.array.get": [1.5, 7],
    "mp.value.set": [None],
    "mp.array.set": [None],
    "threads.semaphore.acquire": [True, False],
    "threads.condition.wait": [True, False],
    "waiting.epoll.wait": [[], [(3, 1)], [(3, 1), (4, 5)]],
}


def usual_rows() -> list[Operation]:
    tables = (import_module(f"ipcreel.mechanism.{name}").OPERATIONS for name in mechanism.mechanisms())
    return [row for table in tables for row in table if row.usual is not None]


@pytest.fixture
def descriptor(monkeypatch: pytest.MonkeyPatch) -> int:
    """Of a pipe, known as the tracer knows it while it records."""
    monkeypatch.setitem(descriptors.numbers, 99, 5)
    return 99


@pytest.mark.parametrize("row", usual_rows(), ids=lambda row: row.name)
def test_the_text_says_what_the_functions_say(row: Operation, descriptor: int) -> None:
    usual = row.usual
    assert usual is not None
    lock = SimpleNamespace(_ipcreel_object=5, _lock=None, _real=None)
    lock._obj = lock
    samples = {"data": b"text", "size": 9, "descriptor": descriptor, "new": 2.5, "index": 3, "timeout": -1}
    args = tuple(samples.get(name, lock) for name in usual.arguments)
    names: dict[str, Any] = dict(zip(usual.arguments, args, strict=True))

    def said(text: str, **more: Any) -> Any:
        names.update(more)
        return eval(text, usual.scope, names)

    a, sent = row.before(args, {}) if row.before else (0, None)
    if row.alone is not None and len(args) == 1:
        a, sent = row.alone, None
    assert (said(usual.a), said(usual.sent or "None")) == (a, sent)
    assert said(usual.when or "True")
    if not hasattr(row.concerns, "judge"):  # what is asked in C depends on the frames that run
        assert bool(said(usual.concerns or "True")) == (row.concerns is None or row.concerns(args, {}))
    if usual.object_:
        assert row.identify is not None
        assert said(usual.object_) == row.identify(args, {}, None) == 5
    for result in _RESULTS.get(row.name, [1.5] if row.name.startswith("clock.") and "_ns" not in row.name else [7]):
        after = row.after(args, {}, result) if row.after else (a, 0, None)
        told = (
            said(usual.a_after, result=result) if usual.a_after else said(usual.a),
            said(usual.b, result=result),
            said(usual.got or "None", result=result),
        )
        assert told == after


@pytest.mark.parametrize("row", usual_rows(), ids=lambda row: row.name)
def test_the_text_uses_no_name_of_the_wrapper_s_own(row: Operation) -> None:
    usual = row.usual
    assert usual is not None
    own = set(compiled(row, False, False).co_varnames) - {"result"}
    texts = [part for part in usual.texts if part]
    used = {name for text in texts for name in compile(text, "text", "eval").co_names}
    assert own.isdisjoint(used)


def test_a_call_in_another_form_is_recorded_too() -> None:
    """Every wrong or rare form reaches the original as it was given."""
    given: list[Any] = []

    def original(*args: Any, **kwargs: Any) -> None:
        given.append((args, kwargs))

    wrapper = recorded(mp_rawvalues.RAW_GET, original)
    assert process.here.inside  # nothing is recorded here
    wrapper()
    wrapper(1, 2)
    wrapper(1, key=2)
    assert given == [((), {}), ((1, 2), {}), ((1,), {"key": 2})]
