"""What a handler may not take, and when a signal comes too early."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

TAKES = """
    import multiprocessing, os, signal, threading

    lock = {lock}

    def count(number, frame):
        if lock.acquire({how}):
            lock.release()

    signal.signal(signal.SIGUSR1, count)
    {body}
"""
HELD = """lock.acquire()
    os.kill(os.getpid(), signal.SIGUSR1)
    lock.release()"""
FREE = """lock.acquire()
    lock.release()
    os.kill(os.getpid(), signal.SIGUSR1)"""


@pytest.mark.parametrize("lock", ["threading.Lock()", "multiprocessing.Lock()", "multiprocessing.Semaphore(1)"])
def test_a_handler_takes_the_lock_that_its_own_thread_holds(recorded, lock):
    reel = recorded(TAKES.format(lock=lock, how="timeout=0.05", body=HELD)).reel
    assert codes(reel) == ["handler-takes-held-lock"]
    assert lines(reel, "handler-takes-held-lock") == ["if lock.acquire(timeout=0.05):"]


@pytest.mark.parametrize(
    ("lock", "how", "body"),
    [
        ("threading.Lock()", "timeout=0.05", FREE),
        ("threading.Lock()", "blocking=False", HELD),
        ("threading.RLock()", "timeout=0.05", HELD),
        ("multiprocessing.Semaphore(2)", "timeout=0.05", HELD),
    ],
)
def test_a_handler_that_does_not_wait_for_its_own_thread(recorded, lock, how, body):
    assert codes(recorded(TAKES.format(lock=lock, how=how, body=body)).reel) == []


EARLY = """
    import os, signal

    def child():
        {set_handler}
        os.write(there, b"1")
        signal.pause()

    here, there = os.pipe()
    pid = os.fork()
    if not pid:
        child()
        os._exit(0)
    {wait}
    os.kill(pid, signal.SIGUSR1)
    os.waitpid(pid, 0)
"""
SET = """came = []
        signal.signal(signal.SIGUSR1, lambda number, frame: came.append(number))
        os.write(there, b"1")
        while not came: pass  # it may come before a `pause` would begin
        os._exit(0)"""


def test_a_process_dies_of_a_signal_for_which_it_has_no_handler_yet(recorded):
    lingers = "os.write(there, b'0'); signal.pause()"
    reel = recorded(EARLY.format(set_handler=lingers, wait="os.read(here, 1)")).reel
    assert codes(reel) == ["signal-before-handler"]
    assert lines(reel, "signal-before-handler") == ["os.kill(pid, signal.SIGUSR1)"]
    assert "it died of it" in reel.findings[0].what


def test_a_signal_that_waits_until_the_handler_is_set(recorded):
    assert codes(recorded(EARLY.format(set_handler=SET, wait="os.read(here, 1)")).reel) == []


IGNORED = """
    import os, signal

    {first}
    os.kill(os.getpid(), signal.SIGUSR2)
    {later}
    os.kill(os.getpid(), signal.SIGUSR2)
"""
IGNORE = "signal.signal(signal.SIGUSR2, signal.SIG_IGN)"
BLOCK = IGNORE + "; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})"
HANDLE = "signal.signal(signal.SIGUSR2, lambda number, frame: None)"


def test_a_signal_is_ignored_by_a_process_that_sets_a_handler_later(recorded):
    reel = recorded(IGNORED.format(first=IGNORE, later=HANDLE)).reel
    assert "signal-before-handler" in codes(reel)
    assert (
        "ignored it, and set a handler later"
        in next(f for f in reel.findings if f.code == "signal-before-handler").what
    )


@pytest.mark.parametrize("first", [HANDLE, BLOCK])
def test_a_signal_that_came_after_the_handler_or_was_blocked(recorded, first):
    reel = recorded(IGNORED.format(first=first, later=HANDLE)).reel
    assert "signal-before-handler" not in codes(reel)
