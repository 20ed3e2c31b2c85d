"""concurrent.futures: the submit, the run and the result of a call are one object, whatever process runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

CALLS = """
    import concurrent.futures, multiprocessing, sys

    def halve(number):
        if number % 2:
            raise ValueError(number)
        return number // 2

    def main(kind):
        if kind == "thread":
            pool = concurrent.futures.ThreadPoolExecutor(2)
        else:
            pool = concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(kind))
        with pool:
            futures = [pool.submit(halve, number) for number in range(4)]
            done, not_done = concurrent.futures.wait(futures)
            print(len(done), len(not_done))
            for future in futures:
                print(future.exception() or future.result())
            print(len([future for future in concurrent.futures.as_completed(futures)]))
            print(list(pool.map(halve, [8, 10])))

    if __name__ == "__main__":
        main(sys.argv[1])
    """


@pytest.mark.parametrize("kind", ["thread", "fork", "spawn", "forkserver"])
def test_a_call_is_one_object_from_submit_to_result(recorded: Recorded, rows: Rows, kind: str) -> None:
    run = recorded(CALLS, kind)
    assert run.ran == run.bare
    found = rows(run.reel, "futures.")
    submits = [row for row in found if row.operation == "futures.call.submit"]
    assert [row.payload for row in submits][:4] == ["__main__.halve"] * 4
    assert len({row.key for row in submits}) == 6
    for submit in submits[:4]:
        mine = [row for row in found if row.key == submit.key and row.kind == "call"]
        operations = [row.operation for row in mine]
        assert operations[0] == "futures.call.submit"
        assert operations.count("futures.call.begin") == operations.count("futures.call.end") == 1
        asked = [name for name in operations if name in ("futures.future.result", "futures.future.exception")]
        assert len(asked) in (1, 2)
        workers = {row.process for row in mine if row.operation.startswith("futures.call.") and row is not mine[0]}
        assert (workers == {submit.process}) == (kind == "thread")


@pytest.mark.parametrize("kind", ["thread", "fork"])
def test_a_call_that_raised_says_what(recorded: Recorded, rows: Rows, kind: str) -> None:
    run = recorded(CALLS, kind)
    ends = [row for row in rows(run.reel, "futures.call.end") if row.a]
    assert sorted(row.payload["text"] for row in ends) == ["1", "3"]
    assert {row.payload["raised"] for row in ends} == {"builtins.ValueError"}
    sets = rows(run.reel, "futures.future.set")
    assert len(sets) == (0 if kind == "thread" else 6)


def test_a_wait_says_which_calls_were_done_and_as_completed_which_came_next(recorded: Recorded, rows: Rows) -> None:
    run = recorded(CALLS, "thread")
    keys = {row.key for row in rows(run.reel, "futures.call.submit")[:4]}
    wait = rows(run.reel, "futures.set.wait")[0]
    assert (wait.b, set(wait.payload)) == (4, keys)
    nexts = rows(run.reel, "futures.set.next")
    assert [row.b for row in nexts] == [1, 1, 1, 1, 0]
    assert {row.payload for row in nexts[:4]} == keys
    assert {row.line for row in nexts} == {f"{run.program.name}:20"}


def test_a_call_may_be_cancelled_and_a_result_not_come_in_time(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        from concurrent.futures import CancelledError, ThreadPoolExecutor
        go, began = threading.Event(), threading.Event()
        def wait():
            began.set()
            go.wait()
        with ThreadPoolExecutor(1) as pool:
            running, queued = pool.submit(wait), pool.submit(print, "never")
            began.wait()
            print(running.cancel(), queued.cancel(), running.running(), queued.cancelled(), running.done())
            queued.add_done_callback(lambda future: go.is_set())
            try:
                running.result(0.01)
            except TimeoutError as error:
                print(repr(error))
            go.set()
            try:
                queued.result()
            except CancelledError as error:
                print(repr(error))
        """
    )
    assert run.ran == run.bare
    assert [row.b for row in rows(run.reel, "futures.future.cancel")] == [0, 1, 1]  # asked twice, then `cancelled`
    assert [row.b for row in rows(run.reel, "futures.future.running")] == [1]
    results = rows(run.reel, "futures.future.result")
    assert [(row.a, row.state) for row in results] == [(10_000_000, "raised"), (-1, "raised")]
    assert len(rows(run.reel, "futures.call.begin")) == 1


def test_no_future_is_kept_alive_by_the_recorder(recorded: Recorded) -> None:
    run = recorded(
        """
        import gc, weakref
        from concurrent.futures import ThreadPoolExecutor, as_completed
        with ThreadPoolExecutor(1) as pool:
            futures = [pool.submit(abs, -number) for number in range(3)]
            gc.disable()
            for future in as_completed(list(futures)):
                futures.remove(future)
                kept = weakref.ref(future)
                del future
                print(kept())
        """
    )
    assert run.ran == run.bare


def test_a_function_is_added_to_a_future_before_or_after_it_is_done(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        go = threading.Event()
        def called(future): print(threading.current_thread() is threading.main_thread())
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(go.wait)
            future.add_done_callback(called)
            go.set()
            future.result()
        future.add_done_callback(called)
        try:
            future.add_done_callback()
        except TypeError as error:
            print(error)
        """
    )
    assert run.ran == run.bare
    added = rows(run.reel, "futures.future.add_done_callback")
    assert [(row.b, row.state) for row in added] == [(0, "returned"), (1, "returned")]
    assert len({row.key for row in added}) == 1
