"""multiprocessing.shared_memory: segments, and the items of shared lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

A_SEGMENT_AND_A_LIST = """
    import multiprocessing, sys
    from multiprocessing import shared_memory

    def child(name, items):
        memory = shared_memory.SharedMemory(name)
        memory.buf[0] = 7
        memory.close()
        items[1] = 9.5
        print(list(items), len(items), items.index("x"), items.count(None), flush=True)
        items.shm.close()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        memory = shared_memory.SharedMemory(create=True, size=100)
        items = shared_memory.ShareableList([1, 2.5, "x", None, b"z"])
        process = context.Process(target=child, args=(memory.name, items))
        process.start()
        process.join()
        print(memory.buf[0], items[1], memory.size)
        memory.close()
        memory.unlink()
        items.shm.close()
        items.shm.unlink()
    """


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_segment_is_the_same_wherever_it_is_attached(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(A_SEGMENT_AND_A_LIST, method)
    assert run.ran == run.bare
    found = rows(run.reel, "mp.shared_memory.")
    opened = [row for row in found if row.operation == "mp.shared_memory.open"]
    assert [row.b for row in opened] == [1, 0]
    assert len({row.key for row in opened}) == 1
    assert len({row.process for row in opened}) == 2
    parent, child = (
        [row.operation.rpartition(".")[2] for row in found if (row.key, row.process) == (one.key, one.process)]
        for one in opened
    )
    assert parent[:4] == ["open", "buf", "close", "unlink"]
    assert child[:3] == ["open", "buf", "close"]  # and closed once more, when they are deleted


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_items_of_a_shared_list_are_seen(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(A_SEGMENT_AND_A_LIST, method)
    (put,) = rows(run.reel, "mp.shareable_list.set")
    assert (put.a, put.payload) == (1, 9.5)
    got = [row for row in rows(run.reel, "mp.shareable_list.get") if row.state == "returned"]
    assert [(row.a, row.payload) for row in got[:5]] == [(0, 1), (1, 9.5), (2, "x"), (3, None), (4, b"z")]
    assert {row.key for row in got} == {put.key}


def test_a_name_that_is_used_again_is_another_segment(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os
        from multiprocessing import shared_memory
        name = f"ipcreel-test-{os.getpid()}"
        for _ in range(2):
            memory = shared_memory.SharedMemory(name, create=True, size=10)
            memory.close()
            memory.unlink()
        for wrong in (lambda: shared_memory.SharedMemory("no-such-" + name), lambda: shared_memory.SharedMemory(),
                      lambda: shared_memory.SharedMemory(create=True), lambda: shared_memory.ShareableList(3)):
            try:
                wrong()
            except Exception as error:
                print(type(error))
        """
    )
    assert run.ran == run.bare
    opened = [row for row in rows(run.reel, "mp.shared_memory.open") if row.state == "returned"]
    assert len({row.key for row in opened}) == 2
