"""What the wrapper in C says of a call is what the functions of its row say, which are asked where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ipcreel import mechanism
from ipcreel.compiled import is_compiled
from ipcreel.reel import open_reel
from tests.trace.mechanism.conftest import Rows

# Each operation that has a usual form, in each of its forms: usual ones, others, wrong ones.
CALLS = """
import _thread, ctypes, multiprocessing, os, signal, socket, threading, posix_ipc, sysv_ipc

def tried(call, *args, **kwargs):
    try:
        result = call(*args, **kwargs)
    except BaseException as error:
        result = type(error).__name__, str(error)
    print(result)

one = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=3)
for down, up in ((one.acquire, one.release), (one.P, one.V)):
    for args, kwargs in (
        ((), {}), ((None,), {}), ((1.5,), {}), ((None, 2), {}), ((), {"delta": 2}), ((), {"timeout": None, "delta": 1}),
        (("x",), {}), ((None, -1), {}), ((), {"nothing": 1}), ((1, 2, 3), {}), ((None, True), {}),
        ((None, 1 << 80), {}),
    ):
        tried(down, *args, **kwargs)
        one.value = 3
    for args, kwargs in (((), {}), ((2,), {}), ((), {"delta": 3}), (("x",), {}), ((-1,), {}), ((0,), {}), ((1, 2), {})):
        tried(up, *args, **kwargs)
        one.value = 3
one.block = False
one.value = 0
tried(one.acquire)
tried(one.__enter__)
one.value = 1
with one:
    pass
tried(one.__exit__)
tried(one.__exit__, 1, 2)
tried(type(one).acquire)
tried(type(one).acquire, 5)
tried(type(one).release, object())
one.remove()
tried(one.acquire)
tried(one.release)

queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
for args, kwargs in (  # wrong arguments to `send` are freed twice by sysv_ipc 1.1
    ((b"a",), {}), ((b"b", False), {}), ((b"c", True, 3), {}), ((b"d",), {"type": 4}), (("text",), {}),
    ((), {"message": b"e", "type": 5}), ((bytearray(b"f"),), {}), ((b"x" * 300,), {}), ((b"",), {}),
    ((b"k",), {"type": True}),
):
    tried(queue.send, *args, **kwargs)
for args, kwargs in (
    ((), {}), ((False,), {}), ((False, 3), {}), ((), {"type": 4}), ((), {"block": False, "type": 5}),
    ((), {"type": -9}), ((), {"block": False, "type": 99}), ((False, "x"), {}), ((1, 2, 3), {}),
):
    tried(queue.receive, *args, **kwargs)
queue.remove()
tried(queue.send, b"late")

name = f"/native-{os.getpid()}"
posix = posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=2)
posix.acquire()
posix.acquire(1)
tried(posix.acquire, 0)
posix.release()
with posix:
    pass
tried(posix.release, 1)
tried(posix.__exit__)
posix.unlink()
posix.close()
tried(posix.acquire)

left, right = socket.socketpair()
left.setblocking(False)
tried(left.recv, 9)
left.setblocking(True)
for args in ((b"abc",), (bytearray(b"def"),), (b"ghi", 0), (b"",), (), (5,), (b"x" * 70_000, socket.MSG_DONTWAIT)):
    tried(left.send, *args)
tried(right.recv, 3)
tried(right.recv, 1 << 20, 0)
for args in ((b"abc",), (memoryview(b"def"),), (b"ghi", 0), (), ("x",)):
    tried(left.sendall, *args)
tried(right.recv, 1)
tried(right.recv, 0)
tried(right.recv, -1)
tried(right.recv)
tried(right.recv, 1 << 20)
left.close()
tried(right.recv, 9)
tried(left.send, b"x")
tried(left.recv, 9)
tried(left.sendall, b"x")
right.close()

locks = threading.Lock(), threading.RLock(), _thread.allocate_lock(), multiprocessing.Lock(), multiprocessing.RLock()
for lock in locks:
    tried(lock.acquire)
    lock.release()
    tried(lock.acquire, False)
    if not isinstance(lock, type(threading.RLock())) and "RLock" not in repr(lock):
        tried(lock.acquire, False)
        tried(lock.acquire, True, 0.001)
    lock.release()
    tried(lock.release)
    with lock:
        pass
    tried(lock.acquire, "a", "b", "c")
    tried(lock.acquire, nothing=1)
    tried(getattr(type(lock), "release", len))
counting = multiprocessing.Semaphore(1)
with counting:
    tried(counting.acquire, False)
tried(counting.release)
counting.acquire()
counting.release()

class Index:
    def __index__(self):
        return 1

class Odd(int):
    pass

class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int)]

    def __repr__(self):
        return "point"

numbers, raw = multiprocessing.Array("i", 5), multiprocessing.Array("i", 5, lock=False)
texts, bools = multiprocessing.Array("c", 5), multiprocessing.Array(ctypes.c_bool, 2)
mine = multiprocessing.Array("d", [1.0, 2.0], lock=multiprocessing.Lock())
points = multiprocessing.Array(Point, 2)
for array in (numbers, raw, texts, bools, mine, points):
    for index in (
        0, -1, 4, 5, -6, True, 1 << 70, Odd(1), Index(), "x", None, slice(None), slice(1, 3), slice(None, None, -1),
        slice(3, None, -2), slice(Index(), 4), slice(9, 12), slice(0, 4, 0), slice(None, 2), slice(None, None, 1 << 65),
    ):
        tried(array.__getitem__, index)
        for new in (3, 2.5, b"a", Odd(4), [1, 2], (1, 2), [1.5, 2.5], [True, 7, 8, 9, 1], [1, "x"], b"abcde", None, []):
            tried(array.__setitem__, index, new)
for array in (numbers, raw):
    tried(array.__getitem__)
    tried(array.__getitem__, 1, 2)
    tried(array.__getitem__, i=1)
    tried(array.__setitem__, 1)
    tried(type(array).__getitem__, 5, 5)
with numbers.get_lock():
    numbers[1] = numbers[2]
    numbers.get_obj()[3] = 9
values = multiprocessing.Value("d"), multiprocessing.Value("d", lock=False), multiprocessing.Value(ctypes.c_char, b"x")
for value in (*values, multiprocessing.Value(ctypes.c_bool), multiprocessing.Value("q", lock=multiprocessing.Lock())):
    for new in (1, 2.5, True, b"z", "z", Odd(3), [1], None, 1 << 80):
        tried(setattr, value, "value", new)
        tried(getattr, value, "value")
with values[0].get_lock():
    values[0].value += 1
    values[0].get_obj().value += 1
    os.fork() or os._exit(not values[0].get_lock().acquire(False))
    os.wait()

class Stop(Exception):
    pass

def stop(*_):
    raise Stop("from a handler")

signal.signal(signal.SIGALRM, stop)
held, shared = threading.Lock(), multiprocessing.Lock()
held.acquire()
shared.acquire()
for call in (held.acquire, shared.acquire):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    tried(call)

def halve(*_):
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    shared.release()

signal.signal(signal.SIGALRM, halve)
signal.setitimer(signal.ITIMER_REAL, 0.02)
tried(shared.acquire)
"""

LEFT_OUT = ("open", "create", "pair", "fork", "wait", "read")  # they say which object it is, or which process

Told = tuple[str, list[tuple[Any, ...]]]


def told(tmp_path: Path, rows: Rows, **environment: str) -> Told:
    """What the program printed, and what the reel has of its operations."""
    program, reel = tmp_path / "calls.py", tmp_path / "calls.reel"
    program.write_text(CALLS)
    command = [sys.executable, "-m", "ipcreel", "record", "-q", "--force", "-o", str(reel), "--", sys.executable]
    done = subprocess.run(
        [*command, str(program)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    prefixes = ("sysv.", "posix.", "socket.", "threads.", "mp.", "signal.")
    events = [
        (row.operation, row.line, row.kind, row.state, row.a, row.b, row.payload)
        for row in rows(open_reel(reel))
        if row.operation.startswith(prefixes) and row.operation.rpartition(".")[2] not in LEFT_OUT
    ]
    return done.stdout, events


@pytest.mark.skipif(not is_compiled, reason="there is no compiled wrapper to compare with")
def test_a_call_in_any_form_is_told_as_the_row_tells_it(tmp_path: Path, rows: Rows) -> None:
    printed, events = told(tmp_path, rows)
    printed_in_python, events_in_python = told(tmp_path, rows, IPCREEL_PLAIN="1")
    assert printed == printed_in_python
    for event, in_python in zip(events, events_in_python, strict=True):
        assert event == in_python


def test_each_row_that_has_a_native_form_is_called_in_it() -> None:
    tables = (import_module(f"ipcreel.mechanism.{name}").OPERATIONS for name in mechanism.mechanisms())
    names = {row.name for table in tables for row in table if row.native or row.shared}
    verbs = {name.rpartition(".")[2].removesuffix("_unlocked") for name in names} - {"enter", "exit"}
    assert names
    called = {verb for verb in verbs if any(form in CALLS for form in (f".{verb}", f".{verb.upper()}", f"{verb}item"))}
    assert called == verbs
