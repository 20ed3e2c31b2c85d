"""Threads: a start, a begin, an end and a join that belong together, in a lane that has the thread's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


def test_a_thread_is_one_object_from_its_start_to_its_join(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        def work():
            print("at work")
        thread = threading.Thread(target=work, name="worker", daemon=True)
        thread.start()
        thread.join()
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "threads.thread.")
    assert {row.operation.rpartition(".")[2] for row in found} == {"start", "begin", "end", "join"}
    assert {(row.kind, row.name) for row in found} == {("thread", "worker")}
    assert len({row.key for row in found}) == 1
    begin = next(row for row in found if row.operation == "threads.thread.begin")
    assert (begin.a, begin.payload) == (1, {"name": "worker", "function": "__main__.work"})
    join = next(row for row in found if row.operation == "threads.thread.join")
    assert (join.a, join.b, join.line) == (-1, 1, f"{run.program.name}:7")


def test_a_lane_has_the_name_of_its_thread_and_a_renamed_thread_renames_it(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        begun, go = threading.Event(), threading.Event()
        def first():
            threading.current_thread().name = "renamed by itself"
        def second():
            begun.set()
            go.wait()
        thread = threading.Thread(target=first)
        thread.start()
        thread.join()
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait()
        thread.name = "renamed by another"
        go.set()
        thread.join()
        """
    )
    assert {lane[3] for lane in run.reel.lanes} == {"MainThread", "renamed by itself", "renamed by another"}
    assert [row.payload for row in rows(run.reel, "threads.thread.rename")] == [
        "renamed by itself",
        "renamed by another",
    ]


def test_an_exception_that_ends_a_thread_is_kept_and_printed_as_ever(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        lock = threading.Lock()
        def fail():
            lock.release()
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        threading.excepthook = lambda args: print("hook", args.exc_type, args.thread is thread)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        """
    )
    assert run.ran == run.bare
    assert "Exception in thread" in run.stderr
    assert [(row.a, row.payload) for row in rows(run.reel, "threads.thread.end")] == [
        (1, {"raised": "builtins.RuntimeError", "text": "release unlocked lock"})
    ] * 2


def test_a_join_that_gives_up_says_so(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        go = threading.Event()
        thread = threading.Thread(target=go.wait)
        thread.start()
        thread.join(0.01)
        print(thread.is_alive())
        go.set()
        thread.join(60)
        print(thread.is_alive())
        """
    )
    assert run.ran == run.bare
    joins = rows(run.reel, "threads.thread.join")
    assert [(row.a, row.b) for row in joins] == [(10_000_000, 0), (60_000_000_000, 1)]
    assert [row.b for row in rows(run.reel, "threads.thread.is_alive")] == [1, 0]


def test_a_thread_that_hangs_is_joined_by_an_event_that_is_pending(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import dis, os, signal, sys, threading
        lock = threading.Lock()
        lock.acquire()
        def hang():
            lock.acquire()
        call = next(one.offset for one in dis.get_instructions(hang) if one.opname == "CALL")
        def waits(frame):  # another thread that runs meanwhile sees it there once it has let go of the interpreter
            return frame.f_code.co_name == "acquire" or (frame.f_code is hang.__code__ and frame.f_lasti == call)
        def kill():
            while True:
                frames = sys._current_frames()
                joins = frames[threading.main_thread().ident].f_code.co_name == "_wait_for_tstate_lock"
                if joins and waits(frames[thread.ident]):
                    break
            os.kill(os.getpid(), signal.SIGKILL)
        thread = threading.Thread(target=hang)
        thread.start()
        threading.Thread(target=kill).start()
        thread.join()
        """
    )
    pending = {(row.operation, row.line) for row in rows(run.reel, "threads.") if row.state == "pending"}
    name = run.program.name
    assert pending == {("threads.lock.acquire", f"{name}:6"), ("threads.thread.join", f"{name}:20")}


def test_a_timer_is_a_thread_that_waits_for_its_cancel(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        fired = threading.Timer(0.01, print, ("fired",))
        fired.start()
        fired.join()
        cancelled = threading.Timer(60, print, ("never",))
        cancelled.start()
        cancelled.cancel()
        cancelled.join()
        """
    )
    assert run.ran == run.bare
    waits = rows(run.reel, "threads.event.wait")
    assert [(row.a, row.b) for row in waits] == [(10_000_000, 0), (60_000_000_000, 1)]
    name = run.program.name
    assert f"{name}:8" in [row.line for row in rows(run.reel, "threads.event.set")]
    assert [row.name for row in waits] == [f"event {name}:3", f"event {name}:6"]


def test_threads_and_locks_without_threading_are_recorded(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import _thread, sys
        done = _thread.allocate_lock()
        done.acquire()
        def work(item, *, word):
            print(item, word)
            done.release()
        _thread.start_new_thread(work, (3,), {"word": "three"})
        done.acquire()
        print("threading" in sys.modules)
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "threads.")
    assert [row.operation for row in found if row.kind == "lock"][:2] == ["threads.lock.create", "threads.lock.acquire"]
    threads = [row for row in found if row.kind == "thread"]
    assert [row.operation for row in threads][:2] == ["threads.raw.start", "threads.thread.begin"]
    assert {row.name for row in threads} == {"__main__.work"}
    assert len({row.key for row in threads}) == 1


@pytest.mark.parametrize("error", ["ValueError(1)", "SystemExit(3)"])
def test_what_a_thread_without_threading_ends_in_is_reported_as_ever(
    recorded: Recorded, rows: Rows, error: str
) -> None:
    run = recorded(
        f"""
        import _thread, sys
        ended = _thread.allocate_lock()
        ended.acquire()
        class Last:
            def __del__(self):
                ended.release()
        def work(last):
            raise {error}
        def hook(args):
            print(args.err_msg, args.exc_type, args.object is work)
        sys.unraisablehook = hook
        _thread.start_new_thread(work, (Last(),))
        ended.acquire()
        """
    )
    assert run.ran == run.bare
    ends = rows(run.reel, "threads.thread.end")
    assert [(row.a, row.payload["raised"]) for row in ends] == [(1, f"builtins.{error.partition('(')[0]}")]


def test_importing_threading_in_a_thread_is_what_it_was(recorded: Recorded) -> None:
    run = recorded(
        """
        import _thread, sys
        done = _thread.allocate_lock()
        done.acquire()
        def work():
            import threading
            print(threading.current_thread() is threading.main_thread())
            done.release()
        print("threading" in sys.modules)
        _thread.start_new_thread(work, ())
        done.acquire()
        import threading
        print(threading.current_thread().name, threading.active_count() > 0)
        """
    )
    assert run.ran == run.bare


def test_a_fork_after_threads_leaves_the_child_one_lane_and_its_own_locks(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, threading
        lock, go = threading.Lock(), threading.Event()
        thread = threading.Thread(target=go.wait)
        thread.start()
        pid = os.fork()
        with lock:
            pass
        if pid == 0:
            print(thread.is_alive(), threading.active_count(), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        go.set()
        thread.join()
        """
    )
    assert run.ran == run.bare
    taken = rows(run.reel, "threads.lock.acquire")
    assert {row.process for row in taken} == {0, 1}
    assert [lane[3] for lane in run.reel.lanes if lane[0] == 1] == ["MainThread"]


def test_locks_that_one_line_makes_are_told_apart_also_from_those_of_the_parent(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, threading
        def make():
            return threading.Lock()
        first, second = make(), make()
        pid = os.fork()
        for lock in (first, second, make()):
            with lock: pass
        if pid: os.waitpid(pid, 0)
        """
    )
    taken = rows(run.reel, "threads.lock.acquire")
    line = f"lock {run.program.name}:4"
    assert sorted((row.process, row.name) for row in taken) == [
        (process, line + number) for process in (0, 1) for number in ("", " #2", " #3")
    ]
