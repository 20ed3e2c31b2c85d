"""Queues of multiprocessing: what is put, what enters the pipe, what comes out of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

METHODS = ("fork", "spawn", "forkserver")

THROUGH_EVERY_QUEUE = """
    import multiprocessing, sys

    def child(queue, simple, joinable):
        while (message := queue.get()) is not None:
            simple.put(message * 2)
        print(joinable.get())
        joinable.task_done()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        queue, simple, joinable = context.Queue(), context.SimpleQueue(), context.JoinableQueue(3)
        process = context.Process(target=child, args=(queue, simple, joinable))
        process.start()
        for message in (1, 2.5, "x", None):
            queue.put(message)
        print([simple.get() for _ in range(3)])
        joinable.put({"a": [1]})
        joinable.join()
        process.join()
        print(queue.empty(), simple.empty(), joinable.full(), joinable.qsize())
        queue.close()
        queue.join_thread()
        simple.close()
    """


@pytest.mark.parametrize("method", METHODS)
def test_a_get_takes_the_bytes_that_were_fed(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(THROUGH_EVERY_QUEUE, method)
    assert run.ran == run.bare
    sent = [row for row in rows(run.reel, "mp.") if row.operation in ("mp.queue.feed", "mp.simple_queue.put")]
    taken = [row for row in rows(run.reel, "mp.") if row.operation in ("mp.queue.get", "mp.simple_queue.get")]
    assert {row.key for row in sent} == {row.key for row in taken}
    for key in {row.key for row in sent}:
        into = [row.payload for row in sorted(sent, key=lambda row: row.b) if row.key == key]
        out = [row.payload for row in sorted(taken, key=lambda row: row.b) if row.key == key]
        assert into == out
    assert [row.payload for row in sorted(sent, key=lambda row: row.b) if row.operation == "mp.simple_queue.put"] == [
        pickle.dumps(message) for message in (2, 5.0, "xx")
    ]


@pytest.mark.parametrize("method", METHODS)
def test_a_feed_carries_the_number_of_its_put(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(THROUGH_EVERY_QUEUE, method)
    puts, feeds = rows(run.reel, "mp.queue.put"), rows(run.reel, "mp.queue.feed")
    assert [row.a for row in puts] == [1, 2, 3, 4, 5]
    assert {(row.a, row.key, row.process) for row in feeds} == {(row.a, row.key, row.process) for row in puts}
    assert [row.payload for row in sorted(feeds, key=lambda row: row.a)] == [
        pickle.dumps(message) for message in (1, 2.5, "x", None, {"a": [1]})
    ]


@pytest.mark.parametrize("method", METHODS)
def test_a_joinable_queue_is_joined_once_its_tasks_are_done(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(THROUGH_EVERY_QUEUE, method)
    (join,) = [row for row in rows(run.reel, "mp.queue.join") if row.operation == "mp.queue.join"]
    (done,) = rows(run.reel, "mp.queue.task_done")
    assert join.key == done.key
    assert join.process != done.process


def test_what_could_not_be_put_or_pickled_takes_no_number_from_what_could(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, multiprocessing.queues, queue

        class Odd:
            def __reduce__(self):
                raise ValueError("odd")

        class Quiet(multiprocessing.queues.Queue):
            @staticmethod
            def _on_queue_feeder_error(error, obj):
                print(error, flush=True)

        full = Quiet(1, ctx=multiprocessing.get_context())
        same, odd = ["same"], Odd()
        full.put(same)
        try:
            full.put(same, timeout=0.01)
        except queue.Full:
            print("full")
        print(full.get())
        full.put(odd)
        full.put(same)
        print(full.get())
        try:
            full.get_nowait()
        except queue.Empty:
            print("empty")
        """
    )
    assert run.ran == run.bare
    puts, feeds = rows(run.reel, "mp.queue.put"), rows(run.reel, "mp.queue.feed")
    assert [(row.a, row.state) for row in puts] == [
        (1, "returned"), (2, "raised"), (3, "returned"), (4, "returned")
    ]  # fmt: skip
    assert [row.a for row in feeds] == [1, 4]
    assert [(row.a, row.state) for row in rows(run.reel, "mp.queue.get")] == [
        (-1, "returned"), (-1, "returned"), (0, "raised")
    ]  # fmt: skip


def test_many_writers_and_readers_are_told_apart_by_the_moment(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing

        def write(queue, first):
            for number in range(first, first + 100):
                queue.put(number)

        def read(queue, simple):
            for _ in range(100):
                simple.put(queue.get())

        if __name__ == "__main__":
            queue, simple = multiprocessing.Queue(), multiprocessing.SimpleQueue()
            everyone = [multiprocessing.Process(target=write, args=(queue, 100 * n)) for n in range(3)]
            everyone += [multiprocessing.Process(target=read, args=(queue, simple)) for _ in range(3)]
            for process in everyone:
                process.start()
            print(sum(simple.get() for _ in range(300)))
            for process in everyone:
                process.join()
        """
    )
    assert run.ran == run.bare
    for into, out in (("mp.queue.feed", "mp.queue.get"), ("mp.simple_queue.put", "mp.simple_queue.get")):
        sent = [row.payload for row in sorted(rows(run.reel, into), key=lambda row: row.b)]
        assert len(sent) == 300
        assert sent == [row.payload for row in sorted(rows(run.reel, out), key=lambda row: row.b)]


def test_an_object_in_a_queue_may_use_recorded_operations_when_it_is_pickled(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing

        lock = multiprocessing.Lock()

        class Careful:
            def __getstate__(self):
                with lock:
                    return 1

            def __setstate__(self, state):
                with lock:
                    self.state = state

        simple = multiprocessing.SimpleQueue()
        simple.put(Careful())
        print(simple.get().state)
        """
    )
    assert run.ran == run.bare
    assert len(rows(run.reel, "mp.lock.acquire")) == 2


def test_errors_and_looks_are_the_originals_own(recorded: Recorded) -> None:
    run = recorded(
        """
        import inspect, multiprocessing, traceback
        from multiprocessing.connection import Connection
        queue, simple = multiprocessing.Queue(), multiprocessing.SimpleQueue()
        for call in (queue.put, lambda: queue.get(1, 2, 3), simple.put, lambda: simple.get(1), queue.put_nowait,
                     lambda: multiprocessing.Queue("x"), lambda: simple.put(lambda: 0)):
            try:
                call()
            except Exception as error:
                print(type(error), str(error).partition(" at 0x")[0])
        print(isinstance(queue._reader, Connection), type(queue._reader).__qualname__, queue._reader.readable)
        print(inspect.signature(type(queue).put), type(queue).get.__qualname__, queue.put.__doc__)
        queue.close()
        try:
            queue.put(1)
        except ValueError:
            traceback.print_exc(limit=1)
        """
    )
    assert (run.stdout, run.exit) == (run.bare.stdout, run.bare.exit)
    assert "ipcreel" not in run.stderr
