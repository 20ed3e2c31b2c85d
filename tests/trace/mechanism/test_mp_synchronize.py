"""Locks, semaphores, conditions, events and barriers of multiprocessing: one event, and one object everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

METHODS = ("fork", "spawn", "forkserver")

EVERY_PRIMITIVE = """
    import multiprocessing, sys

    def child(lock, semaphore, condition, event, barrier):
        with lock:
            pass
        semaphore.acquire()
        semaphore.release()
        with condition:
            condition.notify()
        event.set()
        barrier.wait()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        lock, semaphore, condition = context.Lock(), context.Semaphore(3), context.Condition()
        event, barrier = context.Event(), context.Barrier(2)
        process = context.Process(target=child, args=(lock, semaphore, condition, event, barrier))
        with condition:
            process.start()
            print(condition.wait(30))
        print(event.wait(30), event.is_set())
        barrier.wait(30)
        process.join()
        lock.acquire()
        lock.release()
        print(lock, semaphore, process.exitcode)
    """


@pytest.mark.parametrize("method", METHODS)
def test_an_object_is_the_same_in_parent_and_child_under_each_start_method(
    recorded_once: Recorded, rows: Rows, method: str
) -> None:
    run = recorded_once(EVERY_PRIMITIVE, method)
    assert run.ran == run.bare
    found = rows(run.reel, "mp.")
    for kind in ("lock", "condition", "event", "barrier"):
        users = {(row.name, row.key, row.process) for row in found if row.kind == f"mp.{kind}"}
        assert len({key for _, key, _ in users}) == 1, kind
        assert len({process for _, _, process in users}) == 2, kind
        assert {name.partition(" ")[0] for name, _, _ in users} == {kind}


@pytest.mark.parametrize("method", METHODS)
def test_a_wait_is_one_event_and_what_it_is_made_of_is_left_out(
    recorded_once: Recorded, rows: Rows, method: str
) -> None:
    run = recorded_once(EVERY_PRIMITIVE, method)
    found = rows(run.reel, "mp.")
    waits = [row for row in found if row.operation in ("mp.condition.wait", "mp.event.wait", "mp.barrier.wait")]
    assert [(row.operation, row.a) for row in waits if row.a > 0] == [
        ("mp.condition.wait", 30_000_000_000), ("mp.event.wait", 30_000_000_000), ("mp.barrier.wait", 30_000_000_000),
    ]  # fmt: skip
    assert sorted(row.b for row in waits if row.operation == "mp.barrier.wait") == [0, 1]
    assert not [row for row in found if row.operation == "mp.semaphore.acquire" and row.kind == "mp.bounded_semaphore"]
    semaphores = [row for row in found if row.operation.startswith("mp.semaphore.a")]
    assert [row.line.partition(":")[0] for row in semaphores] == [run.program.name]


def test_internals_are_recorded_when_they_are_asked_for(recorded: Recorded, rows: Rows) -> None:
    run = recorded(EVERY_PRIMITIVE, "fork", options=("--internals",))
    assert len(rows(run.reel, "mp.semaphore.")) > 20


def test_a_with_block_is_at_its_line_and_a_lock_is_named_by_where_it_was_made(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        lock = multiprocessing.Lock()
        condition = multiprocessing.Condition(lock)
        with lock:
            pass
        with condition:
            pass
        """
    )
    found = [row for row in rows(run.reel, "mp.lock.") if row.operation != "mp.lock.create"]
    program = run.program.name
    assert [(row.operation, row.line) for row in found] == [
        ("mp.lock.acquire", f"{program}:5"), ("mp.lock.release", f"{program}:5"),
        ("mp.lock.acquire", f"{program}:7"), ("mp.lock.release", f"{program}:7"),
    ]  # fmt: skip
    assert {row.name for row in found} == {f"lock {program}:3"}


def test_what_acquire_was_asked_and_answered_is_kept(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        lock = multiprocessing.Lock()
        print(lock.acquire(), lock.acquire(False), lock.acquire(True, 0.01), lock.acquire(block=True, timeout=0.02))
        lock.release()
        """
    )
    assert run.ran == run.bare
    acquired = rows(run.reel, "mp.lock.acquire")
    assert [(row.a, row.b) for row in acquired] == [(-1, 1), (0, 0), (10_000_000, 0), (20_000_000, 0)]


def test_errors_are_the_originals_own(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, traceback
        lock, bounded, rlock = multiprocessing.Lock(), multiprocessing.BoundedSemaphore(1), multiprocessing.RLock()
        for call in (
            lock.release, bounded.release, rlock.release, lambda: lock.acquire(1, 2, 3),
            lambda: lock.acquire(nothing=1), lambda: multiprocessing.Lock(3), lambda: lock.acquire("", "x"),
            lambda: multiprocessing.Condition().wait(), multiprocessing.Condition().notify,
            lambda: multiprocessing.Barrier(),
        ):
            try:
                call()
            except Exception:
                traceback.print_exc()
        """
    )
    assert run.ran == run.bare
    assert "ipcreel" not in run.stderr


def test_a_deadlock_leaves_the_acquire_pending(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, os, pathlib, signal
        lock, ready = multiprocessing.Lock(), multiprocessing.Event()
        if (pid := os.fork()) == 0:
            lock.acquire()
            ready.set()
            lock.acquire()
        ready.wait()
        while ") S " not in pathlib.Path(f"/proc/{pid}/stat").read_text():
            pass
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        """
    )
    pending = [row for row in rows(run.reel, "mp.") if row.state == "pending"]
    assert [(row.operation, row.line, row.a) for row in pending] == [
        ("mp.lock.acquire", f"{run.program.name}:7", -1),
    ]


def test_a_barriers_action_is_the_programs_own_code(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        lock = multiprocessing.Lock()

        def action():
            with lock:
                print("open")

        barrier = multiprocessing.Barrier(1, action)
        print(barrier.wait(), barrier.n_waiting, barrier.broken, barrier.parties)
        barrier.reset()
        barrier.abort()
        try:
            barrier.wait()
        except Exception as error:
            print(repr(error))
        """
    )
    assert run.ran == run.bare
    ours = [*rows(run.reel, "mp.barrier."), *rows(run.reel, "mp.lock.")]
    found = [row.operation for row in ours if "create" not in row.operation]
    assert found == [
        "mp.barrier.wait", "mp.barrier.n_waiting", "mp.barrier.broken", "mp.barrier.reset", "mp.barrier.abort",
        "mp.barrier.wait", "mp.lock.acquire", "mp.lock.release",
    ]  # fmt: skip


def test_subclasses_and_what_they_say_of_themselves_are_as_without(recorded: Recorded) -> None:
    run = recorded(
        """
        import gc, inspect, multiprocessing, multiprocessing.synchronize as s, _multiprocessing

        class Mine(s.Semaphore):
            def __init__(self, **kwargs):
                super().__init__(2, **kwargs)

            def __enter__(self):
                print("in")
                return super().__enter__()

        mine = Mine(ctx=multiprocessing.get_context())
        with mine as entered:
            print(entered, mine.get_value(), mine)
        print(isinstance(mine, s.SemLock), isinstance(mine._semlock, _multiprocessing.SemLock))
        for kind in (s.Lock, s.RLock, s.Semaphore, s.BoundedSemaphore, s.Condition, s.Event, s.Barrier):
            print(kind, inspect.signature(kind), kind.__init__.__qualname__, kind.__doc__)
        lock = multiprocessing.Lock()
        print(lock.acquire.__name__, lock.acquire.__doc__, type(lock._semlock).__name__)
        print(lock._semlock.SEM_VALUE_MAX, lock._semlock.kind, lock._semlock.maxvalue)
        """
    )
    assert run.ran == run.bare
