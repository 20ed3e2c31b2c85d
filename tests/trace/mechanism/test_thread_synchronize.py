"""Locks, semaphores, conditions, events and barriers of threads: one event each, and the library's own left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


def test_a_lock_is_at_the_line_that_uses_it_and_named_by_the_one_that_made_it(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        lock = threading.Lock()
        again = threading.RLock()
        with lock:
            pass
        with again:
            with again:
                pass
        """
    )
    program = run.program.name
    found = [row for row in rows(run.reel, "threads.lock.") if not row.operation.endswith("create")]
    assert [(row.operation.rpartition(".")[2], row.name, row.line) for row in found] == [
        ("acquire", f"lock {program}:3", f"{program}:5"),
        ("release", f"lock {program}:3", f"{program}:5"),
        ("acquire", f"rlock {program}:4", f"{program}:7"),
        ("acquire", f"rlock {program}:4", f"{program}:8"),
        ("release", f"rlock {program}:4", f"{program}:8"),
        ("release", f"rlock {program}:4", f"{program}:7"),
    ]


def test_what_acquire_was_asked_and_answered_is_kept(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        lock = threading.Lock()
        semaphore = threading.Semaphore(1)
        for one in (lock, semaphore):
            print(one.acquire(), one.acquire(False), one.acquire(True, 0.01), one.acquire(blocking=True, timeout=0.02))
            one.release()
        print(lock.acquire(True, -1), lock.locked())
        """
    )
    assert run.ran == run.bare
    asked = [(-1, 1), (0, 0), (10_000_000, 0), (20_000_000, 0)]
    assert [(row.a, row.b) for row in rows(run.reel, "threads.lock.acquire")] == [*asked, (-1, 1)]
    assert [(row.a, row.b) for row in rows(run.reel, "threads.semaphore.acquire")] == asked
    assert [row.b for row in rows(run.reel, "threads.lock.locked")] == [1]


def test_locks_cannot_be_told_from_those_of_the_library(recorded: Recorded) -> None:
    run = recorded(
        """
        import _thread, copy, inspect, pickle, queue, re, threading, weakref
        class Holder:
            make = threading.Lock
        def tried(call, *args, **kwargs):
            try:
                return call(*args, **kwargs)
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        lock, again = threading.Lock(), threading.RLock()
        for one in (lock, again, Holder().make(), threading.Condition(), threading.Condition(lock)):
            print(re.sub("0x[0-9a-f]+", "0x", repr(one)), type(one))
            print(hex(id(one)) in repr(one) or isinstance(one, threading.Condition))
            print(tried(pickle.dumps, one), re.sub("0x[0-9a-f]+", "0x", str(tried(copy.copy, one))))
        for kind in (type(lock), type(again)):
            print(kind, kind.__module__, kind.__qualname__, kind.__name__)
            print(isinstance(lock, kind), isinstance(again, kind))
        print(type(lock) is _thread.LockType, isinstance(queue.Queue().mutex, type(lock)))
        print(weakref.ref(lock)() is lock, tried(type(lock)), tried(type, "Sub", (type(lock),), {}))
        print(tried(lock.release), tried(again.release), tried(lock.acquire, 1, 2, 3), tried(lock.acquire, False, 1))
        print(tried(lock.acquire, timeout=-2), tried(lock.acquire, timeout="x"), tried(threading.Lock, 1))
        print(tried(setattr, lock, "x", 1) is None, callable(threading.Lock), lock.acquire_lock(), lock.locked_lock())
        print(lock.release_lock(), lock._at_fork_reinit(), hash(lock) == hash(lock), lock == lock, lock.__doc__ is None)
        class Mine(type(again)):
            pass
        with Mine() as held:
            print(re.sub("0x[0-9a-f]+|owner=[0-9]+", "", repr(held)))
        print(threading.Lock.__name__, threading.Lock.__module__, threading.Lock.__doc__)
        print(pickle.loads(pickle.dumps(threading.Lock)) is threading.Lock, inspect.isbuiltin(threading.RLock))
        """
    )
    assert run.stdout == run.bare.stdout
    assert run.stderr == run.bare.stderr == ""


def test_what_the_library_makes_for_itself_is_left_out(recorded: Recorded, rows: Rows) -> None:
    source = """
        import concurrent.futures, logging, queue, threading
        from concurrent.futures import ThreadPoolExecutor
        items = queue.Queue()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(items.put, 1).result()
        logging.getLogger("x").warning("said")
        items.get()
        threading.Semaphore(1).acquire()
        threading.Barrier(1).wait()
        """
    run = recorded(source)
    assert run.ran == run.bare
    kinds = {row.operation.rpartition(".")[0] for row in rows(run.reel, "threads.")}
    assert kinds == {"threads.thread", "threads.semaphore", "threads.barrier"}
    inside = recorded(source, options=("--internals",))
    assert inside.ran == run.bare
    kinds = {row.operation.rpartition(".")[0] for row in rows(inside.reel, "threads.")}
    assert kinds >= {"threads.lock", "threads.condition", "threads.event"}


def test_a_condition_names_its_lock_and_counts_whom_it_wakes(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        lock = threading.Lock()
        condition = threading.Condition(lock)
        items, waiting = [], threading.Semaphore(0)
        def work():
            with condition:
                waiting.release()
                condition.wait()
                condition.wait_for(lambda: items, 60)
                print(condition.wait(0.01))
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
            waiting.acquire()
        with condition:
            condition.notify(5)
        with condition:
            items.append(1)
            condition.notify_all()
        for thread in threads:
            thread.join()
        """
    )
    assert run.ran == run.bare
    made = rows(run.reel, "threads.condition.create")[0]
    lock = next(row for row in rows(run.reel, "threads.lock.create"))
    assert made.a == lock.key
    assert [row.a for row in rows(run.reel, "threads.condition.notify")][:1] == [2]
    waits = [row for row in rows(run.reel, "threads.condition.wait") if row.operation.endswith("wait")]
    assert [row.b for row in waits if row.a == -1] == [1, 1]
    assert [row.b for row in waits if row.a == 10_000_000] == [0, 0]
    assert [row.a for row in rows(run.reel, "threads.condition.wait_for")] == [60_000_000_000] * 2


def test_a_condition_made_without_a_lock_has_one_of_the_program(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        condition = threading.Condition()
        with condition:
            condition.notify()
        condition.acquire()
        condition.release()
        """
    )
    lock = rows(run.reel, "threads.lock.create")[0]
    assert (lock.kind, lock.line) == ("rlock", f"{run.program.name}:3")
    assert [row.a for row in rows(run.reel, "threads.condition.create")] == [lock.key]
    lines = [row.line for row in rows(run.reel, "threads.lock.acquire")]
    assert lines == [f"{run.program.name}:4", f"{run.program.name}:6"]


def test_an_event_is_waited_for_set_and_cleared(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        class Mine(threading.Event):
            pass
        event = Mine()
        print(event.is_set(), event.wait(0.01))
        thread = threading.Thread(target=event.set)
        thread.start()
        print(event.wait(), event.wait(), event.is_set())
        thread.join()
        event.clear()
        """
    )
    assert run.ran == run.bare
    found = [row for row in rows(run.reel, "threads.event.") if row.name == f"event {run.program.name}:5"]
    assert [(row.a, row.b) for row in found if row.operation.endswith("wait")] == [(10_000_000, 0), (-1, 1), (-1, 1)]
    assert [row.b for row in found if row.operation.endswith("is_set")] == [0, 1]
    verbs = [row.operation.rpartition(".")[2] for row in found]
    assert verbs.count("set") == verbs.count("clear") == verbs.count("create") == 1


def test_a_barrier_is_one_event_an_arrival_and_its_action_is_recorded(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        lock = threading.Lock()
        def action():
            with lock:
                pass
        barrier = threading.Barrier(2, action)
        thread = threading.Thread(target=barrier.wait)
        thread.start()
        barrier.wait(60)
        thread.join()
        print(barrier.n_waiting, barrier.broken)
        barrier.abort()
        try:
            barrier.wait()
        except threading.BrokenBarrierError as error:
            print(repr(error), barrier.broken)
        barrier.reset()
        """
    )
    assert run.ran == run.bare
    made = rows(run.reel, "threads.barrier.create")[0]
    assert (made.a, made.b) == (2, 1)
    waits = rows(run.reel, "threads.barrier.wait")
    assert sorted(row.b for row in waits if row.state == "returned") == [0, 1]
    assert [row.state for row in waits].count("raised") == 1
    assert [row.line for row in rows(run.reel, "threads.lock.acquire")] == [f"{run.program.name}:5"]
    assert [row.b for row in rows(run.reel, "threads.barrier.broken")] == [0, 1]
    assert len(rows(run.reel, "threads.barrier.abort")) == len(rows(run.reel, "threads.barrier.reset")) == 1


def test_a_bounded_semaphore_says_its_bound_and_raises_what_it_raised(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        semaphore = threading.BoundedSemaphore(2)
        with semaphore:
            print(semaphore)
        try:
            semaphore.release(3)
        except ValueError as error:
            print(error)
        try:
            threading.Semaphore(-1)
        except ValueError as error:
            print(error)
        """
    )
    assert run.stdout.splitlines()[1:] == run.bare.stdout.splitlines()[1:]
    made = rows(run.reel, "threads.semaphore.create")
    assert [(row.a, row.b, row.state) for row in made] == [(2, 2, "returned"), (0, 0, "raised")]
    assert [(row.a, row.state) for row in rows(run.reel, "threads.semaphore.release")] == [
        (1, "returned"),
        (3, "raised"),
    ]


def test_locks_of_the_programs_own_making_work_in_a_condition(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        class Noisy:
            def __init__(self):
                self.inner = threading.Lock()
            def acquire(self, *args):
                return self.inner.acquire(*args)
            def release(self):
                self.inner.release()
            def __enter__(self):
                return self.acquire()
            def __exit__(self, *args):
                self.release()
        condition = threading.Condition(Noisy())
        with condition:
            print(condition.wait(0.01))
            condition.notify_all()
        """
    )
    assert run.ran == run.bare
    assert [row.a for row in rows(run.reel, "threads.condition.create")] == [0]
    # with: one; wait: is it mine? (a try), back again; notify_all: is it mine?
    assert len(rows(run.reel, "threads.lock.acquire")) >= 3
