"""The usual form of a call, given as text for its own wrapper, says what the functions of its row say."""

from __future__ import annotations

import socket
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from ipcreel import mechanism
from ipcreel.mechanism import descriptors, mp_synchronize, thread_locks
from ipcreel.mechanism.operation import Operation
from ipcreel.record.wrap import compiled, recorded
from ipcreel.tape import process

_RESULTS: dict[str, list[Any]] = {
    "sysv.queue.receive": [(b"text", 3)],
    "socket.endpoint.send": [4, 2],
    "socket.endpoint.recv": [b"text", b""],
    "pipe.end.read": [b"text", b""],
    "pipe.end.write": [4, 2],
    "mp.value.get": [1.5, 7, b"x"],
    "mp.value.get_unlocked": [1.5, 7, b"x"],
    "mp.array.get": [1.5, 7],
    "mp.value.set": [None],
    "mp.array.set": [None],
    "threads.lock.acquire": [True],
    "mp.lock.acquire": [True],
    "mp.semaphore.acquire": [True],
}


def usual_rows() -> list[Operation]:
    rows = [
        row
        for name in mechanism.MECHANISMS
        for row in import_module(f"ipcreel.mechanism.{name}").OPERATIONS
        if row.usual is not None
    ]
    return [*rows, thread_locks.ACQUIRE_RLOCK, thread_locks.EXIT, thread_locks.EXIT_RLOCK]


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two sockets, known as the tracer knows them while it records."""
    sockets = import_module("ipcreel.mechanism.sockets")
    monkeypatch.setattr(sockets, "_fileno", socket.socket.fileno)
    left, right = socket.socketpair()
    monkeypatch.setitem(descriptors.numbers, left.fileno(), 5)
    with left, right:
        yield left


@pytest.mark.parametrize("row", usual_rows(), ids=lambda row: row.name)
def test_the_text_says_what_the_functions_say(row: Operation, pair: socket.socket) -> None:
    usual = row.usual
    assert usual is not None
    lock = SimpleNamespace(_ipcreel_object=5, _lock=None)
    lock._obj = lock
    samples = {"message": b"text", "data": b"text", "size": 9, "descriptor": pair.fileno(), "sock": pair, "new": 2.5}
    samples["index"] = 3
    args = tuple(
        samples.get(name, None if name in ("kind", "error", "traceback") else lock) for name in usual.arguments
    )
    names = dict(zip(usual.arguments, args, strict=True))

    def said(text: str, **more: Any) -> Any:
        return eval(text, usual.scope, {**names, **more})

    a, sent = row.before(args, {}) if row.before else (0, None)
    if row.alone is not None and len(args) == 1:
        a, sent = row.alone, None
    assert (said(usual.a), said(usual.sent or "None")) == (a, sent)
    assert said(usual.when or "True")
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


def test_what_is_tried_is_tried_without_waiting() -> None:
    for row in (thread_locks.ACQUIRE, thread_locks.ACQUIRE_RLOCK, mp_synchronize.LOCK_ACQUIRE):
        assert row.usual is not None
        assert "False) or WAIT" in row.usual.attempt


def test_a_call_in_another_form_is_recorded_too() -> None:
    """Every wrong or rare form reaches the original as it was given."""
    given: list[Any] = []

    def original(*args: Any, **kwargs: Any) -> None:
        given.append((args, kwargs))

    wrapper = recorded(thread_locks.RELEASE_RLOCK, original)
    assert process.here.inside  # nothing is recorded here
    wrapper()
    wrapper(1, 2)
    wrapper(1, key=2)
    assert given == [((), {}), ((1, 2), {}), ((1,), {"key": 2})]
