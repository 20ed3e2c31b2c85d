"""In-process queues: an item is known from its put to its get, and no code of the program runs to show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


def test_an_item_is_known_from_its_put_to_its_get(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import queue, threading
        class Item:
            def __repr__(self):
                print("never asked for")
        items = [1, "two", b"three", (4, None), 5.5, None, Item(), [7]]
        for kind in (queue.Queue, queue.LifoQueue, queue.SimpleQueue):
            pipe = kind()
            for item in items:
                pipe.put(item)
            print([type(pipe.get()).__name__ for _ in items])
        """
    )
    assert run.ran == run.bare
    plain = [1, "two", b"three", (4, None), 5.5, [None], {"type": "__main__.Item"}, {"type": "builtins.list"}]
    for family, name, turned in (("queue", "queue", 1), ("queue", "lifo queue", -1), ("simple", "simple queue", 1)):
        found = [row for row in rows(run.reel, f"queues.{family}.") if row.name.startswith(f"{name} ")]
        puts = [row for row in found if row.operation.endswith("put")]
        gets = [row for row in found if row.operation.endswith("get")]
        assert [row.payload for row in puts] == plain
        assert [row.a for row in gets] == [row.a for row in puts][::turned]
        assert {row.line for row in puts} == {f"{run.program.name}:10"}


def test_a_queue_says_what_it_holds_and_what_was_not_to_be_had(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import queue
        pipe = queue.Queue(1)
        def tried(call, *args, **kwargs):
            try:
                return call(*args, **kwargs)
            except Exception as error:
                return repr(error)
        print(tried(pipe.get_nowait), tried(pipe.get, timeout=0.01))
        print(tried(pipe.get, True, -1), tried(pipe.get, 1, 2, 3))
        print(pipe.put_nowait(1), tried(pipe.put, 2, False), tried(pipe.put, 2, timeout=0.01), tried(pipe.put))
        print(pipe.qsize(), pipe.empty(), pipe.full())
        print(tried(queue.SimpleQueue().get_nowait), tried(queue.SimpleQueue, 1))
        print(pipe.get(), pipe.task_done(), pipe.join(), tried(pipe.task_done))
        """
    )
    assert run.ran == run.bare
    made = rows(run.reel, "queues.queue.create")
    assert [row.a for row in made] == [1]
    gets = rows(run.reel, "queues.queue.get")
    assert [(row.a, row.state) for row in gets][:2] == [(0, "raised"), (10_000_000, "raised")]
    assert gets[0].payload["raised"] == "_queue.Empty"
    puts = rows(run.reel, "queues.queue.put")
    assert [row.state for row in puts] == ["returned", "raised", "raised", "raised"]
    assert [row.b for row in rows(run.reel, "queues.queue.qsize")] == [1]
    assert [row.b for row in rows(run.reel, "queues.queue.full")] == [1]
    assert len(rows(run.reel, "queues.queue.join")) == 1
    assert [row.state for row in rows(run.reel, "queues.queue.task_done")] == ["returned", "raised"]


def test_a_get_that_waits_is_pending_while_it_does(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import queue, sys, threading
        items, begun = queue.Queue(), threading.Event()
        def take():
            begun.set()
            items.get()
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        begun.wait()
        while sys._current_frames()[thread.ident].f_code is not threading.Condition.wait.__wrapped__.__code__:
            pass
        """
    )
    assert run.exit == 0
    pending = [row for row in rows(run.reel, "queues.queue.get") if row.state == "pending"]
    assert [(row.a, row.name) for row in pending] == [(-1, f"queue {run.program.name}:3")]


def test_subclasses_fill_and_empty_as_they_like(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import queue
        class Backwards(queue.Queue):
            def _init(self, maxsize):
                self.queue = {}
            def _put(self, item):
                self.queue[-len(self.queue)] = item
            def _get(self):
                return self.queue.pop(min(self.queue))
            def put(self, item, *args):
                print("put", item)
                super().put(item, *args)
        class Simple(queue.SimpleQueue):
            def get(self, *args):
                return "mine", super().get(*args)
        one, two = Backwards(), Simple()
        for item in range(3):
            one.put(item)
            two.put(item)
        print([one.get() for _ in range(3)], two.get(), two.get_nowait(), isinstance(two, queue.SimpleQueue))
        """
    )
    assert run.ran == run.bare
    assert len(rows(run.reel, "queues.queue.put")) == len(rows(run.reel, "queues.queue.get")) == 3


def test_queues_that_the_library_makes_are_left_out(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import queue
        from multiprocessing.pool import ThreadPool
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPool(1) as pool, ThreadPoolExecutor(1) as executor:
            print(pool.map(abs, [-1]), executor.submit(abs, -2).result(), type(executor._work_queue))
            print(isinstance(executor._work_queue, queue.SimpleQueue))
        """
    )
    assert run.ran == run.bare
    assert rows(run.reel, "queues.") == []
